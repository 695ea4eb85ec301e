// What the environment says about this installation: read once, checked, with clear mistakes.
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder that holds package.json. */
export const projectFolder: string = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * data: absolute folder for database, files and keys. port: 0 means any free one. url: public base address without a slash
 * at its end, absent when not set. databaseUrl: absent means the embedded PostgreSQL. providerHosts: host name of a
 * sub-processor to a loopback address that answers in its place. log: absolute path of the running log, absent means standard error.
 */
export type Settings = {
  data: string;
  port: number;
  url?: string;
  databaseUrl?: string;
  log?: string;
  providerHosts: Record<string, string>;
};

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** True for names and addresses that never leave this machine. */
export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host.toLowerCase()) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const loopbackAddress = z
  .url({ protocol: /^https?$/ })
  .refine((text) => URL.canParse(text) && isLoopback(new URL(text).hostname), { error: 'may only point to 127.0.0.1, ::1 or localhost' });

const providerHosts = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON like {"api.twilio.com":"http://127.0.0.1:9999"}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().regex(/^[a-z0-9.-]+$/i, 'has a key that is no host name'), loopbackAddress));

const environment = z.object({
  STEWARD_DATA: z
    .string()
    .default('data')
    .transform((path) => (isAbsolute(path) ? path : join(projectFolder, path))),
  STEWARD_PORT: z
    .string()
    .default('4310')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) < 65536, { error: 'must be a port from 1 to 65535, or 0 for any free one' })
    .transform(Number),
  STEWARD_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address like https://crm.example.org' })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional(),
  STEWARD_LOG: z.string().refine(isAbsolute, { error: 'must be an absolute path of a file' }).optional(),
  STEWARD_PROVIDER_HOSTS: providerHosts.optional(),
});

/**
 * Reads the settings out of an environment; an empty value counts as not set.
 * @throws Error whose message has one line per mistake, naming the setting and never its value, which may hold a password.
 */
export function loadSettings(env: Record<string, string | undefined>): Settings {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = environment.safeParse(set);
  if (!read.success) throw new Error(read.error.issues.map((issue) => `${issue.path[0]?.toString()} ${issue.message}.`).join('\n'));
  const { STEWARD_DATA: data, STEWARD_PORT: port, STEWARD_URL: url, DATABASE_URL: databaseUrl, STEWARD_LOG: log } = read.data;
  return { data, port, url, databaseUrl, log, providerHosts: read.data.STEWARD_PROVIDER_HOSTS ?? {} };
}

function readOrExit(): Settings {
  try {
    return loadSettings(process.env);
  } catch (mistake) {
    process.stderr.write(`A setting is wrong:\n${(mistake as Error).message}\nCorrect it in the environment and start again.\n`);
    process.exit(2);
  }
}

/** The settings of this process. */
export const settings: Settings = readOrExit();
