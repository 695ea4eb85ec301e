// Contract of the simulator: what a change of people or rights would give and take, before it is made.
import { z } from 'zod';
import { endpoint } from '../../kernel/contract.ts';

const Level = z.enum(['none', 'read', 'edit', 'full']);
const Named = z.object({ id: z.string(), label: z.string().nullable() });
/**
 * `level`: in gains the one that he will have, in loses the one that he has now; `from` and `to` are both.
 * `samples`: up to three of these records that the asker sees.
 */
const Difference = z.object({ member: Named, table: z.string(), records: z.number().int(), level: Level, from: Level, to: Level, samples: z.array(Named) });

/** The request as it would be sent: `{"method":"PATCH","path":"/members/{id}","body":{"manager":"…"}}`. */
const Change = z.strictObject({ method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']), path: z.string().max(2000), body: z.unknown().optional() });

export const simulate = endpoint({
  method: 'POST', path: '/access/simulate', summary: 'Who would gain and lose sight of how many records by a change of members, profiles, teams, groups, rules or sharing; nothing is changed.', who: 'administer',
  body: z.strictObject({ change: Change }),
  /** `estimate`: so many records had to be looked at one by one that a part of them stands for the whole. */
  answer: z.object({ gains: z.array(Difference), loses: z.array(Difference), estimate: z.boolean() }),
});
