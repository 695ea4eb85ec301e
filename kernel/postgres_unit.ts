// Several statements as one message to PostgreSQL: what a request asks travels together, because round trips are the cost.
import pg from 'pg';
// @ts-expect-error: pg's own way from JavaScript's values to PostgreSQL's, which its types leave out.
import { prepareValue } from 'pg/lib/utils.js';

/** One statement of a unit. Named ones stay prepared on the connection: a name always stands for the same text. `rows`: its rows are wanted. */
export interface Part { text: string; name?: string; values?: unknown[]; rows?: boolean }

/** More prepared statements than this on one connection cost memory for little (about 20 kB each); the longest unused one goes. */
const MOST_PREPARED = 500;
/** What a connection has prepared, longest unused first. Of doubtful ones nobody knows, since their unit failed midway. */
interface Prepared { names: Set<string>; doubtful: Set<string> }
const preparedOn = new WeakMap<object, Prepared>();

/**
 * Statements that travel together and end with one Sync: one write, one answer, one transaction unless a `begin` among them says otherwise.
 * What fails keeps the rest from running. (pg itself sends and awaits one statement a Sync.)
 */
class Unit extends pg.Query {
  private readonly parts: Part[];
  private readonly fresh: string[] = [];
  private known: Prepared = { names: new Set(), doubtful: new Set() };
  private at = 0;

  constructor(parts: Part[], callback: (error: Error | null, results: unknown) => void) {
    super({ text: parts[0].text }, callback as never);
    this.parts = parts;
  }

  override submit = (connection: any): any => {
    let known = preparedOn.get(connection);
    if (!known) preparedOn.set(connection, (known = { names: new Set(), doubtful: new Set() }));
    this.known = known;
    // Gathered into one buffer, so that the socket is written to once.
    const pieces: Buffer[] = [];
    const gathering = Object.create(connection, { _send: { value: (piece: Buffer) => pieces.push(piece) } });
    for (const part of this.parts) {
      this.parse(gathering, part);
      gathering.bind({ portal: '', statement: part.name, values: part.values, valueMapper: prepareValue });
      if (part.rows) gathering.describe({ type: 'P', name: '' });
      gathering.execute({ portal: '', rows: 0 });
    }
    gathering.sync();
    if (connection.stream.writable) connection.stream.write(Buffer.concat(pieces));
    return null;
  };

  private parse(connection: any, { name, text }: Part): void {
    const { names, doubtful } = this.known;
    if (name !== undefined && names.delete(name)) { names.add(name); return; }
    if (name !== undefined) {
      const oldest = names.size >= MOST_PREPARED ? names.values().next().value as string : undefined;
      if (oldest !== undefined && names.delete(oldest)) connection.close({ type: 'S', name: oldest });
      if (doubtful.delete(name)) connection.close({ type: 'S', name });
      names.add(name);
      this.fresh.push(name);
    }
    connection.parse({ name, text });
  }

  handleDataRow(message: any): void {
    if (this.parts[this.at].rows) (pg.Query.prototype as any).handleDataRow.call(this, message);
  }

  handleCommandComplete(message: any, connection: any): void {
    this.at++;
    (pg.Query.prototype as any).handleCommandComplete.call(this, message, connection);
  }

  handleError(error: any, connection: any): void {
    for (const name of this.fresh) if (this.known.names.delete(name)) this.known.doubtful.add(name);
    (pg.Query.prototype as any).handleError.call(this, error, connection);
  }
}

/** Sends a unit; answers the result of each of its statements. */
export function send(client: pg.Client, parts: Part[]): Promise<pg.QueryResult[]> {
  return new Promise((resolve, reject) => client.query(new Unit(parts, (error, results) => (error ? reject(error) : resolve([results].flat() as pg.QueryResult[])))));
}
