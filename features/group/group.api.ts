// Contract of groups: named sets of members to share with.
import { z } from 'zod';
import { endpoint, label, list, pageQuery, text } from '../../kernel/contract.ts';

export const Named = z.object({ id: z.string(), label: z.string() });
export const Group = z.object({ id: z.string(), name: z.string(), members: z.array(Named) });
/** Members by id or e-mail; a list replaces the one before. */
export const Members = z.array(z.string().max(254)).max(10_000);
const params = z.strictObject({ id: text() });

export const listGroups = endpoint({ method: 'GET', path: '/groups', summary: 'All groups with their members.', who: 'member', query: pageQuery, answer: list(Group) });
export const createGroup = endpoint({ method: 'POST', path: '/groups', summary: 'Makes a group.', who: 'administer', body: z.strictObject({ name: label(), members: Members.default([]) }), answer: Group, status: 201 });
export const changeGroup = endpoint({ method: 'PATCH', path: '/groups/:id', summary: 'Changes name or members; holds from the next request on.', who: 'administer', params, body: z.strictObject({ name: label(), members: Members }).partial(), answer: Group });
export const deleteGroup = endpoint({ method: 'DELETE', path: '/groups/:id', summary: 'Deletes a group that no sharing rule names; shares with it end.', who: 'administer', params, status: 204 });
