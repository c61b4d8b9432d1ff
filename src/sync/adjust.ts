import type { Audit } from './audit.ts';
import type { Omission } from './change.ts';
import { type Click, clickedRun, type Refusal, refuse } from './click.ts';
import type { RulesFor } from './rules.ts';
import type { Run } from './run.ts';
import type { Runs } from './runs.ts';

export type Adjusted =
  | { readonly outcome: 'adjusted'; readonly run: Run }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/**
 * Leaves users out of a plan that waits to be confirmed. The plan as it was shown is never altered: a new run with
 * the shorter plan takes its place in its message, so that a click on the old picture confirms nothing.
 * Whoever adjusts a plan counts as its requester, and the new run expires when the old one would have.
 */
export type Adjust = (click: Click, omission: Omission, requestKey: string) => Promise<Adjusted>;

export function createAdjust(ports: { runs: Runs; audit: Audit; rulesFor: RulesFor }): Adjust {
  const { runs, audit, rulesFor } = ports;
  return async (click, omission, requestKey) => {
    const { actor } = click;
    const clicked = await clickedRun(runs, click);
    if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId: click.runId });
    const { id, target } = clicked.run;
    const adjusted = await runs.adjust(id, {
      actor,
      omission,
      requestKey,
      rules: await rulesFor(clicked.run),
    });
    switch (adjusted.outcome) {
      case 'adjusted':
        return { outcome: 'adjusted', run: adjusted.run };
      case 'not_ready':
        return refuse(audit, actor, { code: 'not_ready', run: adjusted.run }, { runId: id, target });
      case 'altered':
        return refuse(audit, actor, { code: 'plan_altered', run: adjusted.run }, { runId: id, target });
      case 'not_in_plan':
        return refuse(audit, actor, { code: 'not_in_plan', emails: adjusted.emails }, { runId: id, target });
      case 'nothing_left':
        return refuse(audit, actor, { code: 'nothing_left' }, { runId: id, target });
    }
  };
}
