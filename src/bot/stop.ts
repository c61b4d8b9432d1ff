import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../sync/ports.ts';

/** A part of a stop: what it is called in the log, and until when, in milliseconds after the stop began, it is waited for. */
type Step = {
  readonly what: string;
  readonly untilMs: number;
  readonly work: (leftMs: number) => Promise<unknown>;
};

/**
 * Does the steps one after the other. None is waited for longer than it may take, and none keeps the next from its turn:
 * whatever hangs, the process ends in time, and the database frees what it held. Never throws.
 */
export async function stopInSteps(steps: readonly Step[], logger: Logger): Promise<void> {
  const began = performance.now();
  for (const { what, untilMs, work } of steps) {
    const leftMs = Math.max(0, began + untilMs - performance.now());
    const late = wait(leftMs, 'late' as const, { ref: false });
    try {
      const outcome = await Promise.race([work(leftMs).then(() => 'done' as const), late]);
      if (outcome === 'late') logger.warn({ what }, 'the stop goes on without waiting any longer');
    } catch (error) {
      logger.warn({ what, err: error }, 'a part of the stop went wrong; it goes on');
    }
  }
}
