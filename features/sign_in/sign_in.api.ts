// The contract of the way in: first run, invitations, sessions, tokens, password, and who one is.
import { z } from 'zod';
import { emailShape } from '../../catalogue/kinds/email.ts';
import { endpoint, label, list, text, uuid } from '../../kernel/contract.ts';

/** Counted in characters as people count them: an emoji is one. */
const newPassword = text(1024)
  .refine((s) => [...s].length >= 8, 'has fewer than 8 characters')
  .refine((s) => [...s].length <= 128, 'has more than 128 characters');
/** A password that is only compared; which characters it has does not matter, and a wrong length is just a wrong password. */
const triedPassword = z.string().max(1024);
const accept = z.strictObject({ terms: z.literal(true, 'must be accepted'), privacy: z.literal(true, 'must be accepted') });
const trimmed = label().transform((s) => s.trim());

const Notice = z.object({ version: z.string(), text: z.string() });
const Signed = z.object({ member: z.object({ id: z.string(), name: z.string(), email: z.string() }), tenant: z.object({ name: z.string() }) });
const Session = z.object({ id: z.string(), device: z.string(), created_at: z.string(), seen_at: z.string(), expires_at: z.string(), current: z.boolean() });
const Token = z.object({ id: z.string(), name: z.string(), created_at: z.string(), used_at: z.string().nullable(), expires_at: z.string() });
const byId = z.object({ id: uuid });
const byToken = z.object({ token: z.string() });

export const readSetup = endpoint({ method: 'GET', path: '/setup', summary: 'Whether this installation has a tenant.', who: 'public', answer: z.object({ tenants: z.boolean() }) });

/** The body of POST /setup. It is read by the clerk, after it has found that this is the first run: later nobody shall learn what it looks like. */
export const Setup = z.strictObject({ tenant: trimmed, name: trimmed, email: emailShape, password: newPassword, sharing: z.enum(['private', 'read', 'edit']).default('edit'), accept });
export const setup = endpoint({ method: 'POST', path: '/setup', summary: 'First run: opens the first tenant with its administrator. Afterwards there is nothing here.', who: 'public', answer: Signed, status: 201 });

export const readNotices = endpoint({ method: 'GET', path: '/notices/sign-up', summary: 'Terms and privacy notice as they are to be accepted.', who: 'public', answer: z.object({ terms: Notice, privacy: Notice }) });

export const readInvitation = endpoint({ method: 'GET', path: '/invitations/:token', summary: 'Whom an invitation is for.', who: 'public', params: byToken, answer: z.object({ tenant: z.string(), email: z.string(), name: z.string() }) });
export const acceptInvitation = endpoint({
  method: 'POST', path: '/invitations/:token', summary: 'Accepts an invitation, once: sets the password and signs in.', who: 'public', params: byToken, answer: Signed, status: 201,
  body: z.strictObject({ password: newPassword, accept }),
});

export const signIn = endpoint({
  method: 'POST', path: '/session', summary: 'Signs in; `tenant` only where one address belongs to several.', who: 'public', answer: Signed,
  body: z.strictObject({ email: text(320), password: triedPassword, code: z.string().max(20).optional(), tenant: text().optional() }),
});
export const signOut = endpoint({ method: 'DELETE', path: '/session', summary: 'Ends this session, or the token it is asked with.', who: 'member', status: 204 });

const Me = z.object({ id: z.string(), name: z.string(), email: z.string(), language: z.string(), time_zone: z.string() });
const SeenField = z.looseObject({ name: z.string(), label: z.string(), kind: z.string(), level: z.enum(['read', 'write']) });
const SeenTable = z.looseObject({ name: z.string(), label: z.string(), labels: z.string(), can: z.record(z.string(), z.boolean()), fields: z.array(SeenField) });
export const readMe = endpoint({
  method: 'GET', path: '/me', summary: 'Who one is, and which tables and fields one may see.', who: 'member',
  answer: z.object({
    member: Me,
    profile: z.object({ id: z.string(), name: z.string(), rights: z.array(z.string()) }),
    tenant: z.object({ name: z.string(), currency: z.string() }),
    /** Administrators who saw Steward as this member does, in the last 30 days. */
    viewed_by: z.array(z.object({ by: z.object({ id: z.string().nullable(), label: z.string() }).nullable(), at: z.string() })),
    tables: z.array(SeenTable),
  }),
});

export const changeMe = endpoint({
  method: 'PATCH', path: '/me', summary: 'Changes one\'s own language and time zone.', who: 'member', answer: Me,
  body: z.strictObject({ language: z.enum(['en', 'de']).optional(), time_zone: text(64).optional() }),
});

const short = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50), cursor: uuid.optional() });
export const listSessions = endpoint({ method: 'GET', path: '/sessions', summary: 'Where one is signed in.', who: 'member', query: short, answer: list(Session) });
export const endSession = endpoint({ method: 'DELETE', path: '/sessions/:id', summary: 'Ends one of one\'s sessions; it is out at its next request.', who: 'member', params: byId, status: 204 });

export const listTokens = endpoint({ method: 'GET', path: '/tokens', summary: 'One\'s API tokens, without their secrets.', who: 'member', query: short, answer: list(Token) });
export const makeToken = endpoint({
  method: 'POST', path: '/tokens', summary: 'Makes an API token, shown once; it ends after 90 days unless said, after a year at most.', who: 'member', answer: Token.extend({ token: z.string() }), status: 201,
  body: z.strictObject({ name: trimmed, expires_at: z.iso.datetime({ offset: true, message: 'is not a moment like 2026-12-31T00:00:00Z' }).nullable().optional() }),
});
export const endToken = endpoint({ method: 'DELETE', path: '/tokens/:id', summary: 'Revokes a token at once.', who: 'member', params: byId, status: 204 });

export const changePassword = endpoint({
  method: 'POST', path: '/password', summary: 'Sets a new password; every other session and every token ends.', who: 'member', status: 204,
  body: z.strictObject({ current: triedPassword, new: newPassword }),
});
