import { LeaseLostError } from '../sync/failures/errors.ts';
import type { Step } from '../sync/ports/audit.ts';
import type { Lease } from '../sync/ports/runs.ts';
import { type Run, type RunStatus, TRANSITIONS } from '../sync/run/run.ts';
import { appendAudit } from './audit/audit.ts';
import { enqueueCalls } from './calls.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { enqueue, enqueueSummary } from './outbox.ts';
import { toRun } from './runs/run-rows.ts';

/** How long a process may be silent before another takes its run over. Renewed every third of it. */
export const LEASE_SECONDS = 30;

export const LEASE_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND`;

type Move = {
  readonly runId: number;
  readonly from: RunStatus;
  readonly to: RunStatus;
  /** Further conditions, beginning with AND. */
  readonly where?: Prisma.Sql;
  /** Further columns to set, each beginning with a comma. */
  readonly set?: Prisma.Sql;
};

/** The condition that a process still holds its run: every write that belongs to the work carries it. */
export function held(lease: Lease): Prisma.Sql {
  return Prisma.sql`AND lease_owner = ${lease.owner} AND attempt = ${lease.attempt}`;
}

/**
 * The one statement by which a run changes its status. True for the one caller whose conditions held.
 * Throws where the move is not in the table of transitions.
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

/** Writes the audit row and the notices of a step, and returns the run as it is now. `teller` as for `enqueue`. */
export async function record(tx: Transaction, runId: number, step: Step, teller?: string): Promise<Run> {
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  await recordOf(tx, run, step, teller);
  return run;
}

/** The same for a run that was just read. */
export async function recordOf(tx: Transaction, run: Run, step: Step, teller?: string): Promise<void> {
  await enqueue(tx, run.id, step.notices, teller);
  await enqueueCalls(tx, run.id, step.calls ?? []);
  if (run.batchId !== undefined) await enqueueSummary(tx, run.batchId);
  const audit = { ...step.audit, runId: run.id, target: run.target };
  await appendAudit(tx, { audit, run, error: step.error });
}

/** Locks a run's row until `tx` ends. Whether the run waits to be confirmed, and its time is not over. */
export async function lockReady(tx: Transaction, runId: number): Promise<boolean> {
  const [ready] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE id = ${runId} AND status = 'ready' AND expires_at > UTC_TIMESTAMP(3) FOR UPDATE`;
  return ready !== undefined;
}

/** Lets one process at a time present or execute at the location of this run, until `tx` ends. */
export async function lockLocation(tx: Transaction, runId: number): Promise<void> {
  await tx.$queryRaw`
    SELECT l.id FROM locations l
    WHERE l.id = (SELECT r.location_id FROM sync_runs r WHERE r.id = ${runId}) FOR UPDATE`;
}

/**
 * Locks a run that is read, and lets no execution at its location end before `tx` does, so that all counts of a plan are of
 * one picture. A share lock: the Laravel application, whose new users lock their location in the same way, goes on. Returns
 * the location's id. Throws `LeaseLostError`.
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
