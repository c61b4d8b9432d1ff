import type { Overview } from '../ports/overview.ts';
import type { Refusal } from '../run/click.ts';
import type { Queue } from '../run/queue.ts';
import { SYSTEM } from '../run/run.ts';
import type { Preview } from '../use-cases/preview.ts';

type Scheduling = {
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
export function createSchedule(ports: Scheduling): { tick(now: Date): Promise<void> } {
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
  { preview, queue, channelId }: Scheduling,
  target: string,
  due: Date,
): Promise<boolean> {
  const requestKey = `schedule ${due.toISOString()} ${target}`;
  const requested = await preview.request({ target, channelId, actor: SYSTEM, requestKey });
  if (requested.outcome === 'requested') await queue.start(requested);
  return requested.outcome !== 'refused' || !ASKED_AGAIN.includes(requested.refusal.code);
}

const DAY_MS = 24 * 3600 * 1000;

/** The weeks that already had their reminder. */
export type Reminders = {
  /** Claims a week, named by its Monday (`2026-11-16`). True for only one process. */
  claim(week: string): Promise<boolean>;
  release(week: string): Promise<void>;
};

/** A target whose last sync is `days` days ago, or that was never synced. */
export type Unsynced = { readonly target: string; readonly days: number | 'never' };

type Reminding = {
  readonly overview: Pick<Overview, 'lastSyncs'>;
  readonly reminders: Reminders;
  readonly targets: readonly string[];
  readonly afterDays: number;
  /** Posts the reminder in the channel. Throws if the post failed. */
  readonly tell: (unsynced: readonly Unsynced[]) => Promise<void>;
};

/**
 * Reminds once a week, on any number of processes, of targets that were not synced for `afterDays` days. A reminder that could
 * not be posted is tried again at the next tick.
 */
export function createReminder(ports: Reminding): { tick(now: Date): Promise<void> } {
  const { overview, reminders, targets, afterDays, tell } = ports;
  let served: string | undefined;
  return {
    tick: async (now) => {
      const week = weekOf(now);
      if (week === served) return;
      const synced = await overview.lastSyncs(targets);
      const unsynced = targets
        .map((target) => ({ target, days: daysSince(synced.get(target), now) }))
        .filter(({ days }) => days === 'never' || days >= afterDays);
      if (unsynced.length > 0 && (await reminders.claim(week))) {
        try {
          await tell(unsynced);
        } catch (error) {
          await reminders.release(week);
          throw error;
        }
      }
      served = week;
    },
  };
}

function daysSince(date: Date | undefined, now: Date): number | 'never' {
  return date === undefined ? 'never' : Math.floor((now.getTime() - date.getTime()) / DAY_MS);
}

/** The Monday of the week (UTC), as `2026-11-16`. */
function weekOf(now: Date): string {
  const sinceMonday = (now.getUTCDay() + 6) % 7;
  return new Date(now.getTime() - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
