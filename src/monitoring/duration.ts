import type { AuditStep } from '../sync/audit.ts';
import type { Run } from '../sync/run.ts';

/** Work of the bot that a step brought to its end. */
export type Finished = { readonly work: 'preview' | 'execution'; readonly milliseconds: number };

/**
 * The work that a step ended: a preview from the request, an execution from Confirm, waits and take-overs included.
 * Both ends are the database's clock. Undefined for steps that end no work.
 */
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
