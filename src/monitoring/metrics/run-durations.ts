import type { Registry } from 'prom-client';
import type { RecordedStep } from '../../sync/audit.ts';
import { finishedWork } from '../duration.ts';
import { histogram } from './series.ts';

/** Seconds: from a short list on a fast server to a long one on a slow server. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Times previews and executions. Returns the function to be told of each step. */
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
