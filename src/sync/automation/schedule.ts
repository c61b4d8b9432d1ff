import type { Refusal } from '../run/click.ts';
import type { Queue } from '../run/queue.ts';
import { SYSTEM } from '../run/run.ts';
import type { Preview } from '../use-cases/preview.ts';

type Ports = {
  readonly preview: Preview;
  readonly queue: Queue;
  /** The newest time before `now` at which previews were due. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
  readonly channelId: string;
};

/**
 * Previews on a schedule. It never executes anything. `tick` may be called at any time and on any number of processes: a due
 * time is part of the request key, so it makes one run per target. If a due time passed while no process ran, the next tick
 * catches up on the newest one.
 */
export function createSchedule(ports: Ports): { tick(now: Date): Promise<void> } {
  const { lastDue, targets } = ports;
  let served: number | undefined;
  return {
    tick: async (now) => {
      const due = lastDue(now);
      if (due === undefined || due.getTime() === served) return;
      let isServed = true;
      for (const target of targets) isServed = (await previewTarget(ports, target, due)) && isServed;
      if (isServed) served = due.getTime();
    },
  };
}

const ASKED_AGAIN: readonly Refusal['code'][] = ['being_read', 'channel_unverifiable'];

/** False where the list is just being read for somebody, or Slack did not say who reads the channel: the next tick asks again. */
async function previewTarget(
  { preview, queue, channelId }: Ports,
  target: string,
  due: Date,
): Promise<boolean> {
  const requestKey = `schedule ${due.toISOString()} ${target}`;
  const requested = await preview.request({ target, channelId, actor: SYSTEM, requestKey });
  if (requested.outcome === 'requested') await queue.start(requested);
  return requested.outcome !== 'refused' || !ASKED_AGAIN.includes(requested.refusal.code);
}
