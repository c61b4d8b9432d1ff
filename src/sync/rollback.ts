import { refuse } from './click.ts';
import type { Audit, Runs } from './ports.ts';
import type { Preview, PreviewRequested } from './preview.ts';
import { type Actor, plannedChanges } from './run.ts';

export type RollbackRequest = {
  /** The run to take back; the newest completed one where undefined. */
  readonly runId: number | undefined;
  readonly channelId: string;
  readonly actor: Actor;
  readonly requestKey: string;
};

/**
 * Opens a run that takes another's changes back. It is previewed, confirmed, executed and audited like any other,
 * and can itself be rolled back.
 */
export type Rollback = (request: RollbackRequest) => Promise<PreviewRequested>;

export function createRollback(ports: { runs: Runs; audit: Audit; preview: Preview }): Rollback {
  const { runs, audit, preview } = ports;
  return async ({ runId, channelId, actor, requestKey }) => {
    const reverted = runId === undefined ? await runs.findLastCompleted() : await runs.find(runId);
    if (reverted === undefined) {
      const code = runId === undefined ? 'nothing_completed' : 'run_not_found';
      return refuse(audit, actor, { code }, runId === undefined ? {} : { runId });
    }
    const about = { runId: reverted.id, target: reverted.target };
    if (reverted.status !== 'completed' || plannedChanges(reverted.counts) === 0) {
      return refuse(audit, actor, { code: 'not_completed', run: reverted }, about);
    }
    return preview.request({ target: reverted.target, channelId, actor, requestKey, reverts: reverted.id });
  };
}
