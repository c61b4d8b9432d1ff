import type { Adjustment, AdjustOutcome } from '../../sync/ports/runs.ts';
import { judgeByEach, type Rules, strictest } from '../../sync/rules/rules.ts';
import type { Omission } from '../../sync/run/change.ts';
import { plannedChanges } from '../../sync/run/run.ts';
import { type Database, inTransaction, type Transaction } from '../client.ts';
import { isDuplicate } from '../errors.ts';
import { Prisma, type SyncRun } from '../generated/client.ts';
import { absenceDays } from '../plan/absent.ts';
import { planFacts, planHash, storeRules } from '../plan/plan-facts.ts';
import { ONCE } from '../plan/spelling.ts';
import { emailCollation, emailCollationName } from '../schema/usable-tables.ts';
import { lockLocation, lockReady, move, record } from '../transition.ts';
import { json, setCounts, toRules, toRun } from './run-rows.ts';
import { EFFECTIVE } from './since.ts';

/** Rolls back the transaction, because the new plan is empty. */
class NothingLeft extends Error {}

/** See `Runs.adjust`. */
export async function adjustRun(db: Database, runId: number, adjustment: Adjustment): Promise<AdjustOutcome> {
  try {
    return await inTransaction(db, (tx) => adjust(tx, runId, adjustment));
  } catch (error) {
    if (error instanceof NothingLeft) return { outcome: 'nothing_left' };
    if (!isDuplicate(error, 'sync_runs_request_key_key')) throw error;
    const run = toRun(await db.syncRun.findUniqueOrThrow({ where: { id: runId } }));
    return { outcome: 'not_ready', run };
  }
}

async function adjust(tx: Transaction, runId: number, adjustment: Adjustment): Promise<AdjustOutcome> {
  // A newer preview and this one must see each other: the lock orders them.
  await lockLocation(tx, runId);
  const isReady = await lockReady(tx, runId);
  const base = await tx.syncRun.findUniqueOrThrow({ where: { id: runId } });
  if (!isReady) return { outcome: 'not_ready', run: toRun(base) };
  const { actor, omission, picked = [] } = adjustment;
  const shown = toRules(base.rules);
  // An altered plan must not get a new, valid hash.
  if (shown === undefined || (await planHash(tx, runId)) !== base.planHash) {
    return { outcome: 'altered', run: toRun(base) };
  }
  const typed = await changesNamed(tx, runId, omission.emails);
  const unknown = omission.emails.filter((email) => !typed.some((change) => change.email === email));
  if (unknown.length > 0) return { outcome: 'not_in_plan', emails: unknown };

  const id = await insertSuccessor(tx, runId, adjustment);
  await copyPlan(tx, { from: runId, to: id }, omission.actions, [...typed, ...picked]);
  const named = [...new Set([...omission.emails, ...picked.map(({ email }) => email)])];
  const rules = strictest(shown, adjustment.rules);
  const hash = await settlePlan(tx, id, base, rules);
  const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3), next_run_id = ${id}`;
  await move(tx, { runId, from: 'ready', to: 'superseded', set });
  // No notice: the message belongs to the new run from now on.
  const superseded = await record(tx, runId, {
    audit: { step: 'superseded', actor, outcome: 'superseded', facts: { kind: 'superseded', byRunId: id } },
    notices: [],
  });
  const run = await record(tx, id, {
    audit: {
      step: 'adjusted',
      actor,
      outcome: 'ready',
      facts: { kind: 'adjusted', ofRunId: runId, omission: { ...omission, emails: named }, planHash: hash },
    },
    notices: ['message', 'list'],
    // Approvals of the longer plan do not count for this one.
    calls: rules.people > 1 ? ['people_needed'] : [],
  });
  return { outcome: 'adjusted', run, superseded };
}

/** Opens the run that replaces `runId`, still without a plan. Returns its number. */
async function insertSuccessor(
  tx: Transaction,
  runId: number,
  { actor, requestKey }: Adjustment,
): Promise<number> {
  await tx.$executeRaw`
    INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, message_ts, request_key,
                           requested_by_id, requested_by_name, requested_at, ready_at, expires_at,
                           source_count, duplicate_count, undecided, repeats, reverts_run_id, batch_id)
    SELECT target, location_id, location_name, 'ready', channel_id, message_ts, ${requestKey},
           ${actor.id}, ${actor.name.slice(0, 255)}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), expires_at,
           source_count, duplicate_count, undecided, repeats, reverts_run_id, batch_id
    FROM sync_runs WHERE id = ${runId}`;
  const { id } = await tx.syncRun.findUniqueOrThrow({ where: { requestKey }, select: { id: true } });
  return id;
}

type Named = { readonly seq: number; readonly email: string };

/** The changes that the emails name. `emails` are in lower case; the collation of users.email decides equality. */
async function changesNamed(
  tx: Transaction,
  runId: number,
  emails: readonly string[],
): Promise<readonly Named[]> {
  if (emails.length === 0) return [];
  const email = await emailOfChange(tx);
  const collate = await emailCollation(tx);
  // Both servers look each change up in the sorted list. Only the few that are found are compared with each email.
  return tx.$queryRaw<Named[]>`
    SELECT c.seq, t.email
    FROM JSON_TABLE(${JSON.stringify(emails)}, '$[*]' COLUMNS (email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$')) t
    JOIN (
      SELECT c.seq, ${email} AS email FROM sync_changes c
      WHERE c.run_id = ${runId} AND c.action IN ${EFFECTIVE} AND ${email} IN (${Prisma.join([...emails])}) ${ONCE}
    ) c ON c.email = t.email${collate}`;
}

async function copyPlan(
  tx: Transaction,
  { from, to }: { readonly from: number; readonly to: number },
  actions: Omission['actions'],
  picked: NonNullable<Adjustment['picked']>,
): Promise<void> {
  // By position: another user may have the email of a picked one in other capitals.
  const left = Prisma.sql`
    c.action IN (${Prisma.join([null, ...actions])}) OR c.seq IN (${Prisma.join([0, ...picked.map(({ seq }) => seq)])})`;
  await tx.$executeRaw`
    INSERT INTO sync_changes (run_id, seq, action, email, user_id, status_before, status_after, detail, source_id)
    SELECT ${to}, c.seq, IF(${left}, 'omitted', c.action), c.email, c.user_id, c.status_before,
           IF(${left}, c.status_before, c.status_after), c.detail, c.source_id
    FROM sync_changes c WHERE c.run_id = ${from}`;
}

/** SQL: the email of a change `c`, to compare with an email in lower case. Some collations tell capitals apart. */
async function emailOfChange(tx: Transaction): Promise<Prisma.Sql> {
  const name = await emailCollationName(tx);
  const email = /_(bin|cs)(_ks)?$/.test(name) ? Prisma.sql`LOWER(c.email)` : Prisma.sql`c.email`;
  return Prisma.sql`${email} COLLATE ${Prisma.raw(name)}`;
}

/** Judges the plan of a new run, which replaces `base`, and stores the verdict. Returns the plan's hash. Throws `NothingLeft`. */
async function settlePlan(tx: Transaction, runId: number, base: SyncRun, rules: Rules): Promise<string> {
  await storeRules(tx, runId, rules);
  const staged = { source: base.sourceCount, duplicates: base.duplicateCount };
  const facts = await planFacts(tx, runId, base.locationId, staged);
  const { counts, recentlyDeactivated, active } = facts;
  if (plannedChanges(counts) === 0) throw new NothingLeft();
  const guard = judgeByEach({ deactivate: counts.deactivate, recentlyDeactivated, active }, rules.limits);
  const days = toRun(base).absence?.days;
  const absence = days === undefined ? undefined : await absenceDays(tx, runId, days);
  await tx.$executeRaw`
    UPDATE sync_runs
    SET plan_hash = ${facts.hash}, guard = ${JSON.stringify(guard)}, absence = ${json(absence)}, ${setCounts(counts)}
    WHERE id = ${runId}`;
  return facts.hash;
}
