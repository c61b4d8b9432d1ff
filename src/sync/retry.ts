import type { Audit } from './audit.ts';
import { type Click, onClickedRun } from './click.ts';
import type { Preview, PreviewRequested } from './preview.ts';
import type { Runs } from './runs.ts';

/** Try Again and New Preview: a new run for the target of one that failed, once per failed run. */
export type Retry = (click: Click) => Promise<PreviewRequested>;

export function createRetry(ports: { runs: Runs; audit: Audit; preview: Preview }): Retry {
  return (click) =>
    onClickedRun<PreviewRequested>(ports, click, async ({ run, refuse }) => {
      if (run.status !== 'failed') return refuse({ code: 'not_failed', run });
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
