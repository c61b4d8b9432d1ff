import { NotAsWrittenError } from '../../sync/failures/errors.ts';
import {
  GuardTrippedError,
  HeldBackError,
  ProtectedSinceError,
  SecondPersonError,
} from '../../sync/failures/stale-errors.ts';
import { peopleBehind } from '../../sync/rules/approval.ts';
import {
  type GuardFacts,
  gradeOf,
  isGraver,
  isRule,
  judgeByEach,
  type Rules,
} from '../../sync/rules/rules.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { heldBackBy } from '../runs/by-rule.ts';
import { approvalsOf } from '../runs/claim.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { eligibilityOf, matchesAny } from './eligibility.ts';
import { recentlyDeactivated } from './plan-facts.ts';

/**
 * Checks the rules that can refuse a confirmed plan before anything is written. Throws `SecondPersonError`, `HeldBackError` if a
 * rule confirmed the plan and is paused now or the plan is too old, and `ProtectedSinceError` if the plan deactivates a user who is
 * protected now.
 */
export async function requireStillAllowed(tx: Transaction, run: Run, rules: Rules): Promise<void> {
  if (rules.people > 1 && !run.alone) {
    const approvers = (await approvalsOf(tx, run)).map(({ actor }) => actor);
    const people = peopleBehind(run, approvers).size;
    if (people < rules.people) throw new SecondPersonError(people, rules.people);
  }
  if (run.confirmedBy !== undefined && isRule(run.confirmedBy)) {
    const by = await heldBackBy(tx, run);
    if (by !== undefined) throw new HeldBackError(by);
  }
  if (run.counts.deactivate === 0 || rules.protectedEmails.length === 0) return;
  const collate = await emailCollation(tx);
  const protectedUsers = Prisma.sql`
    SELECT c.seq, c.email FROM sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${run.id} AND c.action = 'deactivate' AND ${matchesAny(rules.protectedEmails, collate)}`;
  const { total, emails } = await countAndName(tx, protectedUsers);
  if (total > 0) throw new ProtectedSinceError(total, emails);
}

/** The run whose plan is applied. The statement that reads it locks the run and its location. */
export type Planned = {
  readonly id: number;
  readonly locationId: bigint;
  /** How many users are to be added, and how many are to be changed. */
  readonly add: number;
  readonly change: number;
  /** The sum of `CRC32` of the added emails. */
  readonly emailSum: bigint;
};

/** Requires that the users of the plan stand as written. Call this directly after the additions. Throws `NotAsWrittenError`. */
export async function requireAsWritten(tx: Transaction, planned: Planned): Promise<void> {
  if ((await addedStand(tx, planned)) && (await changedStand(tx, planned))) return;
  const { total, emails } = await countAndName(tx, await otherThanWritten(tx, planned));
  if (total > 0) throw new NotAsWrittenError(total, emails, await triggersOfUsers(tx));
}

/**
 * Quick check of the added rows, in the order of the table: their number and the sum of their emails. Also false if another
 * application added users meanwhile; then the exact check decides, which takes several times as long.
 */
async function addedStand(tx: Transaction, { add, locationId, emailSum }: Planned): Promise<boolean> {
  if (add === 0) return true;
  const { eligible } = await eligibilityOf(tx);
  // The conditions are not in WHERE, because a server would then use another index than the table's order.
  const stands = Prisma.sql`u.location_id = ${locationId} AND u.status = 'active' AND ${eligible('u')}`;
  const [last] = await tx.$queryRaw<{ n: bigint; emails: bigint | null }[]>`
    SELECT COUNT(IF(${stands}, 1, NULL)) AS n, CAST(SUM(IF(${stands}, CRC32(u.email), 0)) AS UNSIGNED) AS emails
    FROM users u WHERE u.id >= LAST_INSERT_ID()`;
  return Number(last?.n) === add && BigInt(last?.emails ?? -1) === emailSum;
}

async function changedStand(tx: Transaction, { id, change, locationId }: Planned): Promise<boolean> {
  if (change === 0) return true;
  const { eligible } = await eligibilityOf(tx);
  const [found] = await tx.$queryRaw<{ n: bigint }[]>`
    SELECT COUNT(*) AS n FROM sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${id} AND c.action IN ('reactivate', 'deactivate') AND u.location_id = ${locationId}
      AND u.status = c.status_after COLLATE utf8mb4_bin AND CAST(u.email AS BINARY) = CAST(c.email AS BINARY)
      AND ${eligible('u')}`;
  return Number(found?.n) === change;
}

async function otherThanWritten(tx: Transaction, { id, locationId }: Planned): Promise<Prisma.Sql> {
  const collate = await emailCollation(tx);
  const { eligible } = await eligibilityOf(tx);
  const other = Prisma.sql`
    u.id IS NULL OR u.location_id <> ${locationId} OR NOT ${eligible('u')} OR u.status <> c.status_after COLLATE utf8mb4_bin
      OR CAST(u.email AS BINARY) <> CAST(c.email AS BINARY)`;
  return Prisma.sql`
    SELECT c.seq, c.email FROM sync_changes c
    LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = c.email${collate}
    WHERE c.run_id = ${id} AND c.action = 'add' AND (${other})
    UNION ALL
    SELECT c.seq, c.email FROM sync_changes c LEFT JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${id} AND c.action IN ('reactivate', 'deactivate') AND (${other})`;
}

/** The largest number of users that a refused plan names. */
const EXAMPLES = 10;

/** Counts the rows of `sync_changes` that a query finds, and returns the first emails. */
export async function countAndName(
  db: Database | Transaction,
  found: Prisma.Sql,
): Promise<{ readonly total: number; readonly emails: readonly string[] }> {
  const [total] = await db.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n FROM (${found}) f`;
  if (Number(total?.n ?? 0) === 0) return { total: 0, emails: [] };
  const examples = await db.$queryRaw<{ email: string }[]>`
    SELECT f.email FROM (${found}) f ORDER BY f.seq LIMIT ${EXAMPLES}`;
  return { total: Number(total?.n), emails: examples.map(({ email }) => email) };
}

/**
 * Judges the plan after its writes, because the counts are exact then and everything can still be rolled back. Returns how many
 * active users the plan does not name. Throws `GuardTrippedError` if the guard passed the plan at Confirm and stops it now, or has a
 * graver reason than the confirmed one.
 */
export async function requireGuardAgrees(tx: Transaction, run: Run, rules: Rules): Promise<number> {
  const { before, unchanged } = await stateAfter(tx, run);
  const verdict = judgeByEach(before, rules.limits);
  const unanswered = verdict.tripped && run.reason === undefined;
  if (unanswered || isGraver(verdict, gradeOf(run.guard))) throw new GuardTrippedError(before);
  return unchanged;
}

/**
 * Counts the location once `tx` has written a plan: the guard's numbers from before, and the active users whom the plan does not
 * name. Users whom the plan added are known by email alone, so they are subtracted as a number.
 */
async function stateAfter(tx: Transaction, { id, locationId, counts }: Run) {
  const { add, reactivate, deactivate } = counts;
  const eligibility = await eligibilityOf(tx);
  const { eligible } = eligibility;
  const [facts] = await tx.$queryRaw<Record<'active' | 'named' | 'recentlyDeactivated', bigint>[]>`
    SELECT (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${eligible('u')}) AS active,
           (SELECT COUNT(*) FROM sync_changes c STRAIGHT_JOIN users p
              ON p.id = c.user_id AND p.location_id = ${locationId} AND p.status = 'active' AND ${eligible('p')}
            WHERE c.run_id = ${id}) AS named,
           ${deactivate === 0 ? Prisma.sql`0` : recentlyDeactivated(locationId, eligibility, id)} AS recentlyDeactivated`;
  const after = numbers(facts);
  return {
    before: { ...after, deactivate, active: Math.max(0, after.active + deactivate - reactivate - add) },
    unchanged: Math.max(0, after.active - Number(facts?.named ?? 0) - add),
  };
}

/**
 * The guard's numbers for a plan that waits, from the present users of the location. Users who are already inactive no longer
 * count as deactivations; such a plan is found stale at its execution.
 */
export async function guardFacts(db: Database, { id, locationId }: Run): Promise<GuardFacts> {
  const eligibility = await eligibilityOf(db);
  const { eligible } = eligibility;
  const [facts] = await db.$queryRaw<Record<keyof GuardFacts, bigint>[]>`
    SELECT (SELECT COUNT(*) FROM sync_changes c STRAIGHT_JOIN users p
              ON p.id = c.user_id AND p.location_id = ${locationId} AND p.status = 'active' AND ${eligible('p')}
            WHERE c.run_id = ${id} AND c.action = 'deactivate') AS deactivate,
           (SELECT COUNT(*) FROM users u
            WHERE u.location_id = ${locationId} AND u.status = 'active' AND ${eligible('u')}) AS active,
           ${recentlyDeactivated(locationId, eligibility)} AS recentlyDeactivated`;
  return numbers(facts);
}

function numbers(facts: Partial<Record<keyof GuardFacts, bigint>> = {}): GuardFacts {
  const { deactivate = 0n, active = 0n, recentlyDeactivated = 0n } = facts;
  return {
    deactivate: Number(deactivate),
    active: Number(active),
    recentlyDeactivated: Number(recentlyDeactivated),
  };
}

/** The names of the triggers on `users` that the account can see. */
export async function triggersOfUsers(db: Database | Transaction): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'users' ORDER BY TRIGGER_NAME`;
  return rows.map(({ name }) => name);
}
