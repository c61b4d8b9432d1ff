import type { Plans } from '../ports/plans.ts';
import type { Runs } from '../ports/runs.ts';
import type { Audit } from '../ports/steps.ts';
import type { RulesFor } from '../rules/rules.ts';
import type { Omission } from '../run/change.ts';
import { type Click, onClickedRun } from '../run/click.ts';
import type { Refused } from '../run/refusal.ts';
import { isOver, plannedChanges, type Run } from '../run/run.ts';
import type { Preview, PreviewRequested } from './preview.ts';

/** What an admin leaves out of a plan: typed emails, whole kinds of changes, and users picked by their position. */
export type LeftOut = Omission & { readonly picks?: readonly number[] };

export type Adjusted = { readonly outcome: 'adjusted'; readonly run: Run } | Refused;

/**
 * Leaves users out of a plan that waits for confirmation. The stored plan never changes: a new run with the shorter plan takes
 * over the message, so a click on the old preview confirms nothing. The person who adjusts is the requester of the new run. The
 * new run expires when the old run would have expired.
 */
export type Adjust = (click: Click, left: LeftOut, requestKey: string) => Promise<Adjusted>;

/** Creates `Adjust`. Each refusal gets an audit row. */
export function createAdjust(ports: { runs: Runs; plans: Plans; audit: Audit; rulesFor: RulesFor }): Adjust {
  const { runs, plans, rulesFor } = ports;
  return (click, { picks = [], emails, actions }, requestKey) =>
    onClickedRun<Adjusted>(ports, click, async ({ run, refuse }) => {
      const { actor } = click;
      const picked = await plans.at(run.id, picks);
      // The modal offers only positions of this plan, so an unknown position was forged.
      const unknown = picks.filter((seq) => picked.every((each) => each.seq !== seq));
      if (unknown.length > 0) return refuse({ code: 'not_in_plan', emails: unknown.map((seq) => `#${seq}`) });
      const omission: Omission = { emails, actions };
      const rules = await rulesFor(run);
      const adjusted = await runs.adjust(run.id, { actor, omission, picked, requestKey, rules });
      switch (adjusted.outcome) {
        case 'adjusted':
          return { outcome: 'adjusted', run: adjusted.run };
        case 'not_ready':
          // Until the next look for expired previews, such a run is still marked as ready.
          return refuse({
            code: adjusted.run.status === 'ready' ? 'expired' : 'not_ready',
            run: adjusted.run,
          });
        case 'altered':
          return refuse({ code: 'plan_altered', run: adjusted.run });
        case 'not_in_plan':
          return refuse({ code: 'not_in_plan', emails: adjusted.emails });
        case 'nothing_left':
          return refuse({ code: 'nothing_left' });
      }
    });
}

export type Cancelled = { readonly outcome: 'cancelled'; readonly run: Run } | Refused;

/** Ends a preview that waits for confirmation, or a run that still reads or waits to be read. */
export type Cancel = (click: Click) => Promise<Cancelled>;

/** Creates `Cancel`. Each refusal gets an audit row. */
export function createCancel(ports: { runs: Runs; audit: Audit; preview: Pick<Preview, 'giveUp'> }): Cancel {
  const { runs, preview } = ports;
  return (click) =>
    onClickedRun<Cancelled>(ports, click, async ({ run, refuse }) => {
      const { actor } = click;
      const audit = { step: 'cancelled', actor, outcome: 'cancelled' } as const;
      const cancelled = await runs.cancel(run.id, actor, { audit, notices: ['message'] });
      if (cancelled === undefined)
        return refuse({ code: 'not_ready', run: (await runs.find(run.id)) ?? run });
      preview.giveUp(run.id);
      return { outcome: 'cancelled', run: cancelled };
    });
}

/** Try Again and New Preview: opens a new run for the target of a run that ended without changes. Works once per run. */
export type Retry = (click: Click) => Promise<PreviewRequested>;

/** Creates `Retry`. Each refusal gets an audit row. */
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
  return status === 'completed' ? plannedChanges(counts) === 0 : isOver(status);
}
