// From the filters that callers write to conditions in SQL: values as parameters, names only by way of what the caller may see.
import type { SeenTable, Sight } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Locale, Operator } from '../../catalogue/kinds/kind.ts';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import type { Caller } from '../caller.ts';
import { sql, type Query } from '../database.ts';
import { invalid, Problem } from '../errors.ts';
import { condition, isId, pathOf, type Path, type Readable } from './expression.ts';
import { memberNo } from './writing.ts';

const MOST_CONDITIONS = 100;
const MOST_PARTS = 1000;
const DEEPEST = 10;
const NEUTRAL: Locale = { decimal: '.', dayFirst: false, currency: 'EUR', country: 'DE' };
const ALWAYS: Operator[] = ['is_empty', 'not_empty'];
const TEXTUAL = new Set(['text', 'long_text', 'email', 'phone', 'web_address', 'choice']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function operatorsOf(field: Readable): Operator[] {
  if (isId(field)) return ['eq', 'ne', 'in', 'nin', ...ALWAYS];
  return [...kindOf(field).operators, ...ALWAYS];
}

/** One value in the form of the field's first column. Text is read as in a query string. */
function valueOf(caller: Caller, path: Path, said: unknown): unknown {
  const { field, text } = path;
  if (isId(field) || field.kind === 'link' || field.kind === 'links') {
    const id = field.to === '*' && typeof said === 'object' && said ? (said as { id?: unknown }).id : said;
    if (typeof id !== 'string' || !UUID.test(id)) throw invalid(text, 'is not an id');
    return id.toLowerCase();
  }
  if (field.kind === 'member') {
    const no = memberNo(caller, said === 'me' ? caller.member.id : said, true);
    if (no === undefined) throw invalid(text, 'There is no such member.');
    return no;
  }
  if (field.kind === 'moment' && typeof said === 'string') {
    const read = isoMoment(said);
    if (read) return read;
  }
  if (field.kind === 'choices' || field.kind === 'emails' || field.kind === 'phones') {
    if (typeof said !== 'string') throw invalid(text, 'is not a text');
    return said;
  }
  const kind = kindOf(field);
  const read = kind.input(field as any).safeParse(said);
  if (read.success && read.data !== null) return kind.toColumns(read.data, field as any)[0];
  if (typeof said === 'string' && said.trim()) {
    const cell = kind.fromText(said, field as any, NEUTRAL);
    if ('value' in cell) return kind.toColumns(cell.value, field as any)[0];
    // A text that can't be stored can still be looked for; it is found nowhere.
    if (TEXTUAL.has(field.kind) && said.length <= 2000) return said;
  }
  throw invalid(text, read.success ? 'is empty' : read.error.issues[0].message);
}

function many(said: unknown, text: string, most = 500): unknown[] {
  const values = Array.isArray(said) ? said : typeof said === 'string' ? said.split(',') : [said];
  if (values.length === 0 || values.length > most) throw invalid(text, `takes 1 to ${most} values`);
  return values;
}

const cast = (field: Readable): Query => sql.raw(isId(field) ? 'uuid' : kindOf(field).columns[0].type);

/** Lists of addresses and of words have conditions of their own: does any element match. */
function elementTest(sight: Sight, field: Readable, c: Query, operator: Operator, values: string[]): Query | undefined {
  if (field.kind === 'choices') {
    if (operator === 'ne' || operator === 'nin') return sql`(${c} is null or not ${c} && ${values}::text[])`;
    return sql`${c} && ${values}::text[]`;
  }
  if (field.kind === 'links') {
    // Knowing the id of a hidden record must not tell what is linked to it.
    const seen = sql`array(select l.id from ${sql.table(sight.tables.get(field.to!)!.physical)} as l where l.id = any(${values}::uuid[]))`;
    return operator === 'nin' ? sql`(${c} is null or not ${c} && ${seen})` : sql`${c} && ${seen}`;
  }
  if (field.kind !== 'emails' && field.kind !== 'phones') return undefined;
  const element = sql`lower(e ->> ${sql.lit(field.kind === 'emails' ? 'address' : 'number')})`;
  const matches = operator === 'contains' ? sql`strpos(${element}, lower(${values[0]})) > 0` : operator === 'starts_with' ? sql`starts_with(${element}, lower(${values[0]}))` : sql`${element} = any(${values.map((v) => v.toLowerCase())}::text[])`;
  const any = sql`exists (select 1 from jsonb_array_elements(${c}) e where ${matches})`;
  return operator === 'ne' || operator === 'nin' ? sql`not ${any}` : any;
}

const COMPARE: Partial<Record<Operator, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Where amounts are said with a currency only that one is meant, else any. */
function inCurrency(path: Path, operator: Operator, said: unknown, inner: (columns: Query[]) => Query): (columns: Query[]) => Query {
  const given = (Array.isArray(said) ? said : [said]).map((v) => (typeof v === 'object' && v !== null ? String((v as { currency?: unknown }).currency ?? '').trim().toUpperCase() : ''));
  if (new Set(given).size > 1) throw invalid(path.text, 'takes amounts of one currency');
  if (given[0] === '') return inner;
  return (columns) => (operator === 'ne' || operator === 'nin' ? sql`(${inner(columns)} or ${columns[1]} <> ${given[0]})` : sql`(${inner(columns)} and ${columns[1]} = ${given[0]})`);
}

function test(caller: Caller, path: Path, operator: Operator, said: unknown): (columns: Query[]) => Query {
  const inner = valueTest(caller, path, operator, said);
  return path.field.kind === 'money' ? inCurrency(path, operator, said, inner) : inner;
}

function valueTest(caller: Caller, path: Path, operator: Operator, said: unknown): (columns: Query[]) => Query {
  const { field, text } = path;
  const one = () => valueOf(caller, path, said);
  const list = () => many(said, text).map((v) => valueOf(caller, path, v));
  const element = field.kind === 'choices' || field.kind === 'links' || field.kind === 'emails' || field.kind === 'phones';
  if (element) {
    const values = (operator === 'in' || operator === 'nin' ? list() : [one()]) as string[];
    return ([c]) => elementTest(caller.sight, field, c, operator, values)!;
  }
  if (operator === 'in' || operator === 'nin') {
    const values = list();
    return ([c]) => (operator === 'in' ? sql`${c} = any(${values}::${cast(field)}[])` : sql`(${c} is null or ${c} <> all(${values}::${cast(field)}[]))`);
  }
  if (operator === 'between') {
    const [from, to, ...rest] = list();
    if (to === undefined || rest.length) throw invalid(text, 'between takes two values');
    return ([c]) => sql`${c} between ${from} and ${to}`;
  }
  const value = one();
  if (operator === 'eq') return ([c]) => sql`${c} = ${value}`;
  if (operator === 'ne') return ([c]) => sql`${c} is distinct from ${value}`;
  // Taken literally: %, _ and \ are no wildcards (A-56).
  if (operator === 'contains') return ([c]) => sql`strpos(lower(${c}), lower(${value})) > 0`;
  if (operator === 'starts_with') return ([c]) => sql`starts_with(lower(${c}), lower(${value}))`;
  return ([c]) => sql`${c} ${sql.raw(COMPARE[operator]!)} ${value}`;
}

/** A link to a hidden record reads as empty, so it counts as empty in filters too. */
function emptiness(sight: Sight, path: Path): (columns: Query[]) => Query {
  const { field } = path;
  const target = field.kind === 'link' && field.to !== '*' ? sight.tables.get(field.to!) : undefined;
  if (target) return ([c]) => sql`exists (select 1 from ${sql.table(target.physical)} as z where z.id = ${c})`;
  if (field.kind === 'link') return (columns) => sql`record_seen(${columns[1]}, ${columns[0]})`;
  if (field.kind === 'links') return ([c]) => sql`exists (select 1 from ${sql.table(sight.tables.get(field.to!)!.physical)} as z where z.id = any(${c}))`;
  if (field.kind === 'choices') return ([c]) => sql`cardinality(${c}) > 0`;
  return ([c]) => sql`${c} is not null`;
}

function leaf(caller: Caller, table: SeenTable, name: string, operator: string, said: unknown): Query {
  const path = pathOf(caller.sight, table, name);
  if (!operatorsOf(path.field).includes(operator as Operator)) throw invalid(name, `can not be filtered by "${operator.slice(0, 40)}"`);
  if (operator === 'is_empty' || operator === 'not_empty') {
    const seen = condition(path, 't', emptiness(caller.sight, path));
    // A hidden parent whose name the link shows is not empty.
    const named = path.field.kind === 'link' && path.field.to !== '*' && path.steps.length === 0 && path.field.sight?.parent !== 'none';
    const filled = named ? sql`(${sql.ref(`t.${path.field.column}`)} is not null and (${seen} or parent_label(${sql.lit(path.field.no!)}, ${sql.ref('t.id')}) is not null))` : seen;
    const wanted = (operator === 'not_empty') !== (said === false || said === 'false');
    return wanted ? filled : sql`not coalesce(${filled}, false)`;
  }
  // Over a link "not this" is whatever "this" does not find, also where there is no parent to ask.
  if (path.steps.length > 0 && (operator === 'ne' || operator === 'nin')) return sql`not coalesce(${leaf(caller, table, name, operator === 'ne' ? 'eq' : 'in', said)}, false)`;
  const asked = condition(path, 't', test(caller, path, operator as Operator, said));
  if (path.field.kind !== 'link') return asked;
  // Knowing the id of a hidden parent must not tell which children it has: what reads as empty is not found by it either.
  const seen = condition(path, 't', emptiness(caller.sight, path));
  return operator === 'ne' || operator === 'nin' ? sql`(${asked} or not coalesce(${seen}, false))` : sql`(${asked} and ${seen})`;
}

/** `{and:[…]}`, `{or:[…]}`, `{not:…}` or `{field:{operator:value}}`, nested at most ten deep, at most a hundred conditions. */
export function filterCondition(caller: Caller, table: SeenTable, filter: unknown): Query {
  let conditions = 0;
  let parts = 0;
  const most = (n: number, what: string) => new Problem(422, `The filter has too many ${what}.`, [{ field: 'filter', code: 'too_many', message: `at most ${n} ${what}` }]);
  const build = (node: unknown, depth: number): Query => {
    if (depth > DEEPEST) throw new Problem(422, 'The filter is nested too deeply.', [{ field: 'filter', code: 'too_deep', message: `at most ${DEEPEST} levels` }]);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) throw invalid('filter', 'is not of the form {"field":{"operator":value}}');
    if (++parts > MOST_PARTS) throw most(MOST_PARTS, 'parts');
    const built = Object.entries(node).flatMap(([key, value]) => {
      if (key === 'and' || key === 'or') {
        if (!Array.isArray(value)) throw invalid('filter', `"${key}" takes a list`);
        if (value.length === 0) return [];
        const inner = value.map((v) => build(v, depth + 1));
        return [sql`(${sql.join(inner, key === 'and' ? sql` and ` : sql` or `)})`];
      }
      if (key === 'not') return [sql`not coalesce(${build(value, depth + 1)}, false)`];
      const operators = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [['eq', value] as [string, unknown]];
      return operators.map(([operator, said]) => {
        if (++conditions > MOST_CONDITIONS) throw most(MOST_CONDITIONS, 'conditions');
        return said === null ? leaf(caller, table, key, operator === 'ne' ? 'not_empty' : 'is_empty', true) : leaf(caller, table, key, operator, said);
      });
    });
    return built.length ? sql`(${sql.join(built, sql` and `)})` : sql`true`;
  };
  return build(filter ?? {}, 0);
}
