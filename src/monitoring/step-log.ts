import type { AuditStep, RecordedStep } from '../sync/audit.ts';
import type { Logger } from '../sync/ports.ts';
import { finishedWork } from './duration.ts';

const MESSAGES: Readonly<Record<AuditStep, string>> = {
  requested: 'run requested',
  previewed: 'run previewed',
  refused: 'request refused',
  confirmed: 'run confirmed',
  adjusted: 'run adjusted',
  cancelled: 'run cancelled',
  completed: 'run completed',
  failed: 'run failed',
  expired: 'run expired',
  superseded: 'run superseded',
  taken_over: 'run taken over',
};

/** Writes one line per step: who did what to which run, how it ended, and how long it took where it ended work. */
export function logStep(logger: Logger, { audit, run, error }: RecordedStep): void {
  const { step, actor, outcome, runId, target, counts } = audit;
  const fields = {
    run: runId,
    target,
    actor: actor.id,
    outcome,
    durationMs: finishedWork(step, run)?.milliseconds,
    counts,
    // The reasons of other steps are an admin's own words, or name users.
    reason: step === 'refused' ? audit.reason : undefined,
    ...(error === undefined ? {} : { err: error }),
  };
  logger[levelOf(audit)](fields, MESSAGES[step]);
}

function levelOf({ step, outcome }: RecordedStep['audit']): 'info' | 'warn' | 'error' {
  if (step !== 'failed') return 'info';
  return outcome === 'unexpected' ? 'error' : 'warn';
}
