// What programs may do with imports: upload, map, try, run, hold, undo.
import { z } from 'zod';
import { endpoint, list, name, text, uuid } from '../../kernel/contract.ts';

const State = z.enum(['uploaded', 'mapped', 'checking', 'checked', 'running', 'paused', 'done', 'failed', 'undone']);

/** `names` of columns are unique: a repeat gets ` 2`, an empty one is `Column N`. `skip` counts lines before the header. */
const Guess = z.object({
  encoding: z.string(), delimiter: z.string(), header: z.boolean(), skip: z.number().int(), decimal: z.enum(['.', ',']), day_first: z.boolean(),
  columns: z.array(z.object({ name: z.string(), sample: z.string(), samples: z.array(z.string()), field: z.string().optional() })),
});

/** `link_by`: the field by which the records of a link are found. `values`: what cells of the file stand for, such as {"Engaging":"negotiation"}; the rest is read as it is. */
const Target = z.union([name, z.strictObject({ field: name, link_by: name.optional(), values: z.record(text(200), text(200)).optional() }), z.null()]);
const Mapping = z.record(text(200), Target);
/** Where the data come from and on what ground they are kept (Art. 6 and 14 GDPR); demanded for tables about persons. */
const Origin = z.strictObject({
  source: text(200).refine((s) => s.trim() !== '', 'is empty'),
  basis: z.enum(['contract', 'legal_obligation', 'vital', 'public_task', 'legitimate_interest', 'consent']),
  purpose: text(200).optional(),
});

/** rows = created + updated + skipped + errors once it has ended; `done` is how many rows are through. Counters of a dry run say what a run would do. */
const Import = z.object({
  id: z.string(), table: z.string().nullable(), file: z.string(), state: State,
  rows: z.number().int(), done: z.number().int(), created: z.number().int(), updated: z.number().int(), skipped: z.number().int(), errors: z.number().int(),
  /** After undo: records taken back, and left because others changed or use them. */
  removed: z.number().int(), kept: z.number().int(),
  failure: z.string().nullable(), guess: Guess.nullable(), mapping: Mapping.nullable(), mode: z.string().nullable(), match: z.array(z.string()).nullable(), origin: Origin.nullable(),
  /** The same file was imported into the same table before. */
  repeated: z.boolean(), created_at: z.string(), ended_at: z.string().nullable(),
});

const params = z.strictObject({ id: uuid });
const act = (what: string, summary: string, status = 200) => endpoint({ method: 'POST', path: `/imports/:id/${what}`, summary, who: 'member', params, body: z.strictObject({}).optional(), answer: Import, status });

export const uploadImport = endpoint({ method: 'POST', path: '/imports', summary: 'Uploads a file (multipart: file, table) and guesses how to read it.', who: 'member', multipart: true, answer: Import, status: 201 });
export const listImports = endpoint({ method: 'GET', path: '/imports', summary: 'The caller\'s own imports, newest first.', who: 'member', answer: list(Import) });
export const getImport = endpoint({ method: 'GET', path: '/imports/:id', summary: 'State and counters of an import, and how its file is read.', who: 'member', params, answer: Import });
export const mapImport = endpoint({
  method: 'PUT', path: '/imports/:id', summary: 'Says which column goes to which field, how existing records are found, and where the data come from.', who: 'member', params, answer: Import,
  body: z.strictObject({
    mapping: Mapping.optional(), mode: z.enum(['create', 'update', 'upsert']).default('create'), match: z.array(name).max(10).default([]), origin: Origin.optional(),
    encoding: text(40).optional(), delimiter: text(10).optional(), header: z.boolean().optional(), skip: z.number().int().min(0).max(1_000_000).optional(),
    decimal: z.enum(['.', ',']).optional(), day_first: z.boolean().optional(),
  }),
});
export const tryImport = act('dry-run', 'Does everything that a run does, keeps nothing, and reports all problems by line and column.', 202);
export const runImport = act('run', 'Imports on the server, in the importing member\'s rights; bad rows never stop good ones.', 202);
export const pauseImport = act('pause', 'Holds a running import after the batch in hand.');
export const resumeImport = act('resume', 'Goes on with an import that was paused or failed.', 202);
export const undoImport = act('undo', 'Deletes the records that the import created and nobody else has changed.');
export const importProblems = endpoint({
  method: 'GET', path: '/imports/:id/problems', summary: 'What is wrong in which line and column, with the value as it stands in the file.', who: 'member', params,
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50), cursor: z.string().regex(/^\d{1,9}\.\d{1,5}$/).optional() }),
  answer: list(z.object({ line: z.number().int(), column: z.string().nullable(), reason: z.string(), value: z.string().nullable() })),
});
export const importErrors = endpoint({ method: 'GET', path: '/imports/:id/errors.csv', summary: 'The bad rows as a file: line, column, reason, then the file\'s own columns.', who: 'member', params });
