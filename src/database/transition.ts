import { LeaseLostError } from '../sync/failures/errors.ts';
import type { Lease } from '../sync/ports/runs.ts';
import type { Step } from '../sync/ports/steps.ts';
import { type Run, type RunStatus, TRANSITIONS } from '../sync/run/run.ts';
import { appendAudit } from './audit/audit.ts';
import { enqueueCalls } from './automation.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { enqueue, enqueueSummary } from './outbox.ts';
import { toRun } from './runs/run-rows.ts';

/** How long a process may be silent before another process takes over its run. Renewed three times in this period. */
export const LEASE_SECONDS = 30;

export const LEASE_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND`;

type Move = {
  readonly runId: number;
  readonly from: RunStatus;
  readonly to: RunStatus;
  /** More conditions, beginning with AND. */
  readonly where?: Prisma.Sql;
  /** More columns to set, each beginning with a comma. */
  readonly set?: Prisma.Sql;
};

/** The condition that a process still holds its run. Every write of the work has this condition. */
export function held(lease: Lease): Prisma.Sql {
  return Prisma.sql`AND lease_owner = ${lease.owner} AND attempt = ${lease.attempt}`;
}

/**
 * The only statement that changes the status of a run. True for the one caller whose conditions held. Throws if the table of
 * transitions does not allow the move.
 */
export async function move(tx: Transaction, { runId, from, to, where, set }: Move): Promise<boolean> {
  if (!TRANSITIONS[from].includes(to)) throw new Error(`A run never goes from ${from} to ${to}`);
  const working = to === 'reading' || to === 'executing';
  const affected = await tx.$executeRaw`
    UPDATE sync_runs
    SET status = ${to},
        ${to === 'reading' ? Prisma.empty : Prisma.sql`reading_of = NULL,`}
        executing_location_id = ${to === 'executing' ? Prisma.sql`location_id` : Prisma.sql`NULL`},
        lease_until = ${working ? LEASE_UNTIL : Prisma.sql`NULL`}
        ${set ?? Prisma.empty}
    WHERE id = ${runId} AND status = ${from} ${where ?? Prisma.empty}`;
  return affected === 1;
}

/** Writes the audit row and the notices of a step. Returns the run as it is now. `teller`: see `enqueue`. */
export async function record(tx: Transaction, runId: number, step: Step, teller?: string): Promise<Run> {
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  await recordOf(tx, run, step, teller);
  return run;
}

/** Like `record`, for a run that was just read. */
export async function recordOf(tx: Transaction, run: Run, step: Step, teller?: string): Promise<void> {
  await enqueue(tx, run.id, step.notices, teller);
  await enqueueCalls(tx, run.id, step.calls ?? []);
  if (run.batchId !== undefined) await enqueueSummary(tx, run.batchId);
  const audit = { ...step.audit, runId: run.id, target: run.target };
  await appendAudit(tx, { audit, run, error: step.error });
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
    WHERE id = ${runId} AND status = 'reading' ${held(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  await tx.$queryRaw`
    SELECT l.id FROM locations l
    WHERE l.id = (SELECT r.location_id FROM sync_runs r WHERE r.id = ${runId}) LOCK IN SHARE MODE`;
  return run.locationId;
}
