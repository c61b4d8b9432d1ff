import type { Audit } from './audit.ts';
import { type Click, clickedRun, type Refusal, refuse } from './click.ts';
import type { Run } from './run.ts';
import type { Runs } from './runs.ts';

export type Cancelled =
  | { readonly outcome: 'cancelled'; readonly run: Run }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Ends a preview that nobody confirmed. */
export type Cancel = (click: Click) => Promise<Cancelled>;

export function createCancel({ runs, audit }: { runs: Runs; audit: Audit }): Cancel {
  return async (click) => {
    const { actor } = click;
    const clicked = await clickedRun(runs, click);
    if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId: click.runId });
    const { id, target } = clicked.run;
    const run = await runs.cancel(id, actor, {
      audit: { step: 'cancelled', actor, outcome: 'cancelled', counts: clicked.run.counts },
      notices: ['message'],
    });
    if (run !== undefined) return { outcome: 'cancelled', run };
    const now = (await runs.find(id)) ?? clicked.run;
    return refuse(audit, actor, { code: 'not_ready', run: now }, { runId: id, target });
  };
}
