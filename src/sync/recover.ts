import { InterruptedError } from './errors.ts';
import type { Execution } from './execute.ts';
import type { Claimed, Runs } from './ports.ts';
import type { Preview } from './preview.ts';
import { SYSTEM } from './run.ts';

/** The first attempt included. */
const MAX_ATTEMPTS = 3;

type Ports = {
  readonly runs: Runs;
  readonly preview: Preview;
  readonly execution: Execution;
  /** Starts work in the background and keeps track of it until it ends. */
  readonly start: (work: (stop: AbortSignal) => Promise<void>) => void;
};

/**
 * One round of housekeeping, harmless at any time and on any number of processes: ends previews whose time is over,
 * and takes over runs whose process died. A read starts again; an execution that did not commit is done again,
 * and one that did commit is no longer in work. Throws `DatabaseLostError`.
 */
export async function sweep({ runs, preview, execution, start }: Ports): Promise<void> {
  await runs.expireDue({
    audit: { step: 'expired', actor: SYSTEM, outcome: 'expired' },
    notices: ['message'],
  });
  const taken = await runs.takeOver({
    audit: { step: 'taken_over', actor: SYSTEM, outcome: 'taken_over' },
    notices: [],
  });
  for (const claimed of taken) {
    if (claimed.lease.attempt > MAX_ATTEMPTS) await giveUp(runs, claimed);
    else if (claimed.run.status === 'reading') start((stop) => preview.read(claimed, stop));
    else start((stop) => execution.execute(claimed, stop));
  }
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
