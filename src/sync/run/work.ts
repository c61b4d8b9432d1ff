import { callsOfFailure } from '../automation/calls.ts';
import { DatabaseLostError, isDatabaseTrouble, LeaseLostError } from '../failures/errors.ts';
import { type Failure, type LostReason, RunError } from '../failures/failure.ts';
import type { Logger, Progress } from '../ports/ports.ts';
import type { Lease, LeasedRun, Runs } from '../ports/runs.ts';
import type { Step } from '../ports/steps.ts';
import { onAbort, withChild, withTimeout } from './concurrency.ts';
import { isInWork, type Run, SYSTEM } from './run.ts';

/** A third of the lease: two renewals may fail before another process takes over. */
const RENEW_EVERY_MS = 10_000;
/** Milliseconds after which a database that does not answer counts as lost. */
const LOOK_MS = 3_000;
/** Milliseconds that a stopping process waits for an edit. It has a second to hand its work back. */
const SETTLE_MS = 700;

type Ports = { readonly runs: Runs; readonly progress: Progress; readonly logger: Logger };

/**
 * Does the work on a run and renews its lease meanwhile. Work that ends early ends in one of three ways: the run fails with its
 * reason; somebody cancelled it or another process holds it (`lost`); or the lease ends and another process takes over (the
 * database is lost, or this process is stopping). Never throws.
 */
export async function workOn(
  ports: Ports,
  { run, lease }: LeasedRun,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
  lost = new AbortController(),
): Promise<void> {
  const { progress, logger } = ports;
  let renewing = false;
  // One renewal at a time: while the work's own transaction locks the run's row, each renewal waits and occupies a connection.
  const renewal = setInterval(() => {
    if (renewing) return;
    renewing = true;
    void renew(ports, lease, lost).finally(() => {
      renewing = false;
    });
  }, RENEW_EVERY_MS);
  try {
    await withChild(stop, (either) => {
      onAbort(lost.signal, (reason) => either.abort(reason));
      // Also ends what the work has begun and needs no more, such as requests of pages.
      return work(either.signal).finally(() => either.abort());
    });
  } catch (error) {
    if (stop.aborted) {
      await handBack(ports, run, lease);
    } else if (lost.signal.aborted || error instanceof LeaseLostError) {
      await leave(ports, run, error);
    } else if (error instanceof DatabaseLostError) {
      logger.error({ run: run.id, err: error }, 'the database was lost; the run goes on when it is back');
      await hold(ports, run, error, error.why);
    } else {
      await progress.settle(run);
      await fail(ports, { run, lease }, error);
    }
  } finally {
    clearInterval(renewal);
    progress.done(run);
  }
}

/** Draws the message again: a late edit of this process may have overwritten that of the next process, or of Cancel. */
async function leave({ runs, progress, logger }: Ports, run: Run, error: unknown): Promise<void> {
  await progress.settle(run);
  try {
    const isCancelled = (await runs.find(run.id))?.status === 'cancelled';
    if (isCancelled) logger.info({ run: run.id }, 'the run was cancelled');
    else logger.warn({ run: run.id, err: error }, 'another process took the run over');
    await runs.showAgain(run.id);
  } catch (showing) {
    logger.warn({ run: run.id, err: showing }, 'the message could not be brought up to date');
  }
}

/**
 * Says that the run is on hold, unless another process has ended it: where this one stood still, the server only gave its
 * connections up.
 */
async function hold(ports: Ports, run: Run, error: unknown, why: LostReason | undefined): Promise<void> {
  const { runs, progress } = ports;
  const now = await withTimeout(LOOK_MS, undefined, () => runs.find(run.id)).catch(() => undefined);
  if (now === undefined || isInWork(now.status)) await progress.databaseLost(run, why);
  else await leave(ports, run, error);
}

/** An edit that is still on its way could overwrite one of the next process. */
async function handBack({ runs, progress, logger }: Ports, run: Run, lease: Lease): Promise<void> {
  logger.info({ run: lease.runId }, 'stopping; the run is handed back');
  await withTimeout(SETTLE_MS, undefined, () => progress.settle(run)).catch(() => {});
  try {
    await runs.release(lease);
  } catch (error) {
    logger.warn({ run: lease.runId, err: error }, 'the lease could not be ended; it will run out');
  }
}

async function renew({ runs, logger }: Ports, lease: Lease, lost: AbortController): Promise<void> {
  try {
    if (!(await runs.renew(lease))) lost.abort(new LeaseLostError(lease.runId));
  } catch (error) {
    logger.warn({ run: lease.runId, err: error }, 'the lease could not be renewed; trying again');
  }
}

/** The step of a run whose work ended with `error`: the message and the thread say so, and people are called if nobody waits. */
export function stepOfFailure(run: Run, failure: Failure, error: unknown): Step {
  const reason = error instanceof Error ? error.message : undefined;
  return {
    audit: { step: 'failed', actor: SYSTEM, outcome: failure.code, reason },
    notices: ['message', 'thread'],
    calls: callsOfFailure(run),
    error,
  };
}

async function fail(ports: Ports, { run, lease }: LeasedRun, error: unknown): Promise<void> {
  const { runs, logger } = ports;
  const failure: Failure = error instanceof RunError ? error.failure : { code: 'unexpected' };
  try {
    await runs.fail(lease, failure, stepOfFailure(run, failure, error));
  } catch (failing) {
    logger.warn({ run: lease.runId, failure: failure.code, err: error }, 'the work on the run failed');
    if (failing instanceof LeaseLostError) {
      await leave(ports, run, failing);
      return;
    }
    logger.error(
      { run: lease.runId, err: failing },
      'the failure could not be written; the lease will run out',
    );
    if (isDatabaseTrouble(failing)) await hold(ports, run, failing, failing.why);
  }
}
