import { InterruptedError } from './errors.ts';
import type { Execution } from './execute.ts';
import type { Progress } from './ports.ts';
import type { Preview } from './preview.ts';
import { inRounds } from './rounds.ts';
import { SYSTEM } from './run.ts';
import type { Claimed, Room, Runs, Work } from './runs.ts';

/** The first attempt included. */
const MAX_ATTEMPTS = 3;

/**
 * Starts work in the background and keeps track of it until it ends; the signal says that this process stops.
 * `full` and `stopping` mean that it did not start.
 */
export type Start = (kind: Work, work: (stop: AbortSignal) => Promise<void>) => 'begun' | 'full' | 'stopping';

export type Turns = {
  /** How much more work this process takes now. */
  readonly room: () => Room;
  /**
   * Begins the work on a run that this process holds. Where it has no room, the run waits in the database for the first
   * process that has; where it stops, another process goes on with the run. Throws `DatabaseLostError`.
   */
  begin(claimed: Claimed): Promise<'begun' | 'waits' | 'stopping'>;
  /** Begins what waits, and what was left by a process that died, as far as there is room. Throws `DatabaseLostError`. */
  takeUp(): Promise<void>;
};

type Ports = {
  readonly runs: Runs;
  readonly preview: Preview;
  readonly execution: Execution;
  readonly progress: Progress;
  readonly room: () => Room;
  readonly start: Start;
  /** What this process works on now. */
  readonly underWay: Set<Claimed>;
};

/** Lets no process work on more runs than it can, and every process that has room work on those that wait. */
export function createTurns(given: Omit<Ports, 'underWay'>): Turns {
  const ports = { ...given, underWay: new Set<Claimed>() };
  // Two at a time would take the same room.
  const takeUpInTurn = inRounds<void>(() => takeUp(ports));
  const lookForWork = () => takeUpInTurn();
  return {
    room: ports.room,
    begin: async (claimed) => {
      const { run } = claimed;
      const work = run.status === 'reading' ? 'reading' : 'executing';
      // Room that is free for a moment is not for whoever comes at that moment.
      if (ports.room()[work] === 0 || !(await ports.runs.othersWait(run))) return begin(ports, claimed);
      await letWait(ports, claimed);
      await lookForWork();
      return 'waits';
    },
    takeUp: lookForWork,
  };
}

async function takeUp(ports: Ports): Promise<void> {
  const room = ports.room();
  if (room.reading + room.executing === 0) return;
  const atWork = [...ports.underWay].map(({ run }) => run.id);
  const audit = { step: 'taken_over', actor: SYSTEM, outcome: 'taken_over' } as const;
  const taken = await ports.runs.takeOver({ audit, notices: [] }, room, atWork);
  for (const claimed of taken) {
    if (claimed.lease.attempt > MAX_ATTEMPTS) await giveUp(ports.runs, claimed);
    else await begin(ports, claimed);
  }
}

async function begin(ports: Ports, claimed: Claimed) {
  const { runs, preview, execution } = ports;
  const { run, lease } = claimed;
  const started =
    run.status === 'reading'
      ? start(ports, 'reading', claimed, (stop) => preview.read(claimed, stop))
      : start(ports, 'executing', claimed, (stop) => execution.execute(claimed, stop));
  switch (started) {
    case 'begun':
      return 'begun';
    case 'full':
      await letWait(ports, claimed);
      return 'waits';
    case 'stopping':
      await runs.release(lease);
      return 'stopping';
  }
}

async function letWait({ runs, progress }: Ports, { run, lease }: Claimed): Promise<void> {
  // Shown before it is let go: whoever takes it next must not have its edits overtaken by this one.
  await progress.waiting(run, await runs.ahead(run));
  await runs.wait(lease);
}

function start({ underWay, start: begun }: Ports, kind: Work, claimed: Claimed, work: Parameters<Start>[1]) {
  return begun(kind, async (stop) => {
    underWay.add(claimed);
    try {
      await work(stop);
    } finally {
      underWay.delete(claimed);
    }
  });
}

async function giveUp(runs: Runs, { lease }: Claimed): Promise<void> {
  const error = new InterruptedError(MAX_ATTEMPTS);
  const { failure, message } = error;
  await runs.fail(lease, failure, {
    audit: { step: 'failed', actor: SYSTEM, outcome: failure.code, reason: message },
    notices: ['message', 'thread'],
    error,
  });
}

/**
 * One round of housekeeping, harmless at any time and on any number of processes: ends previews whose time is over,
 * and takes up runs that wait or whose process died. A read starts again; an execution that did not commit is done
 * again, and one that did commit is no longer in work. Throws `DatabaseLostError`.
 */
export async function sweep({ runs, turns }: { readonly runs: Runs; readonly turns: Turns }): Promise<void> {
  await runs.expireDue({
    audit: { step: 'expired', actor: SYSTEM, outcome: 'expired' },
    notices: ['message'],
  });
  await turns.takeUp();
}
