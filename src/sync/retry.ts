import type { Audit } from './audit.ts';
import { type Click, clickedRun, refuse } from './click.ts';
import type { Preview, PreviewRequested } from './preview.ts';
import type { Runs } from './runs.ts';

/** Try Again and New Preview: a new run for the target of one that failed, once per failed run. */
export type Retry = (click: Click) => Promise<PreviewRequested>;

export function createRetry(ports: { runs: Runs; audit: Audit; preview: Preview }): Retry {
  const { runs, audit, preview } = ports;
  return async (click) => {
    const { actor } = click;
    const clicked = await clickedRun(runs, click);
    if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId: click.runId });
    const { run } = clicked;
    const about = { runId: run.id, target: run.target };
    if (run.status !== 'failed') return refuse(audit, actor, { code: 'not_failed', run }, about);
    const requested = await preview.request({
      target: run.target,
      channelId: run.channelId,
      actor,
      requestKey: `retry of run ${run.id}`,
      follows: run.id,
      reverts: run.reverts,
      batchId: run.batchId,
    });
    if (requested.outcome !== 'repeated') return requested;
    return refuse(audit, actor, { code: 'already_followed', run }, about);
  };
}
