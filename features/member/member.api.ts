// The contract of members: who belongs to the tenant, with which profile, and who is above.
import { z } from 'zod';
import { emailShape } from '../../catalogue/kinds/email.ts';
import { endpoint, label, list, text, uuid } from '../../kernel/contract.ts';

const Ref = z.object({ id: z.string(), label: z.string() });
/** Whoever does not administer sees `id`, `name` and `active` only. */
const Member = z.object({
  id: z.string(), name: z.string(), active: z.boolean(),
  email: z.string().optional(), profile: Ref.optional(), manager: Ref.nullable().optional(), invited: z.boolean().optional(),
});
const Invited = Member.extend({ invitation_token: z.string(), invitation_url: z.string() });

const name = label().transform((s) => s.trim());
/** An id or the e-mail address; profiles: an id or the name. */
const named = text(320);
const params = z.object({ id: named });

export const listMembers = endpoint({
  method: 'GET', path: '/members', summary: 'Members by name; addresses, profiles and managers for administrators only.', who: 'member', answer: list(Member),
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50), cursor: uuid.optional() }),
});

export const readMember = endpoint({ method: 'GET', path: '/members/:id', summary: 'One member, by id or e-mail address.', who: 'member', params, answer: Member });

export const addMember = endpoint({
  method: 'POST', path: '/members', summary: 'Adds a member and makes the link that invites him.', who: 'administer', answer: Invited, status: 201,
  body: z.strictObject({ name, email: emailShape, profile: named, manager: named.nullable().optional() }),
});

export const changeMember = endpoint({
  method: 'PATCH', path: '/members/:id', summary: 'Changes name, profile, manager, or whether the member is active.', who: 'administer', params, answer: Member,
  body: z.strictObject({ name: name.optional(), profile: named.optional(), manager: named.nullable().optional(), active: z.boolean().optional() }),
});

export const removeMember = endpoint({ method: 'DELETE', path: '/members/:id', summary: 'Removes a member who owns no records any more; name and address are erased.', who: 'administer', params, status: 204 });

export const inviteAgain = endpoint({ method: 'POST', path: '/members/:id/invitation', summary: 'Makes a new link for a member; the one before stops working.', who: 'administer', params, answer: Invited, status: 201 });
