// A process that serves HTTP for the bench: Steward's own server, or a bare one that runs the same SQL without security. Tells its port and its memory.
import fastify from 'fastify';
import { CLERKS } from '../features/clerks.ts';
import { buildServer } from '../kernel/http.ts';
import { applicationPool } from './questions.ts';

/** `{"kind":"bare","tenant":…,"get":…,"list":…}`: the texts of the two queries. */
interface Asked { kind: 'steward' | 'bare'; port: number; tenant: string; get: string; list: string }

async function bare({ tenant, get, list }: Asked) {
  const pool = await applicationPool({ tenant });
  const app = fastify({ logger: false });
  app.get('/api/v1/records/contact', async (_request, reply) => reply.type('application/json').send(JSON.stringify({ data: (await pool.query({ name: 'list', text: list })).rows })));
  app.get<{ Params: { id: string } }>('/api/v1/records/contact/:id', async (request, reply) => {
    const { rows } = await pool.query({ name: 'get', text: get, values: [request.params.id] });
    return rows[0] ? reply.type('application/json').send(JSON.stringify(rows[0])) : reply.code(404).send();
  });
  return app;
}

const asked = JSON.parse(process.argv[2]) as Asked;
const app = asked.kind === 'bare' ? await bare(asked) : await buildServer(CLERKS);
await app.listen({ host: '127.0.0.1', port: asked.port });
process.on('message', () => process.send!({ rss: process.memoryUsage().rss }));
process.on('disconnect', () => process.exit(0));
process.send!({ ready: true });
