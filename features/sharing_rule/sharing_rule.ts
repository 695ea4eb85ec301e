// The clerk of sharing rules.
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, notFound } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { pageOf } from '../../kernel/page.ts';
import { memberNo } from '../../kernel/records/writing.ts';
import { noOf } from '../group/group.ts';
import { resolveCriteria, trackFields } from '../team/team.ts';
import { createSharingRule, deleteSharingRule, listSharingRules } from './sharing_rule.api.ts';

export interface Party { kind: 'member' | 'group' | 'team' | 'below'; no: number }

/** Whom `{"member"|"group"|"team"|"below": …}` names, by id, e-mail or unique name. @throws Problem 422 when there is nobody of that name. */
export async function partyOf(db: Db, caller: Caller, said: Record<string, string>, at: string): Promise<Party> {
  const [[kind, named]] = Object.entries(said) as [[Party['kind'], string]];
  const no = kind === 'group' ? await noOf(db, 'member_group', named) : kind === 'team' ? await noOf(db, 'team', named) : memberNo(caller, named);
  if (no === undefined) throw invalid(`${at}.${kind}`, kind === 'member' || kind === 'below' ? 'There is no such active member.' : `There is no such ${kind}.`, 'unknown');
  return { kind, no };
}

/** A party as callers read it. */
export const partySaid = sql`jsonb_build_object(x.kind, case x.kind when 'group' then (select jsonb_build_object('id', g.id, 'label', g.name) from member_group g where g.no = x.no)
  when 'team' then (select jsonb_build_object('id', t.id, 'label', t.name) from team t where t.no = x.no) else (select jsonb_build_object('id', m.id, 'label', m.name) from member m where m.no = x.no) end)`;

async function rules(db: Db, only?: number) {
  return db.rows<{ id: string; table: string; from: Record<string, unknown>; to: Record<string, unknown>; level: string }>(sql`select r.id, c.name as "table", r.level,
    case when r.from_kind is null then jsonb_build_object('criteria', (select jsonb_agg(jsonb_build_object('field', f.name, 'op', k.op, 'values', k.wanted) order by k.no) from rule_criterion k join catalogue_field f on f.no = k.field_no where k.rule_no = r.no))
      else (select ${partySaid} from (select r.from_kind as kind, r.from_no as no) x) end as "from",
    (select ${partySaid} from (select r.to_kind as kind, r.to_no as no) x) as "to"
    from sharing_rule r join catalogue_table c on c.no = r.table_no where ${only === undefined ? sql`true` : sql`r.no = ${only}`} order by c.name, r.no`);
}

export const clerks: Clerk[] = [
  serve(listSharingRules, async ({ caller, query }) => pageOf(await caller.law((db) => rules(db)), query, (r) => r.id)),
  serve(createSharingRule, async ({ caller, body }) => caller.law(async (db) => {
    const table = caller.catalogue.tables.find((t) => t.name === body.table);
    if (!table) throw invalid('table', 'There is no such table.', 'unknown');
    const to = await partyOf(db, caller, body.to as Record<string, string>, 'to');
    const criteria = 'criteria' in body.from ? resolveCriteria(caller, body.from.criteria.map((c) => ({ ...c, table: body.table }))) : undefined;
    const from = criteria ? { kind: null, no: null } : await partyOf(db, caller, body.from as Record<string, string>, 'from');
    const { no } = await db.one<{ no: number }>(sql`insert into sharing_rule (no, table_no, from_kind, from_no, to_kind, to_no, level) values (next_number('rule', 1), ${table.no}, ${from.kind}, ${from.no}, ${to.kind}, ${to.no}, ${body.level}) returning no`);
    if (criteria) {
      await trackFields(db, caller, criteria);
      const rows = criteria.map((c, i) => ({ no: i + 1, rule_no: no, field_no: c.field.no, op: c.op, wanted: c.values }));
      await db.run(sql`insert into rule_criterion select * from jsonb_populate_recordset(null::rule_criterion, ${JSON.stringify(rows)}::jsonb)`);
    }
    return (await rules(db, no))[0];
  })),
  serve(deleteSharingRule, async ({ caller, params }) => caller.law(async (db) => {
    if ((await db.run(sql`delete from sharing_rule where id::text = lower(${params.id})`)) === 0) throw notFound();
    return answer(204, undefined);
  })),
];
