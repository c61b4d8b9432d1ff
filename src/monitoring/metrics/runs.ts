import type { Registry } from 'prom-client';
import { FAILURE_CODES, REFUSAL_CODES, RUN_STEPS } from '../../sync/failures/codes.ts';
import type { RecordedStep } from '../../sync/ports/steps.ts';
import { finishedWork } from '../step-log.ts';
import { counter, histogram } from './series.ts';

const OUTCOMES = ['completed', 'no_changes', 'failed', 'cancelled', 'expired', 'superseded'];

/** Counts steps and outcomes of runs. Returns the function to call with each step. */
export function countRuns(registry: Registry, targets: readonly string[]): (step: RecordedStep) => void {
  const steps = counter({
    registry,
    name: 'usersync_steps_total',
    help: 'Steps of runs, each of which is a row of the audit log.',
    labels: { target: targets, step: RUN_STEPS },
  });
  const runs = counter({
    registry,
    name: 'usersync_runs_total',
    help: 'Runs that came to their end, by how they ended.',
    labels: { target: targets, outcome: OUTCOMES },
  });
  const failures = counter({
    registry,
    name: 'usersync_run_failures_total',
    help: 'Runs that failed, by the reason.',
    labels: { target: targets, code: FAILURE_CODES },
  });
  const changes = counter({
    registry,
    name: 'usersync_changes_total',
    help: 'Users that completed runs added, reactivated or deactivated.',
    labels: { target: targets, kind: ['added', 'reactivated', 'deactivated'] },
  });
  const guardTrips = counter({
    registry,
    name: 'usersync_guard_trips_total',
    help: 'Previews that tripped the deactivation guard.',
    labels: { target: targets },
  });
  const takeOvers = counter({
    registry,
    name: 'usersync_leases_taken_over_total',
    help: 'Runs taken over from a process that died, hung or was stopped.',
    labels: { target: targets },
  });

  return ({ audit: { step }, run }) => {
    if (run === undefined) return;
    const { target, counts } = run;
    steps.inc({ target, step });
    switch (step) {
      case 'previewed':
        if (run.status === 'completed') runs.inc({ target, outcome: 'no_changes' });
        if (run.guard.tripped) guardTrips.inc({ target });
        return;
      case 'completed':
        runs.inc({ target, outcome: step });
        changes.inc({ target, kind: 'added' }, counts.add);
        changes.inc({ target, kind: 'reactivated' }, counts.reactivate);
        changes.inc({ target, kind: 'deactivated' }, counts.deactivate);
        return;
      case 'failed':
        runs.inc({ target, outcome: step });
        failures.inc({ target, code: run.failure?.code ?? 'unexpected' });
        return;
      case 'cancelled':
      case 'expired':
      case 'superseded':
        runs.inc({ target, outcome: step });
        return;
      case 'taken_over':
        takeOvers.inc({ target });
        return;
      case 'requested':
      case 'confirmed':
      case 'adjusted':
      case 'refused':
        return;
    }
  };
}

/** In seconds: from a short list on a fast server to a long list on a slow server. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Times previews and executions. Returns the function to call with each step. */
export function timeRuns(registry: Registry, targets: readonly string[]): (step: RecordedStep) => void {
  const previews = histogram(
    {
      registry,
      name: 'usersync_preview_duration_seconds',
      help: 'Time from the request for a preview until its plan was ready.',
      labels: { target: targets },
    },
    BUCKETS,
  );
  const executions = histogram(
    {
      registry,
      name: 'usersync_execution_duration_seconds',
      help: 'Time from Confirm until the run was completed or failed.',
      labels: { target: targets, outcome: ['completed', 'failed'] },
    },
    BUCKETS,
  );
  return ({ audit: { step }, run }) => {
    const finished = finishedWork(step, run);
    if (run === undefined || finished === undefined) return;
    const { target } = run;
    const seconds = finished.milliseconds / 1000;
    if (finished.work === 'execution') executions.observe({ target, outcome: run.status }, seconds);
    else if (step === 'previewed') previews.observe({ target }, seconds);
  };
}

/** Counts refusals. Returns the function to call with each step. */
export function countRefusals(registry: Registry): (step: RecordedStep) => void {
  const refusals = counter({
    registry,
    name: 'usersync_refused_requests_total',
    help: 'Commands, clicks and submissions that were refused, by the reason.',
    labels: { reason: REFUSAL_CODES },
  });
  return ({ audit: { step, outcome } }) => {
    if (step === 'refused') refusals.inc({ reason: outcome });
  };
}
