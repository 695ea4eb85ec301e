// The one table that maps what PostgreSQL and the clerks refuse to what a caller reads (RFC 9457); nothing else ever leaves.

export interface FieldFault { field: string; code: string; message: string }

/** A refusal or mistake with an HTTP status and a sentence that is safe for anyone to read. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: FieldFault[];
  readonly headers: Record<string, string>;
  constructor(status: number, detail: string, errors: FieldFault[] = [], headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const notFound = () => new Problem(404, 'There is nothing here that you may see.');
export const unknownField = (field: string) => new Problem(422, `There is no field "${field}".`, [{ field, code: 'unknown', message: 'There is no such field.' }]);
export const invalid = (field: string, message: string, code = 'invalid') => new Problem(422, `${field}: ${message}`, [{ field, code, message }]);

export const TITLES: Record<number, string> = {
  400: 'Not understood', 401: 'Not signed in', 403: 'Not allowed', 404: 'Not found', 409: 'Conflict', 412: 'Changed meanwhile',
  413: 'Too large', 415: 'Wrong content type', 422: 'Input refused', 423: 'Locked', 429: 'Too many requests', 500: 'A fault of ours', 503: 'Not available',
};

interface PgError { code?: string; message: string; column?: string; constraint?: string }

/** PostgreSQL's own codes that have a meaning for callers; the rest is a bug (500) or an outage (503). */
const SQLSTATES: Record<string, [status: number, detail: string]> = {
  '25006': [403, 'You see Steward as somebody else does: nothing can be changed.'],
  '42501': [403, 'This is not allowed.'],
  '23503': [422, 'A record that is linked to does not exist.'],
  '23505': [409, 'This exists already.'],
  '23514': [422, 'A value is not allowed here.'],
  '23502': [422, 'A required value is missing.'],
  '40001': [409, 'Somebody changed this at the same moment. Try again.'],
  '40P01': [409, 'Somebody changed this at the same moment. Try again.'],
  '57014': [503, 'This took too long and was stopped.'],
  '55P03': [503, 'This is busy. Try again.'],
  '54000': [422, 'A value is too large.'],
  '54001': [422, 'The question is too deeply nested.'],
};

/**
 * Translates any error to what the caller may read. `fieldOf` turns a physical column into the field's name.
 * Own SQLSTATEs are `SWnnn` with nnn = status; their message is a sentence written for people, without values.
 */
export function translate(error: unknown, fieldOf: (column: string) => string = (c) => c): Problem {
  if (error instanceof Problem) return error;
  // Thousands of brackets in each other overflow whatever walks through them.
  if (error instanceof RangeError && /call stack/.test(error.message)) return new Problem(422, 'The input is too deeply nested.');
  const { code = '', message = '', column } = error as PgError;
  const own = /^SW(\d{3})$/.exec(code);
  if (own) {
    const errors = column ? [{ field: fieldOf(column), code: 'refused', message }] : [];
    return new Problem(Number(own[1]), message, errors);
  }
  if (code in SQLSTATES) return new Problem(...SQLSTATES[code]);
  if (code.startsWith('22')) return new Problem(422, 'A value has the wrong form.');
  if (/^(08|53|57|58)/.test(code) || /ECONNREFUSED|ECONNRESET|EPIPE|terminated|not queryable|timeout exceeded/.test(message)) return new Problem(503, 'The database is not available at this moment. Try again shortly.', [], { 'retry-after': '2' });
  return new Problem(500, 'Something went wrong on our side. It was recorded under the request id.');
}
