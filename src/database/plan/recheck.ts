import {
  GuardTrippedError,
  ProtectedSinceError,
  SecondPersonError,
} from '../../sync/failures/stale-errors.ts';
import { peopleBehind } from '../../sync/rules/approval.ts';
import { type GuardFacts, isGraver, judgeByEach } from '../../sync/rules/guard.ts';
import type { Rules } from '../../sync/rules/rules.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { approvalsOf } from '../runs/claim.ts';
import { emailCollation } from '../schema/users-schema.ts';
import { type Eligibility, eligibilityOf } from './eligibility.ts';
import { matchesAny } from './protection.ts';

/**
 * SQL: how many users the completed runs of the last 24 hours deactivated at a location. Net: users who are active again do not
 * count, and each user counts once. If a run's changes are no longer kept, all its deactivations count. `except` is a run whose
 * deactivations are written already and counted separately.
 */
export function recentlyDeactivated(
  locationId: bigint | number,
  { plain }: Pick<Eligibility, 'plain'>,
  except?: number,
): Prisma.Sql {
  const recent = Prisma.sql`
    r.location_id = ${locationId} AND r.status = 'completed' AND r.deactivate_count > 0
    AND r.finished_at > UTC_TIMESTAMP(3) - INTERVAL 24 HOUR`;
  const own = Prisma.sql`
    AND c.user_id NOT IN (SELECT o.user_id FROM sync_changes o
                          WHERE o.run_id = ${except} AND o.action = 'deactivate' AND o.user_id IS NOT NULL)`;
  const counts = Prisma.sql`p.id IS NULL ${except === undefined ? Prisma.empty : own}`;
  return Prisma.sql`
    (SELECT COALESCE(SUM(r.deactivate_count), 0) FROM sync_runs r WHERE ${recent})
    - (SELECT COUNT(*) - COUNT(DISTINCT CASE WHEN ${counts} THEN c.user_id END) FROM sync_runs r
       STRAIGHT_JOIN sync_changes c ON c.run_id = r.id AND c.action = 'deactivate'
       LEFT JOIN users p ON p.id = c.user_id AND p.location_id = r.location_id AND p.status = 'active' AND ${plain('p')}
       WHERE ${recent})`;
}

/**
 * The guard's numbers for a plan that waits, from the present users of the location. Users who are already inactive no longer
 * count as deactivations; such a plan is found stale at its execution.
 */
export async function guardFacts(db: Database, { id, locationId }: Run): Promise<GuardFacts> {
  const eligibility = await eligibilityOf(db);
  const { plain } = eligibility;
  const [facts] = await db.$queryRaw<Record<keyof GuardFacts, bigint>[]>`
    SELECT (SELECT COUNT(*) FROM sync_changes c STRAIGHT_JOIN users p
              ON p.id = c.user_id AND p.location_id = ${locationId} AND p.status = 'active' AND ${plain('p')}
            WHERE c.run_id = ${id} AND c.action = 'deactivate') AS deactivate,
           (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${plain('u')}) AS active,
           ${recentlyDeactivated(locationId, eligibility)} AS recentlyDeactivated`;
  return numbers(facts);
}

/** The guard's numbers for a plan whose changes `tx` has just written: the state of the location before them. */
async function guardFactsBefore(tx: Transaction, { id, locationId, counts }: Run): Promise<GuardFacts> {
  const { add, reactivate, deactivate } = counts;
  const eligibility = await eligibilityOf(tx);
  const { plain } = eligibility;
  const [facts] = await tx.$queryRaw<Record<'active' | 'recentlyDeactivated', bigint>[]>`
    SELECT (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${plain('u')}) AS active,
           ${recentlyDeactivated(locationId, eligibility, id)} AS recentlyDeactivated`;
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

/** The largest number of protected users that an error names. */
const EXAMPLES = 10;

/**
 * Checks the rules that can refuse a confirmed plan before anything is written. Throws `SecondPersonError`, and
 * `ProtectedSinceError` if the plan deactivates a user who is protected now.
 */
export async function requireStillAllowed(tx: Transaction, run: Run, rules: Rules): Promise<void> {
  if (rules.people > 1 && !run.alone) {
    const approvers = (await approvalsOf(tx, run)).map(({ actor }) => actor);
    const people = peopleBehind(run, approvers).size;
    if (people < rules.people) throw new SecondPersonError(people, rules.people);
  }
  if (run.counts.deactivate === 0 || rules.protectedEmails.length === 0) return;
  const collate = await emailCollation(tx);
  const protectedUsers = Prisma.sql`
    FROM sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${run.id} AND c.action = 'deactivate' AND ${matchesAny(rules.protectedEmails, collate)}`;
  const [total] = await tx.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n ${protectedUsers}`;
  if (Number(total?.n ?? 0) === 0) return;
  const examples = await tx.$queryRaw<{ email: string }[]>`
    SELECT c.email ${protectedUsers} ORDER BY c.seq LIMIT ${EXAMPLES}`;
  throw new ProtectedSinceError(
    Number(total?.n),
    examples.map(({ email }) => email),
  );
}

/**
 * Judges the plan after its writes, because the counts are exact then and everything can still be rolled back. Throws
 * `GuardTrippedError` if the guard passed the plan at Confirm and stops it now, or has a graver reason than the confirmed one.
 */
export async function requireGuardAgrees(tx: Transaction, run: Run, rules: Rules): Promise<void> {
  if (run.counts.deactivate === 0) return;
  const facts = await guardFactsBefore(tx, run);
  const verdict = judgeByEach(facts, rules.limits);
  const unanswered = verdict.tripped && run.reason === undefined;
  if (unanswered || isGraver(verdict, run.guard)) throw new GuardTrippedError(facts);
}
