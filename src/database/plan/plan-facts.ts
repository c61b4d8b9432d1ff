import type { UserStatus } from '../../sync/change.ts';
import type { PlanFacts } from '../../sync/ports.ts';
import type { Transaction } from '../client.ts';
import { recentlyDeactivated } from './guard-facts.ts';
import { planHash } from './plan-hash.ts';
import { standingOf } from './standing.ts';

type Tally = { readonly action: string; readonly before: UserStatus | null; readonly n: bigint };

/** Counts a plan that was just written, with what the guard needs. `staged` is what the server's list says. */
export async function planFacts(
  tx: Transaction,
  runId: number,
  locationId: bigint,
  staged: { readonly source: number; readonly duplicates: number },
): Promise<PlanFacts> {
  const tallies = await tx.$queryRaw<Tally[]>`
    SELECT action, status_before AS \`before\`, COUNT(*) AS n
    FROM sync_changes WHERE run_id = ${runId} GROUP BY action, status_before`;
  const count = (action: string, before?: UserStatus) =>
    tallies
      .filter((tally) => tally.action === action && (before === undefined || tally.before === before))
      .reduce((sum, { n }) => sum + Number(n), 0);
  const { plain } = await standingOf(tx);
  const [users] = await tx.$queryRaw<{ active: bigint; inactive: bigint; recent: bigint }[]>`
    SELECT COUNT(IF(u.status = 'active' AND ${plain('u')}, 1, NULL)) AS active,
           COUNT(IF(u.status = 'inactive' AND ${plain('u')}, 1, NULL)) AS inactive,
           ${recentlyDeactivated(locationId)} AS recent
    FROM users u WHERE u.location_id = ${locationId}`;
  const active = Number(users?.active ?? 0);
  const [deactivate, guarded, reactivate] = [count('deactivate'), count('protected'), count('reactivate')];
  return {
    hash: await planHash(tx, runId),
    active,
    recentlyDeactivated: Number(users?.recent ?? 0),
    counts: {
      ...staged,
      add: count('add'),
      reactivate,
      deactivate,
      omitted: count('omitted'),
      protected: guarded,
      kept: count('kept'),
      // Users may change between the statements that plan and the one that counts.
      unchanged: Math.max(
        0,
        active - deactivate - guarded - count('kept', 'active') - count('omitted', 'active'),
      ),
      alreadyInactive: Math.max(
        0,
        Number(users?.inactive ?? 0) - reactivate - count('kept', 'inactive') - count('omitted', 'inactive'),
      ),
      skipped: count('skipped'),
    },
  };
}
