// Reads delimited text of unknown making: encoding, delimiter, preamble, header, and rows with their true line numbers. Pure over bytes.
import { isAscii, isUtf8 } from 'node:buffer';
import { analyse } from 'chardet';
import { dayFrom } from '../../catalogue/kinds/date.ts';

/** How a file is to be read. `skip` counts lines before the header; `broken`: some bytes don't fit the encoding, so that rows with U+FFFD can't be trusted. */
export interface Reading { encoding: string; delimiter: string; header: boolean; skip: number; broken: boolean }
/** A row and the number of its first line, counted from 1 over the whole file. */
export interface Row { line: number; cells: string[] }

/** A file that can't be cut into rows from `line` on. */
export class CsvFault extends Error {
  readonly line: number;
  constructor(line: number, what: string) {
    super(`Line ${line}: ${what}`);
    this.line = line;
  }
}

export const MOST_COLUMNS = 2_000;
/** UTF-16 units; larger ones are refused before they fill the memory (A-97). */
const LARGEST_CELL = 1_000_000;
const LARGEST_ROW = 4_000_000;
const HEAD = 262_144;
/** How ZIP (which XLSX is), PDF and old Excel files begin: cut into rows they would be nonsense. */
const NO_TEXT = [[0x50, 0x4b, 3, 4], [0x25, 0x50, 0x44, 0x46], [0xd0, 0xcf, 0x11, 0xe0]];

/** Looks at all bytes while they pass by, since a file may be plain ASCII up to its last line; then tells the encoding. */
export function surveyor() {
  let size = 0; let fine = 0; let broken = 0; let carry = Buffer.alloc(0);
  const zeros = [0, 0];
  const head: Buffer[] = [];
  const strange: Buffer[] = [];
  let headSize = 0; let strangeSize = 0;
  const look = (block: Buffer) => {
    const ascii = isAscii(block);
    // From the first odd byte on all of it: a second byte of two may look like a letter.
    if ((!ascii || strangeSize > 0) && strangeSize < HEAD) { strange.push(block); strangeSize += block.length; }
    if (ascii) return;
    const said = new TextDecoder('utf-8', { ignoreBOM: true }).decode(block);
    // A whole file of good UTF-8 needs no counting; only doubtful ones are told apart by numbers.
    const unreadable = isUtf8(block) ? 0 : said.split('\ufffd').length - 1;
    broken += unreadable;
    fine += (said.match(/[^\u0000-\u007f]/g)?.length ?? 0) - unreadable;
  };
  return {
    see(chunk: Buffer): void {
      if (headSize < HEAD) { head.push(chunk); headSize += chunk.length; }
      if (chunk.includes(0)) for (let i = 0; i < chunk.length; i++) if (chunk[i] === 0) zeros[(size + i) % 2]++;
      size += chunk.length;
      const block = Buffer.concat([carry, chunk]);
      const cut = wholeCharacters(block);
      carry = block.subarray(cut);
      look(block.subarray(0, cut));
    },
    /** After the last chunk: encoding, whether bytes are broken in it, and the beginning of the file as text. */
    verdict(): { encoding: string; broken: boolean; head: string; complete: boolean; isText: boolean } {
      look(carry);
      const start = Buffer.concat(head);
      const encoding = encodingOf({ start, zeros, size, fine, broken, strange: Buffer.concat(strange) });
      const text = new TextDecoder(encoding).decode(start.subarray(0, HEAD));
      return { encoding, broken: encoding === 'utf-8' ? broken > 0 : encoding !== 'windows-1252', head: text, complete: size <= HEAD, isText: !NO_TEXT.some((bytes) => start.subarray(0, bytes.length).equals(Buffer.from(bytes))) };
    },
  };
}

/** Where the last whole UTF-8 character ends, so that chunks can be judged one by one. */
function wholeCharacters(block: Buffer): number {
  for (let back = 1; back <= Math.min(3, block.length); back++) {
    const byte = block[block.length - back];
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? block.length - back : block.length;
    if (byte < 0x80) break;
  }
  return block.length;
}

interface Signs { start: Buffer; zeros: number[]; size: number; fine: number; broken: number; strange: Buffer }

function encodingOf({ start, zeros, size, fine, broken, strange }: Signs): string {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  // Delimiters and line ends of UTF-16 have a zero byte on one side always, whatever the language.
  const [even, odd] = zeros;
  if (size % 2 === 0 && odd > size / 50 && odd > even * 10) return 'utf-16le';
  if (size % 2 === 0 && even > size / 50 && even > odd * 10) return 'utf-16be';
  if (broken === 0 || fine > broken * 4) return 'utf-8';
  return byStatistics(strange);
}

function byStatistics(sample: Buffer): string {
  const western = new TextDecoder('windows-1252').decode(sample);
  const groups = western.match(/[^\u0000-\u007f]+/g) ?? [];
  const likely = analyse(sample).map(({ name }) => name.toLowerCase()).filter((name) => knows(name) && !/^(utf|ascii|iso-8859-1$)/.test(name));
  // Western languages put accented letters between plain ones; where they stand together it is another script. Statistics over a few bytes guess wildly.
  if (!/[\u0081\u008d\u008f\u0090\u009d]/.test(western) && (groups.length < 3 || groups.filter((g) => g.length === 1).length >= groups.length * 0.7)) {
    const eastern = /\p{L}[¹³¿¥£¢¯¼¾]\p{L}/u.test(western) && ['windows-1250', 'iso-8859-2', 'windows-1254'].includes(likely[0]);
    return eastern ? likely[0] : 'windows-1252';
  }
  // The sample may end within a character.
  const clean = likely.filter((name) => !/^(windows-125[024]|iso-8859-[29])$/.test(name)).find((name) => !new TextDecoder(name).decode(sample).slice(0, -2).includes('\ufffd'));
  return clean ?? 'windows-1251';
}

/** Whether text of that encoding can be read here. */
export function knows(encoding: string): boolean {
  try { return Boolean(new TextDecoder(encoding)); } catch { return false; }
}

/**
 * Cuts text into rows as it comes. Line ends may be LF, CRLF or CR, mixed. A quote inside an unquoted cell is an ordinary character; so is one inside a
 * quoted cell that the next delimiter does not follow, unless a line end came before it: then the quote before was probably never closed, and two rows
 * would become one without anyone noticing.
 * @throws CsvFault naming the line, for a quote without end and for cells and rows beyond the limits.
 */
export function cutter(delimiter: string, firstLine = 1) {
  const D = delimiter.charCodeAt(0);
  let cells: string[] = []; let cell = ''; let size = 0;
  let mode: 'start' | 'bare' | 'quoted' | 'after' = 'start';
  let line = firstLine; let rowLine = firstLine; let quoteLine = 0; let gap = ''; let cr = false;
  const add = (text: string) => {
    cell += text; size += text.length;
    if (cell.length > LARGEST_CELL) throw new CsvFault(rowLine, `a cell is longer than ${LARGEST_CELL} characters${mode === 'quoted' ? `; the quote opened in line ${quoteLine} may not be closed` : ''}.`);
    if (size > LARGEST_ROW) throw new CsvFault(rowLine, `the row is longer than ${LARGEST_ROW} characters.`);
  };
  const endCell = () => {
    cells.push(cell); cell = ''; mode = 'start';
    if (cells.length > MOST_COLUMNS) throw new CsvFault(rowLine, `there are more than ${MOST_COLUMNS} columns.`);
  };
  const endRow = (rows: Row[]) => {
    endCell();
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: rowLine, cells });
    cells = []; size = 0; rowLine = ++line;
  };
  const quotedPart = (text: string) => {
    add(text);
    const ends = text.match(/\r\n?|\n/g)?.length ?? 0;
    line += ends - (ends && cr && text[0] === '\n' ? 1 : 0);
    cr = text.at(-1) === '\r';
  };
  /** A quote in a quoted cell that was followed by neither a delimiter nor a line end. */
  const innerQuote = () => {
    if (line > quoteLine) throw new CsvFault(quoteLine, 'a quote is opened here and not closed in the same way.');
    add(`"${gap}`); gap = ''; mode = 'quoted';
  };
  function push(text: string): Row[] {
    const rows: Row[] = [];
    let i = 0;
    while (i < text.length) {
      const c = text.charCodeAt(i);
      if (cr && mode !== 'quoted') { cr = false; if (c === 10) { i++; continue; } }
      if (mode === 'quoted') {
        const end = text.indexOf('"', i);
        quotedPart(text.slice(i, end < 0 ? undefined : end));
        if (end < 0) return rows;
        cr = false; mode = 'after'; i = end + 1;
      } else if (c === D) { gap = ''; endCell(); i++; }
      else if (c === 10 || c === 13) { gap = ''; endRow(rows); cr = c === 13; i++; }
      else if (mode === 'after') {
        if (c === 34 && gap === '') { add('"'); mode = 'quoted'; i++; }
        else if (c === 32 || c === 9) { gap += text[i]; i++; }
        else innerQuote();
      } else if (mode === 'start' && c === 34) { mode = 'quoted'; quoteLine = line; i++; }
      else {
        let end = i + 1;
        for (; end < text.length; end++) { const x = text.charCodeAt(end); if (x === D || x === 10 || x === 13) break; }
        mode = 'bare';
        add(text.slice(i, end));
        i = end;
      }
    }
    return rows;
  }
  function end(): Row[] {
    const rows: Row[] = [];
    if (mode === 'quoted') throw new CsvFault(quoteLine, 'a quote is opened here and never closed.');
    if (mode !== 'start' || cells.length) endRow(rows);
    return rows;
  }
  return { push, end };
}

const DELIMITERS = [',', ';', '\t', '|'];

/** Delimiter, header and lines to skip, from the beginning of a file. */
export function dialect(head: string, complete: boolean): { delimiter: string; header: boolean; skip: number } {
  const said = /^sep=(.)(?:\r\n?|\n)/i.exec(head);
  const tried = (said ? [said[1]] : DELIMITERS).map((delimiter) => ({ delimiter, ...judged(head, delimiter, complete) }));
  const { delimiter, rows, width } = tried.reduce((best, next) => (next.score > best.score + 1e-9 ? next : best));
  const body = said ? rows.slice(1) : rows;
  const first = body.findIndex((r) => !isPreamble(r, width));
  const top = body[first];
  return { delimiter, header: top ? looksLikeHeader(top.cells) : true, skip: top ? top.line - 1 : said ? 1 : 0 };
}

function judged(head: string, delimiter: string, complete: boolean): { score: number; rows: Row[]; width: number } {
  const cut = cutter(delimiter);
  const rows: Row[] = []; let penalty = 0;
  try {
    for (const [line] of head.matchAll(/[^\r\n]*(?:\r\n?|\n|$)/g)) if (rows.length < 500) rows.push(...cut.push(line));
    if (complete || rows.length === 0) rows.push(...cut.end());
  } catch { penalty = 0.5; }
  const counts = new Map<number, number>();
  for (const { cells } of rows) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width, often] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return { score: often / Math.max(1, rows.length) + Math.min(width, 20) / 1000 - penalty, rows, width };
}

/** A title, a note or a comment above the header: one filled cell where the table has several. */
const isPreamble = ({ cells }: Row, width: number) => (width > 1 && cells.length !== width && cells.filter((c) => c.trim() !== '').length <= 1) || cells[0].startsWith('#');

const looksLikeData = (cell: string) => {
  const s = cell.trim();
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(s) || /^https?:/i.test(s) || /^[-+(]?[\d.,\s'()/-]*\d[\d.,\s'()/-]*$/.test(s) || dayFrom(s, { dayFirst: true }) !== null;
};

function looksLikeHeader(cells: string[]): boolean {
  const filled = cells.filter((c) => c.trim() !== '');
  return filled.length > 0 && !filled.some((c) => looksLikeData(c) || c.length > 200);
}

/** Unique names of columns: blanks around them go, an empty one is `Column N`, a repeat gets ` 2`. */
export function columnNames(cells: string[], header: boolean): string[] {
  const used = new Set<string>();
  return cells.map((cell, i) => {
    const plain = (header && cell.replace(/[\u0000-\u001f\ufeff]+/g, ' ').trim().slice(0, 200)) || `Column ${i + 1}`;
    let name = plain;
    for (let n = 2; used.has(name); n++) name = `${plain} ${n}`;
    used.add(name);
    return name;
  });
}

/** All rows of a file in pieces, without the skipped lines; the header, if any, is the first row. Blank lines are left out. */
export async function* rowsOf(bytes: AsyncIterable<Uint8Array>, reading: Pick<Reading, 'encoding' | 'delimiter' | 'skip'>): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder(reading.encoding);
  const cut = cutter(reading.delimiter, reading.skip + 1);
  let left = reading.skip; let cr = false;
  const beyond = (text: string): string => {
    let at = 0;
    while (left > 0 && at < text.length) {
      const c = text.charCodeAt(at++);
      if (c === 13 || (c === 10 && !cr)) left--;
      cr = c === 13;
    }
    // The LF of a CRLF that ended the last skipped line.
    if (left === 0 && cr && at < text.length) { cr = false; if (text.charCodeAt(at) === 10) at++; }
    return at ? text.slice(at) : text;
  };
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    const rows = cut.push(left > 0 || cr ? beyond(text) : text);
    if (rows.length) yield rows;
  }
  const last = [...cut.push(beyond(decoder.decode())), ...cut.end()];
  if (last.length) yield last;
}
