import type { Run } from '../../sync/run.ts';
import type { GuardFacts } from '../../sync/safety.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { standingOf } from './standing.ts';

/** How many users the completed runs of the last 24 hours deactivated at a location. */
export function recentlyDeactivated(locationId: bigint | number): Prisma.Sql {
  return Prisma.sql`
    (SELECT COALESCE(SUM(deactivate_count), 0) FROM sync_runs
     WHERE location_id = ${locationId} AND status = 'completed'
       AND finished_at > UTC_TIMESTAMP(3) - INTERVAL 24 HOUR)`;
}

/**
 * What the guard must know of a plan that waits, as its location stands now. Whoever is inactive by now would be
 * deactivated by nobody: that such a plan is stale is for its execution to say.
 */
export async function guardFacts(db: Database, { id, locationId }: Run): Promise<GuardFacts> {
  const { plain } = await standingOf(db);
  const [facts] = await db.$queryRaw<Record<keyof GuardFacts, bigint>[]>`
    SELECT (SELECT COUNT(*) FROM sync_changes c STRAIGHT_JOIN users p
              ON p.id = c.user_id AND p.location_id = ${locationId} AND p.status = 'active' AND ${plain('p')}
            WHERE c.run_id = ${id} AND c.action = 'deactivate') AS deactivate,
           (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${plain('u')}) AS active,
           ${recentlyDeactivated(locationId)} AS recentlyDeactivated`;
  return numbers(facts);
}

/** The same for a plan whose changes `tx` has just written: how its location stood before them. */
export async function guardFactsBefore(tx: Transaction, { locationId, counts }: Run): Promise<GuardFacts> {
  const { add, reactivate, deactivate } = counts;
  const { plain } = await standingOf(tx);
  const [facts] = await tx.$queryRaw<Record<'active' | 'recentlyDeactivated', bigint>[]>`
    SELECT (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${plain('u')}) AS active,
           ${recentlyDeactivated(locationId)} AS recentlyDeactivated`;
  const after = numbers(facts);
  return { ...after, deactivate, active: Math.max(0, after.active + deactivate - reactivate - add) };
}

function numbers(facts: Partial<Record<keyof GuardFacts, bigint>> = {}): GuardFacts {
  const { deactivate = 0n, active = 0n, recentlyDeactivated = 0n } = facts;
  return {
    deactivate: Number(deactivate),
    active: Number(active),
    recentlyDeactivated: Number(recentlyDeactivated),
  };
}
