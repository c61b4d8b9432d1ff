import type { Audit } from './audit.ts';
import { type Click, type ClickedRun, clickedRun, refuse } from './click.ts';
import type { Preview, PreviewRequested } from './preview.ts';
import { type Actor, plannedChanges } from './run.ts';
import type { Runs } from './runs.ts';

export type RollbackRequest = {
  /** The run to take back; the newest completed one where undefined. */
  readonly runId: number | undefined;
  readonly channelId: string;
  readonly actor: Actor;
  readonly requestKey: string;
  /** The message of the button that asked for it; undefined for a command. */
  readonly message?: Click['message'];
};

/**
 * Opens a run that takes another's changes back. It is previewed, confirmed, executed and audited like any other,
 * and can itself be rolled back.
 */
export type Rollback = (request: RollbackRequest) => Promise<PreviewRequested>;

export function createRollback(ports: { runs: Runs; audit: Audit; preview: Preview }): Rollback {
  const { runs, audit, preview } = ports;
  return async ({ runId, channelId, actor, requestKey, message }) => {
    const found = await revertible(runs, runId, actor, message);
    if (found.outcome === 'refused') {
      return refuse(audit, actor, found.refusal, runId === undefined ? {} : { runId });
    }
    const reverted = found.run;
    const about = { runId: reverted.id, target: reverted.target };
    if (reverted.status !== 'completed' || plannedChanges(reverted.counts) === 0) {
      return refuse(audit, actor, { code: 'not_completed', run: reverted }, about);
    }
    return preview.request({ target: reverted.target, channelId, actor, requestKey, reverts: reverted.id });
  };
}

async function revertible(
  runs: Runs,
  runId: number | undefined,
  actor: Actor,
  message: Click['message'],
): Promise<ClickedRun> {
  if (runId !== undefined) return clickedRun(runs, { runId, actor, message });
  const run = await runs.findLastCompleted();
  return run === undefined
    ? { outcome: 'refused', refusal: { code: 'nothing_completed' } }
    : { outcome: 'found', run };
}
