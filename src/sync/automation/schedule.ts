import { createHash } from 'node:crypto';
import type { Overview } from '../ports/overview.ts';
import type { Refusal } from '../run/click.ts';
import type { Queue } from '../run/queue.ts';
import { SYSTEM } from '../run/run.ts';
import type { Preview } from '../use-cases/preview.ts';

/** A scheduled preview that was not made, and why. */
export type Unmade = { readonly target: string; readonly refusal: Refusal };

type Scheduling = {
  readonly preview: Preview;
  readonly queue: Queue;
  readonly reminders: Reminders;
  /** The newest due time before `now`. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
  readonly channelId: string;
  /** Tells the channel of previews that were not made. Throws if the post failed. */
  readonly tell: (unmade: readonly Unmade[]) => Promise<void>;
};

/** 1 min. A message that Slack did not take is posted again after so long. */
const TELL_AGAIN_MS = 60_000;

/**
 * Opens previews on a schedule; never executes anything. `tick` may be called at any time, by any number of processes: the due
 * time is part of the request key, so each due time makes one run per target. After a time without any process, the next tick
 * serves only the newest due time. Nobody waits for a scheduled preview, so the channel is told of each that was not made, by one
 * process, which tries until Slack takes it or the next time is due.
 */
export function createSchedule(ports: Scheduling): { tick(now: Date): Promise<void> } {
  const { lastDue, targets, tell } = ports;
  let begun: number | undefined;
  let pending = new Set<string>();
  let untold: Unmade[] = [];
  let tellFrom = 0;
  return {
    tick: async (now) => {
      const due = lastDue(now);
      if (due === undefined) return;
      if (due.getTime() !== begun) {
        begun = due.getTime();
        pending = new Set(targets);
        untold = [];
        tellFrom = 0;
      }
      await openPending(ports, due, pending, untold);
      if (untold.length === 0 || now.getTime() < tellFrom) return;
      tellFrom = now.getTime() + TELL_AGAIN_MS;
      await tell(untold);
      untold = [];
    },
  };
}

/** Another run is reading the same list, or Slack did not say who reads the channel: the next tick asks again. */
const ASKED_AGAIN: readonly Refusal['code'][] = ['being_read', 'channel_unverifiable'];

/** Opens the pending previews. One that is opened or refused is no longer pending; a refusal that is ours to tell is `untold`. */
async function openPending(
  ports: Scheduling,
  due: Date,
  pending: Set<string>,
  untold: Unmade[],
): Promise<void> {
  for (const target of pending) {
    const refusal = await previewTarget(ports, target, due);
    if (refusal !== undefined && ASKED_AGAIN.includes(refusal.code)) continue;
    // Another company reads a shared channel, so nothing is posted there; doctor says so.
    const isTold = refusal !== undefined && refusal.code !== 'shared_channel';
    if (isTold && (await ports.reminders.claim(reminderKey(due, target)))) untold.push({ target, refusal });
    pending.delete(target);
  }
}

/** A key of 10 characters: that of a reminder is as long as a date. */
function reminderKey(due: Date, target: string): string {
  return createHash('sha256').update(`${due.toISOString()} ${target}`).digest('base64url').slice(0, 10);
}

async function previewTarget(
  { preview, queue, channelId }: Scheduling,
  target: string,
  due: Date,
): Promise<Refusal | undefined> {
  const requestKey = `schedule ${due.toISOString()} ${target}`;
  const requested = await preview.request({ target, channelId, actor: SYSTEM, requestKey });
  if (requested.outcome === 'requested') await queue.start(requested);
  return requested.outcome === 'refused' ? requested.refusal : undefined;
}

const DAY_MS = 24 * 3600 * 1000;

/** What the channel was told once, on any number of processes. */
export type Reminders = {
  /** Claims a key of up to 10 characters, such as the Monday of a week (`2026-11-16`). True for only one process. */
  claim(key: string): Promise<boolean>;
  release(key: string): Promise<void>;
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
