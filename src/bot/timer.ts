import { asRequest } from '../process/logger.ts';
import type { Logger } from '../sync/ports/ports.ts';

export type Timer = {
  /** No round begins after this; resolves once the current one is over. */
  stop(): Promise<void>;
};

/** Does `work` now and then every `milliseconds`, never two rounds at once. Its errors are logged. */
export function every(milliseconds: number, work: () => Promise<unknown>, logger: Logger): Timer {
  let round: Promise<void> | undefined;
  const tick = () => {
    round ??= asRequest(() =>
      work().then(
        () => {},
        (error: unknown) =>
          logger.warn({ err: error }, 'a round of housekeeping failed; the next one tries again'),
      ),
    ).finally(() => {
      round = undefined;
    });
  };
  const interval = setInterval(tick, milliseconds);
  tick();
  return {
    stop: async () => {
      clearInterval(interval);
      await round;
    },
  };
}
