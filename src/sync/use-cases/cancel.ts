import type { Audit } from '../ports/audit.ts';
import type { Runs } from '../ports/runs.ts';
import { type Click, onClickedRun, type Refused } from '../run/click.ts';
import type { Run } from '../run/run.ts';

export type Cancelled = { readonly outcome: 'cancelled'; readonly run: Run } | Refused;

/** Ends a preview that nobody confirmed. */
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
