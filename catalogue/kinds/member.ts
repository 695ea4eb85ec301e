// One of the tenant's members: written as id or e-mail, kept as the member's number, which the record engine looks up.
import { z } from 'zod';
import type { Kind } from './kind.ts';

const shape = z.string('is not a member').max(254, 'is not a member').transform((s) => s.trim() || null);

export const member: Kind = {
  name: 'member',
  label: 'Member',
  columns: [{ suffix: '', type: 'integer' }],
  check: () => null,
  input: () => shape,
  toColumns: (no: number) => [no],
  fromColumns: ([no]) => Number(no),
  fromText: (cell) => ({ value: cell.trim() }),
  toText: (value: string | { id: string }) => (typeof value === 'string' ? value : value.id),
  operators: ['eq', 'ne', 'in', 'nin'],
  sortable: false,
  offered: true,
  fixture: { good: ['ada@example.com'], bad: [1, {}, [], true, 'x'.repeat(255)], texts: [[' Ada Lovelace ', 'Ada Lovelace']], badTexts: [] },
};
