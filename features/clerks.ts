// Everything that is served at /api/v1: the clerks of all features in the order of features/order.ts.
import type { Clerk } from '../kernel/http.ts';
import type { Job } from '../kernel/jobs.ts';
import { clerks as batch } from './batch/batch.ts';
import { clerks as importing } from './import/import.ts';
import { importJob } from './import/run.ts';
import { clerks as chain, sealing } from './chain/chain.ts';
import { clerks as customTable } from './custom_table/custom_table.ts';
import { emptying } from './custom_table/spare.ts';
import { describing } from './description/description.ts';
import { clerks as group } from './group/group.ts';
import { clerks as list } from './list/list.ts';
import { clerks as member } from './member/member.ts';
import { clerks as profile } from './profile/profile.ts';
import { clerks as record } from './record/record.ts';
import { clerks as search } from './search/search.ts';
import { clerks as share } from './share/share.ts';
import { clerks as sharing } from './sharing/sharing.ts';
import { clerks as sharingRule } from './sharing_rule/sharing_rule.ts';
import { clerks as signIn } from './sign_in/sign_in.ts';
import { clerks as team, filling } from './team/team.ts';
import { clerks as simulator } from './simulator/simulator.ts';
import { clerks as tenant } from './tenant/tenant.ts';
import { clerks as tracking } from './tracking/tracking.ts';
import { clerks as viewAs } from './view_as/view_as.ts';

export const CLERKS: Clerk[] = [...tenant, ...customTable, ...profile, ...member, ...signIn, ...group, ...team, ...sharingRule, ...share, ...sharing, ...simulator, ...tracking, ...viewAs, ...chain, ...record, ...list, ...batch, ...search, ...importing, describing(() => CLERKS)];
/** Work that goes on after the answer. */
export const JOBS: Job[] = [importJob, filling, sealing, emptying];
