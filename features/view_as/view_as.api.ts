// Contract of viewing as another member: an administrator sees what he sees, and changes nothing.
import { z } from 'zod';
import { endpoint, text } from '../../kernel/contract.ts';

const Named = z.object({ id: z.string().nullable(), label: z.string() });
/** `member`: as whom one sees, null where one is oneself. `by`: who looks. */
const View = z.object({ member: Named.nullable(), by: Named.nullable() });

export const readView = endpoint({ method: 'GET', path: '/view-as', summary: 'Whether this session sees Steward as somebody else does.', who: 'member', answer: View });
export const beginView = endpoint({
  method: 'POST', path: '/view-as', summary: 'Turns this browser\'s session into a view as a member: it reads what he reads and changes nothing. It is recorded, and he is told.', who: 'administer', answer: View, status: 201,
  body: z.strictObject({ member: text(320) }),
});
export const endView = endpoint({ method: 'DELETE', path: '/view-as', summary: 'Ends the view; this browser is in one\'s own session again.', who: 'member', status: 204 });
