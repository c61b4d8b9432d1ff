import type { Audit, AuditEntry, Step } from '../sync/audit.ts';
import type { Logger, Plans, Runs } from '../sync/ports.ts';
import { type Actor, type Run, SYSTEM } from '../sync/run.ts';

/** A step that really happened: it is in the database. */
export type ObservedStep = {
  readonly audit: AuditEntry;
  /** The run as the step left it; undefined for a refusal, which changes none. */
  readonly run: Run | undefined;
  /** Why a run failed, in full. */
  readonly error?: unknown;
};

type Ports = { readonly runs: Runs; readonly plans: Plans; readonly audit: Audit };

/**
 * The same ports, which tell `observe` of each step of a run and each refusal, once, after it was written. A step
 * whose commit was not answered is told of by nobody: whether it happened, only the audit log knows.
 */
export function observeSteps(
  { runs, plans, audit }: Ports,
  observe: (step: ObservedStep) => void,
  logger: Logger,
): Ports {
  const tell = (step: ObservedStep) => {
    try {
      observe(step);
    } catch (error) {
      // What happened must not look as if it had not because nobody could count it.
      logger.error({ err: error }, 'a step could not be observed');
    }
  };
  const told = (run: Run, { audit: entry, error }: Pick<Step, 'audit' | 'error'>): Run => {
    tell({ audit: { ...entry, runId: run.id, target: run.target }, run, error });
    return run;
  };
  return {
    runs: observeRuns(runs, told),
    plans: { ...plans, apply: async (lease, step) => told(await plans.apply(lease, step), step) },
    audit: {
      append: async (entry) => {
        await audit.append(entry);
        tell({ audit: entry, run: undefined });
      },
    },
  };
}

function observeRuns(runs: Runs, told: (run: Run, step: Pick<Step, 'audit' | 'error'>) => Run): Runs {
  return {
    ...runs,
    request: async (draft, step) => {
      const requested = await runs.request(draft, step);
      if (requested.outcome === 'requested') told(requested.run, step);
      return requested;
    },
    present: async (lease, plan, expiresInMinutes, step) => {
      const presented = await runs.present(lease, plan, expiresInMinutes, step);
      for (const run of presented.superseded) told(run, superseded(SYSTEM));
      told(presented.run, step);
      return presented;
    },
    claim: async (runId, confirmedBy, reason, step) => {
      const claim = await runs.claim(runId, confirmedBy, reason, step);
      if (claim.outcome === 'claimed') told(claim.run, step);
      return claim;
    },
    fail: async (lease, failure, step) => told(await runs.fail(lease, failure, step), step),
    cancel: async (runId, cancelledBy, step) => {
      const run = await runs.cancel(runId, cancelledBy, step);
      return run && told(run, step);
    },
    adjust: async (runId, adjustment) => {
      const adjusted = await runs.adjust(runId, adjustment);
      if (adjusted.outcome === 'adjusted') {
        const { actor } = adjustment;
        told(adjusted.superseded, superseded(actor));
        told(adjusted.run, { audit: { step: 'adjusted', actor, outcome: 'ready' } });
      }
      return adjusted;
    },
    expireDue: async (step) => {
      const expired = await runs.expireDue(step);
      for (const run of expired) told(run, step);
      return expired;
    },
    takeOver: async (step, room) => {
      const taken = await runs.takeOver(step, room);
      for (const { run, waited } of taken) if (!waited) told(run, step);
      return taken;
    },
  };
}

function superseded(actor: Actor): Pick<Step, 'audit'> {
  return { audit: { step: 'superseded', actor, outcome: 'superseded' } };
}
