import type { Drafted, Drafting, PlanFacts } from '../../sync/ports/plans.ts';
import type { Lease } from '../../sync/ports/runs.ts';
import type { Target } from '../../sync/ports/source.ts';
import type { Rules } from '../../sync/rules/rules.ts';
import type { AbsenceDoubt, Undecided } from '../../sync/run/absence.ts';
import type { NewUserDefaults } from '../../sync/run/change.ts';
import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { changedSince, isKeptWhole } from '../runs/since.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { lockReading } from '../transition.ts';
import { type Absent, absenceDays, forgetSeen, noteAbsent, planAbsent, UNPROVEN } from './absent.ts';
import { type Comparison, compare, inOrder, newest, PRESENT, type Scope } from './comparison.ts';
import { eligibilityOf, matchesAny, NAME_OF_USER } from './eligibility.ts';
import { planFacts, storeRules } from './plan-facts.ts';
import {
  findOddSpellings,
  forgetOddSpellings,
  insertOddlySpelled,
  spareOddlySpelled,
  withoutOddlySpelled,
} from './spelling.ts';
import { requireMayAdd, requireUsableTables, requireUsersFit } from './users-fit.ts';

export type PlanSettings = {
  /** The location for which a target's name stands; undefined if for none. */
  readonly locationOf: (tx: Transaction, target: string) => Promise<Target | undefined>;
  /** Values of new users for columns that the bot does not know. */
  readonly newUser: NewUserDefaults;
  /** `SYNC_ABSENCE_DAYS`: on how many days a user must be absent. */
  readonly absenceDays: number;
};

/** Writes the plan of a run; see `Plans.draft`. */
export async function draftPlan(
  tx: Transaction,
  lease: Lease,
  drafting: Drafting & PlanSettings,
): Promise<Drafted> {
  const { runId } = lease;
  const { reads, rules, doubt, onUnproven, notesOnly, newUser, absenceDays: days } = drafting;
  const locationId = await lockReading(tx, lease);
  await requireUsableTables(tx);
  const collate = await emailCollation(tx);
  const scope: Scope = { runId, locationId, collate, eligibility: await eligibilityOf(tx), reads };
  const seen = await compare(tx, scope);
  const { source, duplicates, active } = seen;
  if (seen.present === 0 && active > 0) return { outcome: 'empty', active, listed: source };
  const odd = await findOddSpellings(tx, scope, seen);
  const isDecided = reads.length > 1 || doubt !== undefined;
  const leftOut: Absent = { scope, protectedEmails: rules.protectedEmails, doubt, days };
  if (notesOnly || (!isDecided && seen.absent > odd.active)) {
    onUnproven?.();
    await noteAbsent(tx, leftOut);
    await forgetOddSpellings(tx, runId, seen);
    return { outcome: 'unproven' };
  }
  const absent = isDecided ? leftOut : undefined;
  await writeChanges(tx, scope, { seen, someAreOdd: odd.users > 0, absent });
  // Also with the setting off, so that days counted before are gone when it is switched on again.
  if (seen.counted) await forgetSeen(tx, scope, absent);
  await forgetOddSpellings(tx, runId, seen);
  await storeRules(tx, runId, rules);
  const facts = await planFacts(tx, runId, scope.locationId, { source, duplicates });
  await requireUsersFit(tx, runId, facts.counts, newUser);
  await requireMayAdd(tx, facts.counts, newUser);
  const doubted = doubt && (await undecided(tx, scope, doubt));
  const absence = isDecided && days > 0 ? await absenceDays(tx, runId, days) : undefined;
  return { outcome: 'drafted', facts: { ...facts, undecided: doubted, absence } };
}

/** What the comparison has found. `absent`: undefined as long as the reads decide on no absence. */
type Found = {
  readonly seen: Comparison;
  readonly someAreOdd: boolean;
  readonly absent: Absent | undefined;
};

/** Writes the changes, kind by kind; each kind takes the positions after those `written` before. */
async function writeChanges(tx: Transaction, scope: Scope, { seen, someAreOdd, absent }: Found) {
  await tx.$executeRaw`DELETE FROM sync_changes WHERE run_id = ${scope.runId}`;
  let written = seen.changing === 0 ? 0 : await insertPresent(tx, scope, seen, someAreOdd);
  if (someAreOdd) written += await insertOddlySpelled(tx, scope, written);
  const left = absent === undefined ? 0 : await planAbsent(tx, absent, written);
  if (left > 0) await spareOddlySpelled(tx, scope, seen);
  written += left;
  if (seen.leftAlone > 0) written += await insertLeftAlone(tx, scope, written);
  if (seen.skipped > 0) await insertSkipped(tx, scope, written);
}

/** Writes additions and reactivations. Groups emails only if some repeat: grouping takes longer than everything else. */
async function insertPresent(
  tx: Transaction,
  scope: Scope,
  { duplicates }: Comparison,
  someAreOdd: boolean,
): Promise<number> {
  const { runId, locationId, collate, eligibility } = scope;
  const odd = someAreOdd ? withoutOddlySpelled(scope) : { join: Prisma.empty, where: Prisma.empty };
  const found = Prisma.sql`
      FROM sync_staged_users s
      LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = s.email${collate} ${odd.join}
      WHERE s.run_id = ${runId} AND s.read_no = ${newest(scope)} AND ${PRESENT}
        AND (u.id IS NULL OR u.status = 'inactive' AND ${eligibility.eligible('u')}) ${odd.where}`;
  const email = Prisma.sql`COALESCE(u.email COLLATE utf8mb4_bin, s.email)`;
  const once = Prisma.sql`SELECT ${email} AS email, u.id AS user_id ${found}`;
  const together = Prisma.sql`SELECT MIN(${email}) AS email, MIN(u.id) AS user_id ${found} GROUP BY s.email${collate}`;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after)
    SELECT ${runId}, ROW_NUMBER() OVER (ORDER BY n.user_id IS NOT NULL, ${inOrder('n.email')}),
           IF(n.user_id IS NULL, 'add', 'reactivate'), n.email, n.user_id,
           IF(n.user_id IS NULL, NULL, 'inactive'), 'active'
    FROM (${duplicates === 0 ? once : together}) n`;
}

/** How many users are left alone because of the doubt; undefined if there are none. */
async function undecided(
  tx: Transaction,
  { runId }: Scope,
  doubt: AbsenceDoubt,
): Promise<Undecided | undefined> {
  const [left] = await tx.$queryRaw<{ n: bigint }[]>`
    SELECT COUNT(*) AS n FROM sync_changes WHERE run_id = ${runId} AND action = 'kept' AND detail = ${UNPROVEN}`;
  const users = Number(left?.n ?? 0);
  return users === 0 ? undefined : { doubt, users };
}

/** Lists the users who are left alone. A user without a usable email is listed by the row's id. */
async function insertLeftAlone(tx: Transaction, scope: Scope, offset: number): Promise<number> {
  const { runId, locationId, eligibility } = scope;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, detail)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY ${inOrder('u.email')}, u.id), 'kept',
           ${NAME_OF_USER}, IF(u.id < 0, NULL, u.id), ${eligibility.reason('u')}
    FROM users u WHERE u.location_id = ${locationId} AND NOT ${eligibility.eligible('u')}`;
}

async function insertSkipped(tx: Transaction, scope: Scope, offset: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, detail, source_id)
    SELECT s.run_id, ${offset} + ROW_NUMBER() OVER (ORDER BY s.source_id, s.page_no, s.row_no), 'skipped',
           COALESCE(s.email, s.raw_email, ''), s.skip_reason, s.source_id
    FROM sync_staged_users s
    WHERE s.run_id = ${scope.runId} AND s.read_no = ${newest(scope)} AND s.skip_reason IS NOT NULL`;
}

/**
 * Writes the inverse of a run's plan (see `Plans.invert`): whom that run activated becomes inactive, whom it deactivated becomes
 * active. A user whose status no longer comes from that run is skipped.
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
  const collate = await emailCollation(tx);
  const standing = await standingUsers(tx, revertedRunId, locationId);
  const action = Prisma.sql`
    CASE WHEN u.id IS NULL THEN 'skipped' WHEN u.status = 'inactive' THEN 'reactivate'
         WHEN ${matchesAny(rules.protectedEmails, collate)} THEN 'protected' ELSE 'deactivate' END`;
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after, detail)
    SELECT ${runId}, ROW_NUMBER() OVER (ORDER BY FIELD(n.action, 'reactivate', 'deactivate', 'protected', 'skipped'), ${inOrder('n.email')}),
           n.action, n.email, n.user_id, n.status,
           CASE n.action WHEN 'reactivate' THEN 'active' WHEN 'deactivate' THEN 'inactive' ELSE n.status END,
           IF(n.action = 'skipped', 'changed_since', NULL)
    FROM (
      SELECT ${action} AS action, COALESCE(u.email COLLATE utf8mb4_bin, t.email) AS email, u.id AS user_id, u.status
      FROM (${standing}) t LEFT JOIN users u ON u.id = t.user_id AND u.id NOT IN (${changedSince({ runId: revertedRunId, locationId, collate })})
      WHERE ${isKeptWhole(revertedRunId)}
    ) n`;
  await storeRules(tx, runId, rules);
  const facts = await planFacts(tx, runId, locationId, { source: 0, duplicates: 0 });
  await requireUsersFit(tx, runId, facts.counts, new Map());
  return facts;
}

/** Every change of the reverted run. The user id is NULL if the user is no longer as the run left the user. */
async function standingUsers(tx: Transaction, runId: number, locationId: bigint): Promise<Prisma.Sql> {
  const collate = await emailCollation(tx);
  const { eligible } = await eligibilityOf(tx);
  return Prisma.sql`
    SELECT c.email, s.id AS user_id FROM sync_changes c
    JOIN sync_runs r ON r.id = c.run_id
    LEFT JOIN users s ON s.location_id = ${locationId} AND r.location_id = s.location_id AND s.email = c.email${collate} AND s.status = 'active' AND ${eligible('s')}
    WHERE c.run_id = ${runId} AND c.action = 'add'
    UNION ALL
    SELECT c.email, s.id AS user_id FROM sync_changes c
    LEFT JOIN users s ON s.id = c.user_id AND s.location_id = ${locationId} AND s.status = c.status_after COLLATE utf8mb4_bin AND ${eligible('s')}
      AND CAST(s.email AS BINARY) = CAST(c.email AS BINARY)
    WHERE c.run_id = ${runId} AND c.action IN ('reactivate', 'deactivate')`;
}
