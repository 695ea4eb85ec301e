// The only place that speaks to the server: calls below /api/v1 with the session cookie, and refusals as people may read them.
import { QueryClient } from '@tanstack/react-query';
import i18next from 'i18next';

export interface FieldFault { field: string; code: string; message: string }

/** What the server refused: HTTP `status` (0: not reached), `detail` for people, faults by field, and the request id to quote. */
export class Refusal extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldFault[];
  readonly request_id: string | null;
  constructor(status: number, problem: { title?: string; detail?: string; errors?: FieldFault[]; request_id?: string } = {}) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.title = problem.title ?? '';
    this.detail = problem.detail ?? '';
    this.errors = problem.errors ?? [];
    this.request_id = problem.request_id ?? null;
  }
}

/** A sentence of the server as people read it: translated where known, with a capital. */
export const sentence = (message: string): string => {
  const said = i18next.t(message);
  return said.charAt(0).toUpperCase() + said.slice(1);
};

export type Query = Record<string, string | number | boolean | undefined | null>;
export interface CallOptions { query?: Query; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal }

const address = (path: string, query: Query = {}) => {
  const kept = Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '');
  const search = new URLSearchParams(kept.map(([k, v]) => [k, String(v)])).toString();
  return `/api/v1${path}${search ? `?${search}` : ''}`;
};

/** Where a lost session is heard; the router listens and shows the sign-in screen. */
export const SIGNED_OUT = 'steward:signed-out';

function refusal(status: number, body: unknown): Refusal {
  if (status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  return new Refusal(status, typeof body === 'object' && body ? body : {});
}

async function body(response: Response): Promise<unknown> {
  const kind = response.headers.get('content-type') ?? '';
  if (response.status === 204) return null;
  return /json/.test(kind) ? response.json() : response.text();
}

/**
 * Calls the API as the signed-in member. `path` starts with `/` and lies below /api/v1.
 * Answers the parsed body (null for 204). Throws `Refusal` on every status of 400 and more, and with status 0 when the server can't be reached.
 */
export async function call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  return (await callTagged<T>(method, path, options)).body;
}

/** Like `call`, with the version of what was answered: a change sent with it as `if-match` is refused (412) if somebody was quicker. */
export async function callTagged<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<{ body: T; tag: string }> {
  const headers: Record<string, string> = { accept: 'application/json', 'X-Steward': '1', ...options.headers };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method, headers, signal: options.signal, credentials: 'same-origin',
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (fault) {
    if (options.signal?.aborted) throw fault;
    throw new Refusal(0, { title: 'Steward cannot be reached', detail: 'Steward cannot be reached. Check the connection and try again.' });
  }
  const answer = await body(response);
  if (response.status >= 400) throw refusal(response.status, answer);
  return { body: answer as T, tag: response.headers.get('etag') ?? '*' };
}

/** Sends a form with files; `onProgress` hears the sent share (0 to 1). Answers and throws like `call`. */
export function upload<T = unknown>(path: string, form: FormData, onProgress?: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(path));
    request.setRequestHeader('X-Steward', '1');
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = (e) => { if (e.lengthComputable) onProgress?.(e.loaded / e.total); };
    request.onerror = () => reject(new Refusal(0, { detail: 'Steward cannot be reached. Check the connection and try again.' }));
    request.onload = () => {
      let answer: unknown = null;
      try { answer = JSON.parse(request.responseText); } catch { /* an empty or plain answer has no body to read */ }
      if (request.status >= 400) reject(refusal(request.status, answer)); else resolve(answer as T);
    };
    request.send(form);
  });
}

/** Server state of the whole window. Only outages are tried again: a refusal would be refused again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: (times, fault) => times < 2 && fault instanceof Refusal && (fault.status === 0 || fault.status === 503) },
    mutations: { retry: false },
  },
});
