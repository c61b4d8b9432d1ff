import type { Audit } from '../ports/audit.ts';
import type { Runs } from '../ports/runs.ts';
import { type Click, onClickedRun, type Refused } from '../run/click.ts';
import { plannedChanges, type Run } from '../run/run.ts';
import type { Preview, PreviewRequested } from './preview.ts';

export type Cancelled = { readonly outcome: 'cancelled'; readonly run: Run } | Refused;

/** Ends a preview that waits for confirmation. */
export type Cancel = (click: Click) => Promise<Cancelled>;

export function createCancel(ports: { runs: Runs; audit: Audit }): Cancel {
  const { runs } = ports;
  return (click) =>
    onClickedRun<Cancelled>(ports, click, async ({ run, refuse }) => {
      const { actor } = click;
      const cancelled = await runs.cancel(run.id, actor, {
        audit: { step: 'cancelled', actor, outcome: 'cancelled', counts: run.counts },
        notices: ['message'],
      });
      if (cancelled !== undefined) return { outcome: 'cancelled', run: cancelled };
      return refuse({ code: 'not_ready', run: (await runs.find(run.id)) ?? run });
    });
}

/** Try Again and New Preview: opens a new run for the target of a run that ended without changes. Works once per run. */
export type Retry = (click: Click) => Promise<PreviewRequested>;

export function createRetry(ports: { runs: Runs; audit: Audit; preview: Preview }): Retry {
  return (click) =>
    onClickedRun<PreviewRequested>(ports, click, async ({ run, refuse }) => {
      if (!isOverUnchanged(run)) return refuse({ code: 'not_failed', run });
      const reverted = run.reverts === undefined ? undefined : await ports.runs.find(run.reverts);
      if (reverted?.takenBackBy !== undefined) {
        return refuse({ code: 'taken_back', run: reverted, by: reverted.takenBackBy });
      }
      const requested = await ports.preview.request({
        target: run.target,
        channelId: run.channelId,
        actor: click.actor,
        requestKey: `retry of run ${run.id}`,
        follows: run.id,
        reverts: run.reverts,
        batchId: run.batchId,
      });
      return requested.outcome === 'repeated' ? refuse({ code: 'already_followed', run }) : requested;
    });
}

/** Whether the run has ended and changed no user. */
function isOverUnchanged({ status, counts }: Pick<Run, 'status' | 'counts'>): boolean {
  switch (status) {
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'superseded':
      return true;
    case 'completed':
      return plannedChanges(counts) === 0;
    case 'reading':
    case 'ready':
    case 'executing':
      return false;
  }
}
