// Contract of sharing rules.
import { z } from 'zod';
import { endpoint, list, pageQuery, text } from '../../kernel/contract.ts';
import { Criterion } from '../team/team.api.ts';

const one = text();
/** Exactly one of the keys: a member or group, or that member and everyone below. */
const Owners = z.union([z.strictObject({ member: one }), z.strictObject({ group: one }), z.strictObject({ below: one })]);
export const To = z.union([z.strictObject({ member: one }), z.strictObject({ group: one }), z.strictObject({ team: one }), z.strictObject({ below: one })]);
const Criteria = z.strictObject({ criteria: z.array(Criterion.omit({ table: true })).min(1).max(50) });
const Level = z.enum(['read', 'edit']);
const Party = z.record(z.string(), z.unknown());

export const SharingRule = z.object({ id: z.string(), table: z.string(), from: Party, to: Party, level: Level });
export const listSharingRules = endpoint({ method: 'GET', path: '/sharing-rules', summary: 'All sharing rules.', who: 'administer', query: pageQuery, answer: list(SharingRule) });
export const createSharingRule = endpoint({ method: 'POST', path: '/sharing-rules', summary: 'Opens records of some owners, or that meet criteria, to some members and everyone above them.', who: 'administer', body: z.strictObject({ table: z.string().max(60), from: z.union([Owners, Criteria]), to: To, level: Level }), answer: SharingRule, status: 201 });
export const deleteSharingRule = endpoint({ method: 'DELETE', path: '/sharing-rules/:id', summary: 'Deletes a rule; what it opened is closed at once.', who: 'administer', params: z.strictObject({ id: text() }), status: 204 });
