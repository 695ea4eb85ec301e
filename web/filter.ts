// Filters as trees: the API's form in the address, an editable form (with half-made lines) in the builder.
import type { Operator } from '../catalogue/kinds/kind.ts';

export type FilterLeaf = Record<string, Partial<Record<Operator, unknown>>>;
export type FilterNode = { and: FilterNode[] } | { or: FilterNode[] } | FilterLeaf;

export interface Line { key: number; field: string; op: Operator; value: unknown }
export interface Group { key: number; join: 'and' | 'or'; parts: (Line | Group)[] }

let last = 0;
const nextKey = () => ++last;
export const isGroup = (part: Line | Group): part is Group => 'parts' in part;
export const newLine = (field: string, op: Operator): Line => ({ key: nextKey(), field, op, value: null });
export const newGroup = (join: 'and' | 'or', parts: Group['parts'] = []): Group => ({ key: nextKey(), join, parts });
export const WITHOUT_VALUE: Operator[] = ['is_empty', 'not_empty'];

const isBlank = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && (value.length === 0 || value.some(isBlank)));

/** The API's form without half-made lines; undefined if nothing is left. */
export function toNode(part: Line | Group): FilterNode | undefined {
  if (!isGroup(part)) {
    const without = WITHOUT_VALUE.includes(part.op);
    return !without && isBlank(part.value) ? undefined : { [part.field]: { [part.op]: without ? true : part.value } };
  }
  const nodes = part.parts.map(toNode).filter((n) => n !== undefined);
  if (nodes.length === 0) return undefined;
  return part.join === 'and' ? { and: nodes } : { or: nodes };
}

const branch = (node: FilterNode): ['and' | 'or', FilterNode[]] | null => {
  for (const join of ['and', 'or'] as const) {
    const nodes = (node as Record<string, unknown>)[join];
    if (Array.isArray(nodes)) return [join, nodes as FilterNode[]];
  }
  return null;
};

/** The builder's form of a filter from the address; the root is always a group. Deeper than 8 is cut off, as no one builds it here. */
export function toGroup(node: FilterNode | undefined, depth = 0): Group {
  if (!node || typeof node !== 'object' || depth > 8) return newGroup('and');
  const found = branch(node);
  if (!found) return newGroup('and', toLines(node as FilterLeaf));
  return newGroup(found[0], found[1].flatMap((n): Group['parts'] => (branch(n) ? [toGroup(n, depth + 1)] : toLines(n as FilterLeaf))));
}

function toLines(leaf: FilterLeaf): Line[] {
  return Object.entries(leaf).flatMap(([field, tests]) => Object.entries(tests ?? {}).map(([op, value]) => ({ key: nextKey(), field, op: op as Operator, value })));
}

/** How many lines count. */
export function countLines(node: FilterNode | undefined): number {
  if (!node) return 0;
  const found = branch(node);
  return found ? found[1].reduce((sum, n) => sum + countLines(n), 0) : Object.keys(node).length;
}
