import { InterruptedError } from '../failures/errors.ts';
import type { Progress } from '../ports/ports.ts';
import type { Capacity, LeasedRun, Runs, Work } from '../ports/runs.ts';
import type { Execution } from '../use-cases/execute.ts';
import type { Preview } from '../use-cases/preview.ts';
import { inRounds } from './concurrency.ts';
import { SYSTEM } from './run.ts';
import { stepOfFailure } from './work.ts';

/** The number of attempts per run, the first one included. */
const MAX_ATTEMPTS = 3;

/** The background work of one process. */
export type Workers = {
  /** How many more runs of each kind this process takes now. */
  free(): Capacity;
  /** Starts `work` and tracks it to its end; `stop` aborts when the process stops. `full` and `stopping`: it did not start. */
  start(kind: Work, work: (stop: AbortSignal) => Promise<void>): 'started' | 'full' | 'stopping';
};

export type Queue = ReturnType<typeof createQueue>;

type Ports = {
  readonly runs: Runs;
  readonly preview: Preview;
  readonly execution: Execution;
  readonly progress: Progress;
  readonly workers: Workers;
  /** The runs that this process works on now. */
  readonly underWay: Set<LeasedRun>;
};

/** Keeps each process within its capacity and gives waiting runs to any process with capacity. */
export function createQueue(given: Omit<Ports, 'underWay'>) {
  const ports = { ...given, underWay: new Set<LeasedRun>() };
  // One round at a time: two would count the same capacity twice.
  const startWaiting = inRounds<void>(() => takeOver(ports));
  return {
    free: ports.workers.free,
    /** Starts waiting runs and the runs of dead processes, as far as capacity allows. Throws `DatabaseLostError`. */
    startWaiting: () => startWaiting(),
    /**
     * Starts the work on a run that this process holds. Without free capacity, the run waits in the database for the first process
     * with capacity. If this process is stopping, another process takes the run. Throws `DatabaseLostError`.
     */
    start: async (claimed: LeasedRun): Promise<'started' | 'waits' | 'stopping'> => {
      // Free capacity goes to the run that has waited longest, not to a run that arrives at that moment.
      const mayStart =
        ports.workers.free()[kindOf(claimed)] === 0 || !(await ports.runs.othersWait(claimed.run));
      if (mayStart) return startOrWait(ports, claimed);
      await letWait(ports, claimed);
      await startWaiting();
      return 'waits';
    },
  };
}

function kindOf({ run }: LeasedRun): Work {
  return run.status === 'reading' ? 'reading' : 'executing';
}

async function takeOver(ports: Ports): Promise<void> {
  const free = ports.workers.free();
  if (free.reading + free.executing === 0) return;
  const underWay = [...ports.underWay].map(({ run }) => run.id);
  const audit = { step: 'taken_over', actor: SYSTEM, outcome: 'taken_over' } as const;
  const taken = await ports.runs.takeOver({ step: { audit, notices: [] }, free, underWay });
  for (const claimed of taken) {
    if (claimed.lease.attempt > MAX_ATTEMPTS) await giveUp(ports.runs, claimed);
    else await startOrWait(ports, claimed);
  }
}

async function startOrWait(ports: Ports, claimed: LeasedRun): Promise<'started' | 'waits' | 'stopping'> {
  const { runs, preview, execution, workers, underWay } = ports;
  const kind = kindOf(claimed);
  const work = kind === 'reading' ? preview.read : execution.execute;
  const started = workers.start(kind, async (stop) => {
    underWay.add(claimed);
    try {
      await work(claimed, stop);
    } finally {
      underWay.delete(claimed);
    }
  });
  switch (started) {
    case 'started':
      return 'started';
    case 'full':
      await letWait(ports, claimed);
      return 'waits';
    case 'stopping':
      await runs.release(claimed.lease);
      return 'stopping';
  }
}

async function letWait({ runs, progress }: Ports, { run, lease }: LeasedRun): Promise<void> {
  // The edit comes before the release; a later edit could overwrite an edit of the next process.
  await progress.waiting(run, await runs.ahead(run));
  await runs.wait(lease);
}

async function giveUp(runs: Runs, { run, lease }: LeasedRun): Promise<void> {
  const error = new InterruptedError(MAX_ATTEMPTS);
  await runs.fail(lease, error.failure, stepOfFailure(run, error.failure, error));
}

/**
 * One round of housekeeping: ends expired previews, and starts runs that wait or whose process died. Harmless at any time, on any
 * number of processes. A read starts again. An execution that did not commit is repeated; a committed execution is no longer in
 * work. Throws `DatabaseLostError`.
 */
export async function maintainRuns({ runs, queue }: { runs: Runs; queue: Queue }): Promise<void> {
  try {
    const audit = { step: 'expired', actor: SYSTEM, outcome: 'expired' } as const;
    await runs.expireDue({ audit, notices: ['message'] });
  } finally {
    // A preview that cannot be ended must not keep the runs of dead processes waiting.
    await queue.startWaiting();
  }
}
