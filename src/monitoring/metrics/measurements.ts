import { Gauge, type Registry } from 'prom-client';
import { withTimeout } from '../../sync/abort.ts';
import type { Backlog } from '../../sync/ports/outbox.ts';
import { ANSWER_WITHIN_MS, type Checks, missingParts, PARTS } from '../health.ts';

/** The measurements of each scrape. */
export type Sources = {
  readonly checks: Checks;
  /** Throws where the database cannot be reached. */
  readonly backlog: () => Promise<Backlog>;
};

/**
 * Gauges of the current state. Returns the function that measures. It never rejects and ends within seconds. A gauge that
 * cannot be measured has no value, which is not the same as 0.
 */
export function createMeasurements(registry: Registry): (sources: Sources) => Promise<void> {
  const registers = [registry];
  const ready = new Gauge({
    name: 'usersync_ready',
    help: '1 where the part can be used, as /readyz sees it, else 0.',
    labelNames: ['part'],
    registers,
  });
  const notices = new Gauge({
    name: 'usersync_outbox_notices',
    help: 'Notices that Slack has not been told yet, of all processes together.',
    registers,
  });
  const oldest = new Gauge({
    name: 'usersync_outbox_oldest_age_seconds',
    help: 'Age of the oldest notice that Slack has not been told yet; 0 where there is none.',
    registers,
  });
  return async ({ checks, backlog }) => {
    const [missing, measured] = await Promise.all([
      missingParts(checks),
      withTimeout(ANSWER_WITHIN_MS, undefined, backlog).catch(() => undefined),
    ]);
    for (const part of PARTS) ready.set({ part }, missing.some((each) => each.part === part) ? 0 : 1);
    if (measured === undefined) {
      notices.remove();
      oldest.remove();
    } else {
      notices.set(measured.notices);
      oldest.set(measured.oldestSeconds);
    }
  };
}
