import { createHash } from 'node:crypto';
import type { Overview } from '../ports/overview.ts';
import type { Queue } from '../run/queue.ts';
import type { Refusal } from '../run/refusal.ts';
import { SYSTEM } from '../run/run.ts';
import type { Preview } from '../use-cases/preview.ts';

/** Messages that the channel gets once, from any process. A key of up to 10 characters names one: a Monday (`2026-11-16`). */
export type Reminders = {
  /**
   * Claims a key for a minute. `first`: nobody has tried. `again`: an earlier claim has run out, so the message may already be in
   * the channel. `busy`: another claim is in force. `told`: the message is in the channel.
   */
  claim(key: string): Promise<'first' | 'again' | 'busy' | 'told'>;
  /** Prolongs a claim to five times the age of its key: the message may be in the channel, and the bot may not look for it. */
  answerLost(key: string): Promise<void>;
  /** Records that the channel has the message. */
  told(key: string): Promise<void>;
};

/** A claimed message. `mayStand`: it may already be in the channel, posted after `since`. */
export type ClaimedPost = { readonly key: string; readonly since: Date; readonly mayStand: boolean };

/** A scheduled preview that was not made, and why. */
export type Unmade = { readonly target: string; readonly refusal: Refusal };

type Scheduling = {
  readonly preview: Preview;
  readonly queue: Queue;
  readonly reminders: Pick<Reminders, 'claim' | 'told'>;
  /** The newest due time before `now`. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
  readonly channelId: string;
  /** Tells the channel of previews that were not made. Throws if the post failed. */
  readonly tell: (unmade: readonly (Unmade & ClaimedPost)[]) => Promise<void>;
};

/**
 * Opens previews on a schedule; never executes anything. `tick` may be called at any time, by any number of processes: the due
 * time is part of the request key, so each due time makes one run per target. After a time without any process, the next tick
 * serves only the newest due time. Nobody waits for a scheduled preview, so the channel is told of each that was not made. If a
 * process dies over this, or Slack does not take it, it is tried again a minute later, until the next time is due.
 */
export function createSchedule(ports: Scheduling): { tick(now: Date): Promise<void> } {
  const { lastDue, targets } = ports;
  let begun: number | undefined;
  let pending = new Set<string>();
  let untold = new Map<string, Refusal>();
  return {
    tick: async (now) => {
      const due = lastDue(now);
      if (due === undefined) return;
      if (due.getTime() !== begun) {
        begun = due.getTime();
        pending = new Set(targets);
        untold = new Map();
      }
      await openPending(ports, due, pending, untold);
      await tellUntold(ports, due, untold);
    },
  };
}

/** Another run is reading the same list, or Slack did not say who reads the channel: the next tick asks again. */
const ASKED_AGAIN: readonly Refusal['code'][] = ['being_read', 'channel_unverifiable'];

/** Opens the pending previews. An opened or refused preview is no longer pending; a refusal to tell the channel is `untold`. */
async function openPending(
  ports: Scheduling,
  due: Date,
  pending: Set<string>,
  untold: Map<string, Refusal>,
): Promise<void> {
  for (const target of pending) {
    const refusal = await previewTarget(ports, target, due);
    if (refusal !== undefined && ASKED_AGAIN.includes(refusal.code)) continue;
    // Another company reads a shared channel, so nothing is posted there; doctor says so.
    if (refusal !== undefined && refusal.code !== 'shared_channel') untold.set(target, refusal);
    pending.delete(target);
  }
}

/** Tells the channel of the refusals that no other process tells. A refusal that was told is no longer `untold`. */
async function tellUntold(
  { reminders, tell }: Scheduling,
  due: Date,
  untold: Map<string, Refusal>,
): Promise<void> {
  const claimed: (Unmade & ClaimedPost)[] = [];
  for (const [target, refusal] of untold) {
    const key = reminderKey(due, target);
    const claim = await reminders.claim(key);
    if (claim === 'told') untold.delete(target);
    if (claim === 'first' || claim === 'again') {
      claimed.push({ target, refusal, key, since: due, mayStand: claim === 'again' });
    }
  }
  // Those that must be looked for come last: a failed look holds up no others.
  for (const mayStand of [false, true]) {
    const posts = claimed.filter((each) => each.mayStand === mayStand);
    if (posts.length > 0) await tell(posts);
    for (const { target, key } of posts) {
      await reminders.told(key);
      untold.delete(target);
    }
  }
}

/** The key of a preview that was not made: 10 characters, the most that `Reminders` takes. */
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

/** A target whose last sync is `days` days ago, or that was never synced. */
export type Unsynced = { readonly target: string; readonly days: number | 'never' };

type Reminding = {
  readonly overview: Pick<Overview, 'lastSyncs'>;
  readonly reminders: Pick<Reminders, 'claim' | 'told'>;
  readonly targets: readonly string[];
  readonly afterDays: number;
  /** Posts the reminder in the channel. Throws if the post failed. */
  readonly tell: (unsynced: readonly Unsynced[], post: ClaimedPost) => Promise<void>;
};

/**
 * Reminds once a week, on any number of processes, of targets that were not synced for `afterDays` days. A reminder that could
 * not be posted, or whose process died, is tried again a minute later.
 */
export function createReminder(ports: Reminding): { tick(now: Date): Promise<void> } {
  const { overview, reminders, targets, afterDays, tell } = ports;
  let served: string | undefined;
  return {
    tick: async (now) => {
      const since = mondayOf(now);
      const week = since.toISOString().slice(0, 10);
      if (week === served) return;
      const synced = await overview.lastSyncs(targets);
      const unsynced = targets
        .map((target) => ({ target, days: daysSince(synced.get(target), now) }))
        .filter(({ days }) => days === 'never' || days >= afterDays);
      const claim = unsynced.length === 0 ? 'told' : await reminders.claim(week);
      if (claim === 'busy') return;
      if (claim !== 'told') {
        await tell(unsynced, { key: week, since, mayStand: claim === 'again' });
        await reminders.told(week);
      }
      served = week;
    },
  };
}

function daysSince(date: Date | undefined, now: Date): number | 'never' {
  return date === undefined ? 'never' : Math.floor((now.getTime() - date.getTime()) / DAY_MS);
}

/** The beginning of the week's Monday in UTC. */
function mondayOf(now: Date): Date {
  const sinceMonday = (now.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - sinceMonday));
}
