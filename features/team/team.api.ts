// Contract of teams: a tree of members who see what meets their criteria.
import { z } from 'zod';
import { endpoint, label, list, pageQuery, text } from '../../kernel/contract.ts';
import { Members, Named } from '../group/group.api.ts';

/** `values`: texts; two of them for between, none for is_empty. */
export const Criterion = z.strictObject({ table: z.string().max(60), field: z.string().max(60), op: z.enum(['in', 'starts_with', 'between', 'is_empty']), values: z.array(z.union([text(500), z.number(), z.boolean()])).max(500).default([]) });
const Level = z.enum(['read', 'edit']);
export const Team = z.object({
  id: z.string(), name: z.string(), parent: Named.nullable(), level: Level, members: z.array(Named), criteria: z.array(Criterion),
  /** How many records of each table meet the criteria now; `filling` while many records are still compared. */
  records: z.array(z.object({ table: z.string(), count: z.number(), filling: z.object({ done: z.number(), total: z.number() }).nullable() })),
});
const Change = z.strictObject({ name: label(), parent: text().nullable(), level: Level, members: Members, criteria: z.array(Criterion).max(50) });
const params = z.strictObject({ id: text() });

export const listTeams = endpoint({ method: 'GET', path: '/teams', summary: 'All teams; members other than administrators read names only.', who: 'member', query: pageQuery, answer: list(Team.partial().required({ id: true, name: true })) });
export const createTeam = endpoint({ method: 'POST', path: '/teams', summary: 'Makes a team. All criteria on one table must hold.', who: 'administer', body: Change.partial().required({ name: true, level: true }), answer: Team, status: 201 });
export const changeTeam = endpoint({ method: 'PATCH', path: '/teams/:id', summary: 'Changes what is named; lists replace the ones before. Access that ends, ends at once.', who: 'administer', params, body: Change.partial(), answer: Team });
export const deleteTeam = endpoint({ method: 'DELETE', path: '/teams/:id', summary: 'Deletes a team without teams below it that no rule names.', who: 'administer', params, status: 204 });
