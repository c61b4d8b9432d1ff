import type { Logger } from '../sync/ports/ports.ts';
import type { AuditStep, ObserveStep, RecordedStep } from '../sync/ports/steps.ts';
import type { Run } from '../sync/run/run.ts';

/** Passes each step to all `observers`. An observer that fails is logged, and does not keep the step from the others. */
export function observedBy(
  observers: readonly ((step: RecordedStep) => void)[],
  logger: Logger,
): ObserveStep {
  return (step) => {
    for (const observe of observers) {
      try {
        observe(step);
      } catch (error) {
        logger.error({ err: error }, 'a step could not be observed');
      }
    }
  };
}

const MESSAGES: Readonly<Record<AuditStep, string>> = {
  requested: 'run requested',
  previewed: 'run previewed',
  refused: 'request refused',
  approved: 'run approved',
  withdrawn: 'approval withdrawn',
  confirmed: 'run confirmed',
  adjusted: 'run adjusted',
  cancelled: 'run cancelled',
  completed: 'run completed',
  failed: 'run failed',
  expired: 'run expired',
  superseded: 'run superseded',
  taken_over: 'run taken over',
  held: 'run held by its rule',
  broke_glass: 'run confirmed alone',
  paused: 'rules paused',
  resumed: 'rules resumed',
};

/** Writes one log line for a step: actor, step, run, outcome, and the duration of the work that it ended. */
export function logStep(logger: Logger, { audit, run, error }: RecordedStep): void {
  const { step, actor, outcome, runId, target, counts } = audit;
  const asked = audit.facts?.kind === 'asked' ? audit.facts : undefined;
  const fields = {
    run: runId ?? asked?.ofRunId,
    target,
    actor: actor.id,
    outcome,
    durationMs: finishedWork(step, run)?.milliseconds,
    counts,
    // The reasons of other steps contain an admin's own words, or name users.
    reason: step === 'refused' ? audit.reason : undefined,
    asked: asked?.what,
    ...(error === undefined ? {} : { err: error }),
  };
  logger[levelOf(audit)](fields, MESSAGES[step]);
}

function levelOf({ step, outcome }: RecordedStep['audit']): 'info' | 'warn' | 'error' {
  if (step === 'broke_glass') return 'warn';
  if (step !== 'failed') return 'info';
  return outcome === 'unexpected' ? 'error' : 'warn';
}

export type Finished = { readonly work: 'preview' | 'execution'; readonly milliseconds: number };

/** The work that a step ended, waits and take-overs included, by the database's clock. Undefined for a step that ends none. */
export function finishedWork(step: AuditStep, run: Run | undefined): Finished | undefined {
  if (run === undefined) return undefined;
  switch (step) {
    case 'previewed':
      return between('preview', run.requestedAt, run.readyAt);
    case 'completed':
      return between('execution', run.confirmedAt, run.finishedAt);
    case 'failed':
      return run.confirmedAt === undefined
        ? between('preview', run.requestedAt, run.finishedAt)
        : between('execution', run.confirmedAt, run.finishedAt);
    default:
      return undefined;
  }
}

function between(work: Finished['work'], from: Date | undefined, to: Date | undefined): Finished | undefined {
  if (from === undefined || to === undefined) return undefined;
  return { work, milliseconds: to.getTime() - from.getTime() };
}
