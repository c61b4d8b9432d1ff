import { LeaseLostError } from '../sync/failures/errors.ts';
import type { Lease } from '../sync/ports/runs.ts';
import type { AuditFacts, AuditStep, RunNotice, Step } from '../sync/ports/steps.ts';
import { isOver, type Run, type RunStatus, TRANSITIONS } from '../sync/run/run.ts';
import { appendAudit } from './audit/audit.ts';
import { ledgerOf } from './audit/audit-tables.ts';
import { enqueueCalls } from './automation.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { CLAIMED_UNTIL } from './outbox.ts';
import { toRun } from './runs/run-rows.ts';

/** How long a process may be silent before another process takes over its run. Renewed three times in this period. */
export const LEASE_SECONDS = 30;

export const LEASE_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND`;

type Move = {
  readonly runId: number;
  readonly from: RunStatus | readonly RunStatus[];
  readonly to: RunStatus;
  /** More conditions, beginning with AND. */
  readonly where?: Prisma.Sql;
  /** More columns to set, each beginning with a comma. */
  readonly set?: Prisma.Sql;
};

/** The condition that a process still holds its run. Every write of the work has this condition. */
export function leased(lease: Lease): Prisma.Sql {
  return Prisma.sql`AND lease_owner = ${lease.owner} AND attempt = ${lease.attempt}`;
}

/** The only statement that changes a run's status. True for the one caller whose conditions held. Throws if no run moves so. */
export async function move(tx: Transaction, { runId, from, to, where, set }: Move): Promise<boolean> {
  const froms = [from].flat();
  const never = froms.find((each) => !TRANSITIONS[each].includes(to));
  if (never !== undefined) throw new Error(`A run never goes from ${never} to ${to}`);
  const working = to === 'reading' || to === 'executing';
  const affected = await tx.$executeRaw`
    UPDATE sync_runs
    SET status = ${to},
        ${to === 'reading' ? Prisma.empty : Prisma.sql`reading_of = NULL,`}
        executing_location_id = ${to === 'executing' ? Prisma.sql`location_id` : Prisma.sql`NULL`},
        lease_until = ${working ? LEASE_UNTIL : Prisma.sql`NULL`}
        ${set ?? Prisma.empty}
    WHERE id = ${runId} AND status IN (${Prisma.join(froms)}) ${where ?? Prisma.empty}`;
  return affected === 1;
}

/** Writes the notices of a run's step, in the transaction of the step. `holder` is the process that claims the one of the message. */
export async function enqueue(
  tx: Transaction,
  runId: number,
  kinds: readonly RunNotice[],
  holder?: string,
): Promise<void> {
  if (kinds.length === 0) return;
  const now = Prisma.sql`UTC_TIMESTAMP(3)`;
  const row = (kind: RunNotice) => {
    const isHeld = kind === 'message' && holder !== undefined;
    const claim = isHeld ? Prisma.sql`1, ${holder}, ${CLAIMED_UNTIL}` : Prisma.sql`0, NULL, NULL`;
    return Prisma.sql`(${runId}, ${kind}, ${now}, ${now}, ${claim})`;
  };
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at, attempts, lease_owner, lease_until)
    VALUES ${Prisma.join(kinds.map(row))}`;
}

/**
 * Hands the message's notice, which was just claimed, to the delivery once `tx` has committed, with the outcome that waits for it. Not
 * if an earlier notice is open: another process may be delivering it. The lock waits for transactions that are writing one.
 */
async function holdWritten(tx: Transaction, run: Run, kinds: readonly RunNotice[]): Promise<void> {
  const open = await tx.$queryRaw<{ id: number; kind: 'message' | 'thread' }[]>`
    SELECT id, kind FROM sync_outbox
    WHERE run_id = ${run.id} AND closed_at IS NULL AND kind IN ('message', 'thread') ORDER BY id FOR UPDATE`;
  const [first, next] = open.map(({ id, kind }) => {
    return { id: Number(id), runId: run.id, kind, attempts: 1, ageSeconds: 0, toldTo: [], lostAnswers: 0 };
  });
  if (first === undefined || open.length > kinds.filter((kind) => kind !== 'list').length) return;
  const final = isOver(run.status) ? run : undefined;
  ledgerOf(tx).notices.push({ ...first, run: final, next });
}

/** The shortest time between two edits of a posted summary: Slack allows about 50 edits a minute in all. */
const SUMMARY_EVERY_SECONDS = 2;

/**
 * Queues an edit of a batch's summary. The notice belongs to the batch's first run, so that two processes never edit the summary
 * at once. If a notice waits already, it will show this change too: it is locked until `tx` ends, so that nobody delivers it
 * before.
 */
export async function enqueueSummary(tx: Transaction, batchId: number): Promise<void> {
  const [waiting] = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM sync_outbox o
    WHERE o.run_id = (SELECT MIN(r.id) FROM sync_runs r WHERE r.batch_id = ${batchId})
      AND o.kind = 'summary' AND o.closed_at IS NULL AND o.lease_owner IS NULL FOR UPDATE`;
  if (waiting !== undefined) return;
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at)
    SELECT MIN(r.id), 'summary', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL IF(
             (SELECT b.message_ts FROM sync_batches b WHERE b.id = ${batchId}) IS NULL, 0, ${SUMMARY_EVERY_SECONDS}
           ) SECOND
    FROM sync_runs r WHERE r.batch_id = ${batchId}`;
}

/**
 * Writes the audit row and the notices of a step. Returns the run as it is now. `worker` is the process that works on the run. If it
 * delivers notices (`Outbox.hold`), it claims the one of the message at once: its older edit cannot overwrite another process's.
 */
export async function record(tx: Transaction, runId: number, step: Step, worker?: string): Promise<Run> {
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  await recordOf(tx, run, step, worker);
  return run;
}

/** Like `record`, for a run that was just read. */
export async function recordOf(tx: Transaction, run: Run, step: Step, worker?: string): Promise<void> {
  const holder = ledgerOf(tx).held && worker;
  await enqueue(tx, run.id, step.notices, holder);
  if (holder !== undefined) await holdWritten(tx, run, step.notices);
  await enqueueCalls(tx, run.id, step.calls ?? []);
  if (run.batchId !== undefined) await enqueueSummary(tx, run.batchId);
  const facts = step.audit.facts ?? factsOf(step, run);
  const audit = { ...step.audit, facts, runId: run.id, target: run.target };
  await appendAudit(tx, { audit, run, error: step.error });
}

const OF_A_PLAN: readonly AuditStep[] = ['approved', 'confirmed', 'completed'];

/** Whoever can write to the database can put back the run's own hash after the execution, but not the one in the log. */
function factsOf({ audit }: Step, { planHash }: Run): AuditFacts | undefined {
  return planHash !== undefined && OF_A_PLAN.includes(audit.step) ? { kind: 'plan', planHash } : undefined;
}

/** Locks a run's row until `tx` ends. Returns whether the run waits for confirmation and has not expired. */
export async function lockReady(tx: Transaction, runId: number): Promise<boolean> {
  const [ready] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE id = ${runId} AND status = 'ready' AND expires_at > UTC_TIMESTAMP(3) FOR UPDATE`;
  return ready !== undefined;
}

/** Locks the location of a run until `tx` ends, so that only one process at a time presents or executes there. */
export async function lockLocation(tx: Transaction, runId: number): Promise<void> {
  await tx.$queryRaw`
    SELECT l.id FROM locations l
    WHERE l.id = (SELECT r.location_id FROM sync_runs r WHERE r.id = ${runId}) FOR UPDATE`;
}

/**
 * Locks a run that is being read, and its location with a share lock until `tx` ends. No execution at the location can end
 * meanwhile, so that all counts of a plan show the same state. The Laravel application is not blocked: adding a user takes the
 * same share lock. Returns the location's id. Throws `LeaseLostError`.
 */
export async function lockReading(tx: Transaction, lease: Lease): Promise<bigint> {
  const { runId } = lease;
  const [run] = await tx.$queryRaw<{ locationId: bigint }[]>`
    SELECT location_id AS locationId FROM sync_runs
    WHERE id = ${runId} AND status = 'reading' ${leased(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  await tx.$queryRaw`
    SELECT l.id FROM locations l
    WHERE l.id = (SELECT r.location_id FROM sync_runs r WHERE r.id = ${runId}) LOCK IN SHARE MODE`;
  return run.locationId;
}
