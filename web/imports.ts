// What the server says of an import, and what the window knows of mapping columns to fields.
import type { KindName } from '../catalogue/catalogue.ts';
import type { SeenTable } from './me.ts';

export type ImportState = 'uploaded' | 'mapped' | 'checking' | 'checked' | 'running' | 'paused' | 'done' | 'failed' | 'undone';
export type Mode = 'create' | 'update' | 'upsert';
export type Basis = 'contract' | 'legal_obligation' | 'vital' | 'public_task' | 'legitimate_interest' | 'consent';
/** `values`: what words of the file stand for. */
export type Target = string | { field: string; link_by?: string; values?: Record<string, string> } | null;
export interface Reading { encoding: string; delimiter: string; header: boolean; skip: number; decimal: '.' | ','; day_first: boolean }
export interface GuessedColumn { name: string; sample: string; samples?: string[]; field?: string }
export interface Source { source: string; basis: Basis | null; purpose?: string }
export interface Imported {
  id: string; table: string | null; file: string; state: ImportState; rows: number; done: number; created: number; updated: number; skipped: number; errors: number;
  removed: number; kept: number; failure: string | null; guess: (Reading & { columns: GuessedColumn[] }) | null; mapping: Record<string, Target> | null;
  mode: Mode | null; match: string[] | null; origin: { source: string; basis: Basis; purpose?: string } | null; repeated: boolean; created_at: string;
}
export interface FoundProblem { line: number; column: string | null; reason: string; value: string | null }

/** Where a column can go: a field that may be written, the owner, or the record's id (to find records again). */
export interface Place { name: string; label: string; kind: KindName | 'id'; to: string | null; required: boolean }

export function placesOf(table: SeenTable, words: { owner: string; id: string }): Place[] {
  const fields = table.fields.filter((f) => f.level === 'write' && !f.computed).map(({ name, label, kind, to, required }) => ({ name, label, kind, to, required }));
  return [...fields, { name: 'owner', label: words.owner, kind: 'member', to: null, required: false }, { name: 'id', label: words.id, kind: 'id', to: null, required: false }];
}

const FINDERS: readonly KindName[] = ['email', 'text', 'number', 'phone', 'web_address'];

/** Fields by which the records that a link leads to can be found, its title first; empty where the server finds them itself (members, any table). */
export function findersOf(place: Place, tables: SeenTable[]): { value: string; label: string }[] {
  const target = place.kind === 'link' || place.kind === 'links' ? tables.find((t) => t.name === place.to) : undefined;
  const finders = target?.fields.filter((f) => FINDERS.includes(f.kind) || f.name === target.title) ?? [];
  return finders.sort((a, b) => Number(b.name === target!.title) - Number(a.name === target!.title)).map((f) => ({ value: f.name, label: f.label }));
}

export const fieldNameOf = (target: Target | undefined): string | null => (typeof target === 'string' ? target : target?.field ?? null);

/** The state names of an import that is at work right now. */
export const working = (state: ImportState): boolean => state === 'checking' || state === 'running';
