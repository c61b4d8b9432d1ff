import type { Refusal } from '../run/click.ts';
import type { Queue } from '../run/queue.ts';
import { SYSTEM } from '../run/run.ts';
import type { Preview } from '../use-cases/preview.ts';

type Ports = {
  readonly preview: Preview;
  readonly queue: Queue;
  /** The newest due time before `now`. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
  readonly channelId: string;
};

/**
 * Opens previews on a schedule; never executes anything. `tick` may be called at any time, by any number of processes: the due
 * time is part of the request key, so each due time makes one run per target. After a time without any process, the next tick
 * serves only the newest due time.
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

/** False if another run is reading the same list, or if Slack did not say who reads the channel: the next tick asks again. */
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
