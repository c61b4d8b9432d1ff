import { GuardTrippedError, ProtectedSinceError, SecondPersonError } from '../../sync/errors.ts';
import type { Rules } from '../../sync/rules.ts';
import type { Run } from '../../sync/run.ts';
import { isGraver, judgeByEach } from '../../sync/safety.ts';
import type { Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation } from '../schema/users-schema.ts';
import { guardFactsBefore } from './guard-facts.ts';
import { matchesAny } from './protection.ts';

/** How many of the users that are protected are named. */
const EXAMPLES = 10;

/**
 * What can be said against a confirmed plan before anything is written. Throws `SecondPersonError`, and
 * `ProtectedSinceError` where a user whom it deactivates is protected by now.
 */
export async function requireStillAllowed(tx: Transaction, run: Run, rules: Rules): Promise<void> {
  if (rules.twoPeople && run.confirmedBy?.id === run.requestedBy.id) throw new SecondPersonError();
  if (run.counts.deactivate === 0 || rules.protectedEmails.length === 0) return;
  const collate = await emailCollation(tx);
  const kept = Prisma.sql`
    FROM sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    WHERE c.run_id = ${run.id} AND c.action = 'deactivate' AND ${matchesAny(rules.protectedEmails, collate)}`;
  const [total] = await tx.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n ${kept}`;
  if (Number(total?.n ?? 0) === 0) return;
  const examples = await tx.$queryRaw<{ email: string }[]>`
    SELECT c.email ${kept} ORDER BY c.seq LIMIT ${EXAMPLES}`;
  throw new ProtectedSinceError(
    Number(total?.n),
    examples.map(({ email }) => email),
  );
}

/**
 * Judges what was written, while it can still be undone: the plan applied, so each of its users stood as planned, and the
 * counts are those of this moment. Throws `GuardTrippedError` where the guard stops what it let pass when the plan was
 * confirmed, or stops it for a graver reason than the one that was answered.
 */
export async function requireGuardAgrees(tx: Transaction, run: Run, rules: Rules): Promise<void> {
  if (run.counts.deactivate === 0) return;
  const facts = await guardFactsBefore(tx, run);
  const verdict = judgeByEach(facts, rules.limits);
  const unanswered = verdict.tripped && run.reason === undefined;
  if (unanswered || isGraver(verdict, run.guard)) throw new GuardTrippedError(facts);
}
