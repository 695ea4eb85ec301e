// The running log: events with ids, durations and states only, as JSON on standard error. An allow-list, since a log is read by people
// who may not see the data, and outlives erasure.
import { pino } from 'pino';
import { settings } from './settings.ts';

/** What may stand in a line: ids, not names; a route's pattern, not its address; a SQLSTATE, not PostgreSQL's sentence. */
export type LogFields = {
  request?: string;
  tenant?: string;
  member?: string;
  job?: string;
  /** Route pattern such as /api/v1/records/:table. */
  route?: string;
  method?: string;
  status?: number;
  /** Milliseconds. */
  duration?: number;
  count?: number;
  attempt?: number;
  port?: number;
  pid?: number;
  /** A code from a closed list: SQLSTATE, errno, signal. */
  code?: string;
  version?: string;
};

const textFields = ['request', 'tenant', 'member', 'job', 'route', 'method', 'code', 'version'] as const;
const numberFields = ['status', 'duration', 'count', 'attempt', 'port', 'pid'] as const;
// Every allowed text is an id, a pattern or a code, so that anything with blanks, @ or control characters is a slip.
const plainText = /^[\w./:{}*-]{1,200}$/;

const writer = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' }, pino.destination({ dest: settings.log ?? 2, sync: true }));

/** Keeps the allowed fields of the right form and drops all others. Exported for its proof. */
export function allowed(fields: Record<string, unknown>): LogFields {
  const texts = textFields.filter((name) => typeof fields[name] === 'string' && plainText.test(fields[name]));
  const numbers = numberFields.filter((name) => Number.isFinite(fields[name]));
  return Object.fromEntries([...texts, ...numbers].map((name) => [name, fields[name]]));
}

/** The code of an error (SQLSTATE or errno), the only part of it that may be logged. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

function write(level: 'info' | 'warn' | 'error') {
  return (event: string, fields: LogFields = {}): void => {
    writer[level](allowed(fields), plainText.test(event) ? event : 'unnamed');
  };
}

/** log.info('request', { route, status, duration }): fields outside LogFields are dropped. */
export const log = { info: write('info'), warn: write('warn'), error: write('error') };
