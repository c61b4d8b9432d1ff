import type { ObserveStep, RecordedStep } from '../sync/audit.ts';
import type { Logger } from '../sync/ports.ts';

/**
 * Hands each step on to every one of `observers`. What happened must not look as if it had not because one of them could
 * not count it, and the others are told all the same.
 */
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
