import type { Registry } from 'prom-client';
import type { RecordedStep } from '../../sync/audit.ts';
import { REFUSALS } from './codes.ts';
import { counter } from './series.ts';

/** Counts refusals. Returns the function to be told of each step. */
export function countRefusals(registry: Registry): (step: RecordedStep) => void {
  const refusals = counter({
    registry,
    name: 'usersync_refused_requests_total',
    help: 'Commands, clicks and submissions that were refused, by the reason.',
    labels: { reason: REFUSALS },
  });
  return ({ audit: { step, outcome } }) => {
    if (step === 'refused') refusals.inc({ reason: outcome });
  };
}
