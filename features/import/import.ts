// Imports as programs and screens use them: take a file in, guess how to read it, map, start, hold, undo, and hand the bad rows back.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { guessFields, guessLocale, type Column } from '../../catalogue/guess.ts';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, notFound, Problem } from '../../kernel/errors.ts';
import { deleteFile, newFile, readFile, TooLarge, writeFile } from '../../kernel/files.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { wake } from '../../kernel/jobs.ts';
import { columnNames, CsvFault, dialect, knows, rowsOf, surveyor, type Row } from './csv.ts';
import { getImport, importErrors, importProblems, listImports, mapImport, pauseImport, resumeImport, runImport, tryImport, undoImport, uploadImport } from './import.api.ts';
import { badRows, problemsOf } from './problems.ts';
import { doneOf, importableTable, planOf, type FileReading, type Task } from './rows.ts';

const LARGEST_FILE = 1024 ** 3;
const SAMPLED = 200;

interface Kept extends Task {
  file_name: string; rows: number | null; removed: number; kept: number; failure: string | null; origin: unknown; created_at: string; ended_at: string | null; repeated: boolean;
}

const select = sql`select i.id, i.table_no, i.state, i.file, i.file_name, i.reading, i.columns, i.mapping, i.mode, i.match, i.origin, i.rows, i.created, i.updated, i.skipped, i.errors, i.removed, i.kept, i.failure,
  i.created_at, i.ended_at, exists (select 1 from import o where o.hash = i.hash and o.table_no = i.table_no and o.state = 'done' and o.id < i.id) as repeated from import i where i.state <> 'receiving'`;

async function own(caller: Caller, id: string): Promise<Kept> {
  const [kept] = await caller.read<Kept>(sql`${select} and i.id = ${id}`);
  if (!kept) throw notFound();
  return kept;
}

const tableOf = (caller: Caller, kept: Kept) => [...caller.sight.tables.values()].find((t) => t.no === kept.table_no);

/** The first rows of a file, from its first chunks only. */
async function firstRows(caller: Caller, file: string, reading: FileReading): Promise<Row[]> {
  const first: Row[] = [];
  for await (const rows of rowsOf(readFile(caller.tenant, file), reading)) {
    first.push(...rows);
    if (first.length > SAMPLED) break;
  }
  return first.slice(0, SAMPLED + 1);
}

async function guessOf(caller: Caller, kept: Kept) {
  if (!kept.file || !['uploaded', 'mapped', 'checked', 'checking', 'paused'].includes(kept.state)) return null;
  const { encoding, delimiter, header, skip, decimal, day_first } = kept.reading;
  const rows = (await firstRows(caller, kept.file, kept.reading)).slice(header ? 1 : 0);
  const columns: Column[] = kept.columns.map((name, i) => ({ name, samples: rows.map((r) => (r.cells[i] ?? '').slice(0, 200)) }));
  const table = tableOf(caller, kept);
  const fields = table ? guessFields(columns, { name: table.name, fields: mappable(table) }) : [];
  return {
    encoding, delimiter, header, skip, decimal, day_first,
    columns: columns.map(({ name, samples }, i) => {
      const filled = samples.filter((s) => s.trim() !== '');
      return { name, sample: filled[0] ?? '', samples: filled.slice(0, 5), ...(fields[i] ? { field: fields[i] } : {}) };
    }),
  };
}

const mappable = (table: SeenTable) => [...table.fields.filter((f) => f.level === 'write'), { name: 'owner', label: 'Owner', kind: 'member' as const }, { name: 'id', label: 'Id', kind: 'link' as const }];

async function view(caller: Caller, kept: Kept) {
  const done = doneOf(kept);
  return {
    id: kept.id, table: tableOf(caller, kept)?.name ?? null, file: kept.file_name, state: kept.state, rows: Math.max(kept.rows ?? 0, done), done,
    created: kept.created, updated: kept.updated, skipped: kept.skipped, errors: kept.errors, removed: kept.removed, kept: kept.kept, failure: kept.failure,
    guess: await guessOf(caller, kept), mapping: kept.mapping, mode: kept.mode, match: kept.match, origin: kept.origin, repeated: kept.repeated,
    created_at: isoMoment(kept.created_at), ended_at: kept.ended_at && isoMoment(kept.ended_at),
  };
}

const viewOf = async (caller: Caller, id: string) => view(caller, await own(caller, id));

/** Reads the whole file once: it can be cut into rows, and how many there are. @throws Problem 422 naming the line. */
async function measure(caller: Caller, file: string, reading: FileReading): Promise<{ rows: number; columns: string[] }> {
  let rows = 0; let first: string[] | undefined;
  try {
    for await (const piece of rowsOf(readFile(caller.tenant, file), reading)) {
      first ??= piece[0].cells;
      rows += piece.length;
    }
  } catch (error) {
    throw error instanceof CsvFault ? new Problem(422, error.message, [{ field: 'file', code: 'unreadable', message: error.message }]) : error;
  }
  if (!first) throw new Problem(422, 'The file has no rows.', [{ field: 'file', code: 'empty', message: 'has no rows' }]);
  return { rows: rows - (reading.header ? 1 : 0), columns: columnNames(first, reading.header) };
}

interface Received { id: string; file: string; survey: ReturnType<typeof surveyor>; hash: Buffer }

async function receive(caller: Caller, stream: AsyncIterable<Buffer>, name: string): Promise<Received> {
  const file = newFile();
  const { id } = await caller.as((db) => db.one<{ id: string }>(sql`insert into import (member_no, file, file_name) values (${caller.member.no}, ${file}, ${name.replace(/[\u0000-\u001f\u007f]/g, '').toWellFormed().slice(0, 200)}) returning id`));
  const survey = surveyor();
  const hash = createHash('sha256');
  try {
    await writeFile(caller.tenant, file, stream, LARGEST_FILE, (chunk) => { survey.see(chunk); hash.update(chunk); });
  } catch (error) {
    await giveUp(caller, id, file);
    throw error instanceof TooLarge || (error as any).statusCode === 413 ? new Problem(413, `A file may have ${LARGEST_FILE / 1024 ** 2} MB.`) : error;
  }
  return { id, file, survey, hash: hash.digest() };
}

async function giveUp(caller: Caller, id: string, file: string): Promise<void> {
  await deleteFile(caller.tenant, file);
  await caller.as((db) => db.run(sql`delete from import where id = ${id} and state = 'receiving'`));
}

interface Parts { table?: SeenTable; got?: Received; fault?: unknown }

async function takePart(caller: Caller, part: Multipart, parts: Parts): Promise<void> {
  if (part.type === 'file') {
    if (parts.got || part.fieldname !== 'file') throw invalid(part.fieldname.slice(0, 100), 'Send one file in the part "file".');
    parts.got = await receive(caller, part.file, part.filename ?? '');
  } else if (part.fieldname === 'table') parts.table = importableTable(caller, (t) => t.name === part.value);
  else throw invalid(part.fieldname.slice(0, 100), 'There is no such field.', 'unknown');
}

/** The parts may come in any order, so that the right on the table is asked when its name is known, at the latest at the end. */
async function upload(caller: Caller, request: FastifyRequest): Promise<string> {
  if (!request.isMultipart()) throw new Problem(415, 'Send multipart/form-data with the parts "file" and "table".');
  const parts: Parts = {};
  try {
    for await (const part of request.parts({ limits: { fileSize: LARGEST_FILE } })) {
      if (!parts.fault) await takePart(caller, part, parts).catch((error) => { parts.fault = error; });
      // A refused body is read to its end: cut off, the answer would be lost with the connection.
      if (parts.fault && part.type === 'file') part.file.resume();
    }
    if (parts.fault) throw parts.fault;
    if (!parts.got) throw invalid('file', 'is missing', 'required');
    if (!parts.table) throw invalid('table', 'is missing', 'required');
    return await settle(caller, parts.table, parts.got);
  } catch (error) {
    if (parts.got) await giveUp(caller, parts.got.id, parts.got.file);
    const status = (error as any).statusCode;
    throw status >= 400 && status < 500 && !(error instanceof Problem) ? new Problem(status === 413 ? 413 : 422, 'The upload was not understood.') : error;
  }
}

async function settle(caller: Caller, table: SeenTable, { id, file, survey, hash }: Received): Promise<string> {
  const { encoding, broken, head, complete, isText } = survey.verdict();
  if (!isText) throw new Problem(422, 'This is no text file. Save the table as CSV (UTF-8) and upload that.', [{ field: 'file', code: 'not_text', message: 'is no text file' }]);
  const guessed = { encoding, broken, ...dialect(head, complete) };
  const cells = (await firstRows(caller, file, { ...guessed, decimal: '.', day_first: false }).catch(() => [])).flatMap((r) => r.cells);
  const german = caller.member.language === 'de';
  const { decimal = german ? ',' : '.', dayFirst = german } = guessLocale(cells);
  const reading: FileReading = { ...guessed, decimal, day_first: dayFirst };
  const { rows, columns } = await measure(caller, file, reading);
  await caller.as((db) => db.run(sql`update import set state = 'uploaded', table_no = ${table.no}, hash = ${hash}, reading = ${JSON.stringify(reading)}, columns = ${columns}, rows = ${rows} where id = ${id} and state = 'receiving'`));
  return id;
}

const DELIMITERS: Record<string, string> = { tab: '\t', '\\t': '\t', comma: ',', semicolon: ';', pipe: '|' };

function readingFrom(old: FileReading, said: { encoding?: string; delimiter?: string; header?: boolean; skip?: number; decimal?: '.' | ','; day_first?: boolean }): FileReading {
  const delimiter = said.delimiter === undefined ? old.delimiter : (DELIMITERS[said.delimiter.toLowerCase()] ?? said.delimiter);
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw invalid('delimiter', 'is one character, or "tab"');
  const encoding = said.encoding ?? old.encoding;
  if (!knows(encoding)) throw invalid('encoding', 'is not known');
  const broken = encoding === old.encoding ? old.broken : true;
  return { encoding, broken, delimiter, header: said.header ?? old.header, skip: said.skip ?? old.skip, decimal: said.decimal ?? old.decimal, day_first: said.day_first ?? old.day_first };
}

/** What decides where rows and cells end. */
const cutBy = ({ encoding, delimiter, header, skip }: FileReading) => [encoding, delimiter, header, skip];

const wrongState = (what: string) => new Problem(409, what);

/** Back to a clean sheet before each run: counters at zero, no problems noted. */
const afresh = sql`created = 0, updated = 0, skipped = 0, errors = 0, failure = null, ended_at = null, holder = null`;

async function begin(caller: Caller, id: string, state: 'checking' | 'running'): Promise<void> {
  const kept = await own(caller, id);
  if (!['mapped', 'checked'].includes(kept.state)) throw wrongState(kept.state === 'uploaded' ? 'Say first which column goes to which field.' : `This import is ${kept.state}.`);
  planOf(caller, importableTable(caller, (t) => t.no === kept.table_no), kept);
  await caller.as(async (db) => {
    await db.run(sql`delete from import_problem where import_id = ${id}`);
    await moved(db, sql`update import set state = ${state}, ${afresh} where id = ${id} and state in ('mapped', 'checked')`);
  });
  wake(caller.tenant);
}

/** Of two that change the state at once only one finds it as it was. */
async function moved(db: Db, change: ReturnType<typeof sql>): Promise<void> {
  if ((await db.run(change)) !== 1) throw wrongState('This import is not in a state for that.');
}

export const clerks: Clerk[] = [
  serve(uploadImport, async ({ caller, request }) => {
    const id = await upload(caller, request);
    return answer(201, await viewOf(caller, id), { location: `/api/v1/imports/${id}` });
  }),
  serve(listImports, async ({ caller }) => {
    const all = await caller.read<Kept>(sql`${select} order by i.id desc limit 100`);
    return { data: await Promise.all(all.map(async (kept) => ({ ...(await view(caller, { ...kept, file: null })) }))), next: null };
  }),
  serve(getImport, ({ caller, params }) => viewOf(caller, params.id)),
  serve(mapImport, async ({ caller, params: { id }, body }) => {
    const kept = await own(caller, id);
    const table = importableTable(caller, (t) => t.no === kept.table_no);
    if (!['uploaded', 'mapped', 'checked'].includes(kept.state) || !kept.file) throw wrongState(`This import is ${kept.state}; it cannot be mapped any more.`);
    const reading = readingFrom(kept.reading, body);
    const { rows, columns } = JSON.stringify(cutBy(reading)) === JSON.stringify(cutBy(kept.reading)) ? kept : await measure(caller, kept.file, reading);
    const mapping = body.mapping ?? null;
    if (mapping) planOf(caller, table, { ...kept, reading, columns, mapping, mode: body.mode, match: body.match });
    // Whoever takes in data about people must be able to say where they come from (Art. 14 GDPR).
    if (mapping && table.subject !== 'none' && !body.origin) throw invalid('origin', 'Say where these data come from and on what basis they are kept.', 'required');
    await caller.as(async (db) => {
      await db.run(sql`delete from import_problem where import_id = ${id}`);
      await moved(db, sql`update import set state = ${mapping ? 'mapped' : 'uploaded'}, reading = ${JSON.stringify(reading)}, columns = ${columns}, rows = ${rows}, mapping = ${mapping && JSON.stringify(mapping)}, mode = ${body.mode},
        match = ${body.match}, origin = ${body.origin ? JSON.stringify(body.origin) : null}, ${afresh} where id = ${id} and state in ('uploaded', 'mapped', 'checked')`);
    });
    return viewOf(caller, id);
  }),
  serve(tryImport, async ({ caller, params: { id } }) => { await begin(caller, id, 'checking'); return answer(202, await viewOf(caller, id)); }),
  serve(runImport, async ({ caller, params: { id } }) => { await begin(caller, id, 'running'); return answer(202, await viewOf(caller, id)); }),
  serve(pauseImport, async ({ caller, params: { id } }) => {
    await own(caller, id);
    await caller.as((db) => moved(db, sql`update import set state = 'paused', holder = null where id = ${id} and state = 'running'`));
    return viewOf(caller, id);
  }),
  serve(resumeImport, async ({ caller, params: { id } }) => {
    const kept = await own(caller, id);
    importableTable(caller, (t) => t.no === kept.table_no);
    await caller.as((db) => moved(db, sql`update import set state = 'running', failure = null, ended_at = null where id = ${id} and state in ('paused', 'failed') and file is not null and mapping is not null`));
    wake(caller.tenant);
    return answer(202, await viewOf(caller, id));
  }),
  serve(undoImport, async ({ caller, params: { id } }) => {
    await own(caller, id);
    // In pieces, so that no transaction grows with the file; broken off in between, it is asked again and goes on.
    for (let left = 1; left > 0;) left = (await caller.as((db) => db.one<{ left: number }>(sql`select undo_import(${id}, 500) as left`))).left;
    await caller.as((db) => db.run(sql`update import set state = 'undone', ended_at = clock_timestamp() where id = ${id} and state in ('done', 'failed', 'paused')`));
    return viewOf(caller, id);
  }),
  serve(importProblems, async ({ caller, params: { id }, query }) => problemsOf(caller, await own(caller, id), query.limit, query.cursor)),
  serve(importErrors, async ({ caller, params: { id } }) => {
    const kept = await own(caller, id);
    if (!kept.file) throw wrongState('The file was deleted after 24 hours.');
    return answer(200, Readable.from(badRows(caller, kept)), { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="errors.csv"' });
  }),
];
