import type { PlanFacts } from '../../sync/ports/plans.ts';
import type { Lease } from '../../sync/ports/runs.ts';
import type { Rules } from '../../sync/rules/rules.ts';
import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation } from '../schema/users-schema.ts';
import { lockReading } from '../transition.ts';
import { eligibilityOf } from './eligibility.ts';
import { planFacts, storeRules } from './plan-facts.ts';
import { matchesAny } from './protection.ts';
import { inOrder } from './spelling.ts';
import { requireUsableTables, requireUsersFit } from './users-fit.ts';

/**
 * Writes the inverse of another run's plan, for users who have not changed since that run: users that it activated become
 * inactive, and users that it deactivated become active. All other users are listed as skipped; protected users stay active.
 * Throws the errors of `Plans.invert`.
 */
export async function draftInverse(
  tx: Transaction,
  lease: Lease,
  revertedRunId: number,
  rules: Rules,
): Promise<PlanFacts> {
  const { runId } = lease;
  const locationId = await lockReading(tx, lease);
  await requireUsableTables(tx);
  await tx.$executeRaw`DELETE FROM sync_changes WHERE run_id = ${runId}`;
  const standing = await standingUsers(tx, revertedRunId, locationId);
  const action = Prisma.sql`
    CASE WHEN u.id IS NULL THEN 'skipped' WHEN u.status = 'inactive' THEN 'reactivate'
         WHEN ${matchesAny(rules.protectedEmails, await emailCollation(tx))} THEN 'protected' ELSE 'deactivate' END`;
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after, detail)
    SELECT ${runId}, ROW_NUMBER() OVER (ORDER BY FIELD(n.action, 'reactivate', 'deactivate', 'protected', 'skipped'), ${inOrder('n.email')}),
           n.action, n.email, n.user_id, n.status,
           CASE n.action WHEN 'reactivate' THEN 'active' WHEN 'deactivate' THEN 'inactive' ELSE n.status END,
           IF(n.action = 'skipped', 'changed_since', NULL)
    FROM (
      SELECT ${action} AS action, COALESCE(u.email COLLATE utf8mb4_bin, t.email) AS email, u.id AS user_id, u.status
      FROM (${standing}) t LEFT JOIN users u ON u.id = t.user_id
    ) n`;
  await storeRules(tx, runId, rules);
  const facts = await planFacts(tx, runId, locationId, { source: 0, duplicates: 0 });
  await requireUsersFit(tx, runId, facts.counts, new Map());
  return facts;
}

/** Every change of the reverted run. The user id is NULL if the user is no longer as the run left the user. */
async function standingUsers(tx: Transaction, runId: number, locationId: bigint): Promise<Prisma.Sql> {
  const collate = await emailCollation(tx);
  const { plain } = await eligibilityOf(tx);
  return Prisma.sql`
    SELECT c.email, s.id AS user_id FROM sync_changes c
    JOIN sync_runs r ON r.id = c.run_id
    LEFT JOIN users s ON s.location_id = ${locationId} AND r.location_id = s.location_id AND s.email = c.email${collate} AND s.status = 'active' AND ${plain('s')}
    WHERE c.run_id = ${runId} AND c.action = 'add'
    UNION ALL
    SELECT c.email, s.id AS user_id FROM sync_changes c
    LEFT JOIN users s ON s.id = c.user_id AND s.location_id = ${locationId} AND s.status = c.status_after COLLATE utf8mb4_bin AND ${plain('s')}
      AND CAST(s.email AS BINARY) = CAST(c.email AS BINARY)
    WHERE c.run_id = ${runId} AND c.action IN ('reactivate', 'deactivate')`;
}
