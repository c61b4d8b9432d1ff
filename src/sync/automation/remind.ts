import type { Overview } from '../ports/overview.ts';

const DAY_MS = 24 * 3600 * 1000;

/** The weeks that already had their reminder. */
export type Reminders = {
  /** Claims a week, named by its Monday (`2026-11-16`). True for only one process. */
  claim(week: string): Promise<boolean>;
  release(week: string): Promise<void>;
};

/** A target whose last sync is `days` days ago, or that was never synced. */
export type Unsynced = { readonly target: string; readonly days: number | 'never' };

type Ports = {
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
export function createReminder(ports: Ports): { tick(now: Date): Promise<void> } {
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
