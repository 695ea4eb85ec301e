// The commands of Steward. Each loads its own part only, so that none waits for the others.
import { parseArgs } from 'node:util';

type Command = { help: string; run: (args: string[]) => Promise<unknown> };

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** Options of a command. @throws TypeError of node:util on an unknown one. */
function options<T extends Record<string, typeof text | typeof flag>>(args: string[], shape: T) {
  return parseArgs({ args, options: shape, strict: true, allowPositionals: false }).values;
}

async function tenant([what, ...rest]: string[]): Promise<unknown> {
  if (what !== 'open') return misuse('steward tenant open --name "Acme" --email adam@acme.test --member "Adam Admin" [--region eu] [--json]');
  const values = options(rest, { name: text, email: text, member: text, region: text, json: flag });
  return (await import('../features/tenant/tenant.ts')).openTenantCommand(values);
}

const commands: Record<string, Command> = {
  start: {
    help: 'serves Steward until it is stopped (Ctrl-C)',
    run: async (args) => {
      options(args, {});
      await (await import('./serve.ts')).start();
    },
  },
  demo: {
    help: 'serves a small company with named people in every role, to look around',
    run: async (args) => (await import('../world/demo.ts')).demo(options(args, {})),
  },
  test: {
    help: 'runs every proof, or with a word only the files whose path contains it',
    run: async (args) => (await import('../proofs/run.ts')).run(args),
  },
  bench: {
    help: 'measures the price of the access rules side by side with the bare query',
    run: async (args) => (await import('../bench/run.ts')).run(args),
  },
  tenant: {
    help: 'open --name --email --member [--region] [--json]: opens a tenant and invites its first administrator',
    run: tenant,
  },
  verify: {
    help: '--tenant <key>: checks that the activities of a tenant form an unbroken chain',
    run: async (args) => (await import('../features/chain/chain.ts')).verifyCommand(options(args, { tenant: text, json: flag })),
  },
  docs: {
    help: 'writes docs/made anew from the code and a fresh tenant',
    run: async (args) => {
      options(args, {});
      process.env.STEWARD_DOCS = 'write';
      await (await import('../proofs/run.ts')).run(['proofs/made']);
    },
  },
  check: {
    help: 'says whether settings, keys and database are as they must be',
    run: async (args) => (await import('../kernel/check.ts')).check(options(args, {})),
  },
  upgrade: {
    help: 'brings every tenant to the law of this version',
    run: async (args) => {
      options(args, {});
      await (await import('./serve.ts')).upgradeOnly();
    },
  },
};

function listing(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return ['steward <command>', '', ...Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(width)}  ${help}`)].join('\n');
}

function misuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** A mistake of whoever typed is 2, anything else 1. Messages thrown by commands are sentences for people. */
function fail(error: unknown): never {
  const mistake = error instanceof Error ? error : new Error('Steward stopped for an unknown reason.');
  console.error(mistake.message);
  if (process.env.STEWARD_DEBUG) console.error(mistake.stack);
  process.exit('code' in mistake && String(mistake.code).startsWith('ERR_PARSE_ARGS') ? 2 : 1);
}

// The launcher holds the other end: when it was killed outright, end as if asked to.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

const [name = '', ...args] = process.argv.slice(2);
if (['help', '--help', '-h'].includes(name)) console.log(listing());
else if (!Object.hasOwn(commands, name)) misuse(listing());
else await commands[name].run(args).catch(fail);
