// Contract of profiles: what their members may do with tables and fields, and the rights over the whole tenant.
import { z } from 'zod';
import { VERBS } from '../../catalogue/catalogue.ts';
import { endpoint, label, list, pageQuery, text } from '../../kernel/contract.ts';

const Verbs = z.strictObject(Object.fromEntries(VERBS.map((verb) => [verb, z.boolean().optional()])));
const Level = z.enum(['none', 'masked', 'read', 'write', 'owner']);
const Rights = z.array(z.enum(['administer', 'dpo', 'erase'])).max(3);

/** Maps are merged key by key: `null` for a table hides it, `null` for a field gives it back its level by default. */
const Change = z.strictObject({
  name: label(), tables: z.record(z.string().max(200), Verbs.nullable()), fields: z.record(z.string().max(200), Level.nullable()), rights: Rights,
}).partial();

export const Profile = z.object({
  id: z.string(), name: z.string(), tables: z.record(z.string(), z.record(z.enum(VERBS as unknown as [string, ...string[]]), z.boolean())),
  fields: z.record(z.string(), Level), rights: Rights, members: z.number().int(),
});
const params = z.strictObject({ id: text() });

export const listProfiles = endpoint({ method: 'GET', path: '/profiles', summary: 'All profiles with their rights.', who: 'administer', query: pageQuery, answer: list(Profile) });
export const createProfile = endpoint({ method: 'POST', path: '/profiles', summary: 'Makes a profile; tables that are not named are hidden from it.', who: 'administer', body: Change.required({ name: true }), answer: Profile, status: 201 });
export const changeProfile = endpoint({ method: 'PATCH', path: '/profiles/:id', summary: 'Changes what is named and leaves the rest; holds from the next request on.', who: 'administer', params, body: Change, answer: Profile });
export const deleteProfile = endpoint({ method: 'DELETE', path: '/profiles/:id', summary: 'Deletes a profile that no member has any more.', who: 'administer', params, status: 204 });
