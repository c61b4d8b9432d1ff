import { LeaseLostError } from '../sync/errors.ts';
import type { Drafted, Lease } from '../sync/ports.ts';
import type { Rules } from '../sync/rules.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { planFacts } from './plan-facts.ts';
import { storeRules } from './plan-hash.ts';
import { MAYBE_PRESENT, newest, PRESENT, type Scope, type Survey, survey } from './survey.ts';
import { held, keepExecutionsOut } from './transition.ts';
import { emailCollation, requireUsableIndexes } from './users-schema.ts';

/**
 * Writes the plan of a run, see `Plans.draft`. Additions and reactivations follow the last read, since it is the
 * newest; a user is deactivated only where none of the reads has them, and never by one read alone.
 */
export async function draftPlan(
  tx: Transaction,
  lease: Lease,
  reads: readonly number[],
  rules: Rules,
): Promise<Drafted> {
  const { runId } = lease;
  const [run] = await tx.$queryRaw<{ locationId: bigint }[]>`
    SELECT location_id AS locationId FROM sync_runs
    WHERE id = ${runId} AND status = 'reading' ${held(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  await keepExecutionsOut(tx, runId);
  await requireUsableIndexes(tx);
  const scope: Scope = { runId, locationId: run.locationId, collate: await emailCollation(tx), reads };
  const seen = await survey(tx, scope);
  const { source, duplicates, active } = seen;
  if (seen.present === 0 && active > 0) return { outcome: 'empty', active };
  const proven = reads.length > 1;
  if (!proven && seen.absent > 0) return { outcome: 'unproven' };
  await tx.$executeRaw`DELETE FROM sync_changes WHERE run_id = ${runId}`;
  const present = seen.changing === 0 ? 0 : await insertPresent(tx, scope, seen);
  const absent = proven ? await insertAbsent(tx, scope, present, rules.protectedEmails) : 0;
  if (seen.skipped > 0) await insertSkipped(tx, scope, present + absent);
  await storeRules(tx, runId, rules);
  const facts = await planFacts(tx, runId, scope.locationId, { source, duplicates });
  return { outcome: 'drafted', facts };
}

/** Emails are brought together only where some repeat: that takes longer than all the rest. */
async function insertPresent(tx: Transaction, scope: Scope, { duplicates }: Survey): Promise<number> {
  const { runId, locationId, collate } = scope;
  const found = Prisma.sql`
      FROM sync_staged_users s
      LEFT JOIN users u ON u.location_id = ${locationId} AND u.email = s.email${collate}
      WHERE s.run_id = ${runId} AND s.read_no = ${newest(scope)} AND ${PRESENT}
        AND (u.id IS NULL OR u.status = 'inactive')`;
  const email = Prisma.sql`COALESCE(u.email COLLATE utf8mb4_bin, s.email)`;
  const once = Prisma.sql`SELECT ${email} AS email, u.id AS user_id ${found}`;
  const together = Prisma.sql`SELECT MIN(${email}) AS email, MIN(u.id) AS user_id ${found} GROUP BY s.email${collate}`;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after)
    SELECT ${runId}, ROW_NUMBER() OVER (ORDER BY n.user_id IS NOT NULL, n.email),
           IF(n.user_id IS NULL, 'add', 'reactivate'), n.email, n.user_id,
           IF(n.user_id IS NULL, NULL, 'inactive'), 'active'
    FROM (${duplicates === 0 ? once : together}) n`;
}

async function insertAbsent(
  tx: Transaction,
  scope: Scope,
  offset: number,
  protectedEmails: readonly string[],
): Promise<number> {
  const { runId, locationId } = scope;
  return tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY a.kept, a.email),
           IF(a.kept, 'protected', 'deactivate'), a.email, a.id, 'active', IF(a.kept, 'active', 'inactive')
    FROM (
      SELECT u.id, u.email, ${matchesAny(protectedEmails)} AS kept
      FROM users u
      WHERE u.location_id = ${locationId} AND u.status = 'active' AND u.id NOT IN (${seenUserIds(scope)})
    ) a`;
}

/** The ids of the location's users whom one of the reads has. Materialised once, then looked up by id. */
function seenUserIds({ runId, locationId, collate, reads }: Scope): Prisma.Sql {
  return Prisma.sql`
    SELECT p.id FROM sync_staged_users s
    STRAIGHT_JOIN users p ON p.location_id = ${locationId} AND p.email = s.email${collate}
    WHERE s.run_id = ${runId} AND s.read_no IN (${Prisma.join([...reads])}) AND ${MAYBE_PRESENT}`;
}

async function insertSkipped(tx: Transaction, scope: Scope, offset: number): Promise<void> {
  const { runId } = scope;
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, detail)
    SELECT ${runId}, ${offset} + ROW_NUMBER() OVER (ORDER BY s.source_id, s.page_no, s.row_no), 'skipped',
           COALESCE(s.email, s.raw_email, ''), CONCAT('id_user ', s.source_id, ': ', s.skip_reason)
    FROM sync_staged_users s
    WHERE s.run_id = ${runId} AND s.read_no = ${newest(scope)} AND s.skip_reason IS NOT NULL`;
}

/** `PROTECTED_EMAILS` against `u.email`: `*` stands for any characters; equality is the column's. */
export function matchesAny(patterns: readonly string[]): Prisma.Sql {
  if (patterns.length === 0) return Prisma.sql`0`;
  const likes = patterns.map((pattern) => {
    const like = pattern.replace(/[!%_]/g, '!$&').replaceAll('*', '%');
    return Prisma.sql`u.email LIKE ${like} ESCAPE '!'`;
  });
  return Prisma.sql`(${Prisma.join(likes, ' OR ')})`;
}
