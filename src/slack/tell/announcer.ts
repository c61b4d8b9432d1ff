import { setTimeout as wait } from 'node:timers/promises';
import { isDatabaseTrouble } from '../../sync/failures/errors.ts';
import type { Logger, Progress } from '../../sync/ports/ports.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import type { Outbox } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import { retryAfterSeconds, type SlackClient } from '../connect/client.ts';
import { rejectionOf } from '../connect/rejection.ts';
import type { OwnCause } from '../connect/rejection-reason.ts';
import type { Message } from '../views/blocks.ts';
import { whyRefused } from '../views/inline.ts';
import { readingMessage, waitingMessage } from '../views/run/run-message.ts';
import { type Asker, onHold } from './answer.ts';
import type { Delivery } from './delivery.ts';
import { attach } from './own-messages.ts';
import { type Showing, showRun } from './show-run.ts';

/** Milliseconds between two edits, times the number of reads: Slack allows some 50 edits a minute for all messages. */
const EDIT_EVERY_MS = 2_000;
/** A read can be cancelled in its message after so long, whether its pages come or not. */
const LONG_READ_MS = 60_000;
/** The timeout of the client for edits. Work never waits longer for an edit, and no late edit follows the final one. */
export const EDIT_TIMEOUT_MS = 2_000;

/** `reason` as in `Rejection`. */
export type Opened =
  | { readonly outcome: 'shown' }
  | { readonly outcome: 'later' | 'unreachable'; readonly reason: string };

export type Announcer = Progress & {
  /** Posts the run's message. `later`: the plan's notice shows it. `unreachable`: nothing does, and `abandon` has ended the run. */
  open(run: Run, abandon: (reason: string) => Promise<void>): Promise<Opened>;
};

/** A read whose message this process edits. `redrawing` brings Cancel though no page comes; `askedAt` counts if others posted it. */
type ShownRead = {
  readonly redrawing: NodeJS.Timeout;
  readonly askedAt: number;
  readonly lastEdit: number;
  readonly progress?: readonly [users: number, total: number | undefined];
};

/** The edits of `Progress` only inform: their errors are logged, and nothing is repeated. */
export function createAnnouncer(ports: {
  client: SlackClient;
  /** A client with the timeout `EDIT_TIMEOUT_MS`. */
  editClient: SlackClient;
  runs: Runs;
  logger: Logger;
  showing: Showing;
}): Announcer {
  const { client, editClient, runs, logger, showing } = ports;
  const reads = new Map<number, ShownRead>();
  const underWay = new Map<number, Promise<unknown>>();
  /** Messages of runs whose work began before Slack had answered with the message's `ts`. */
  const posted = new Map<number, { readonly ts: string; readonly at: number }>();
  /** Until when Slack wants no more edits. The one with the plan, which a notice makes, needs the room. */
  let quietUntil = 0;

  async function post(run: Run): Promise<Opened> {
    try {
      const message = await showRun(showing, run);
      const { ts } = await client.chat.postMessage({ channel: run.channelId, ...message });
      if (ts === undefined) return { outcome: 'later', reason: 'named_no_message' satisfies OwnCause };
      posted.set(run.id, { ts, at: performance.now() });
      await attach({ client, runs }, run, ts);
      return { outcome: 'shown' };
    } catch (error) {
      const { kind, reason } = rejectionOf(error);
      logger.warn({ run: run.id, slack: reason, err: error }, 'the run could not be shown');
      return { outcome: kind === 'later' ? 'later' : 'unreachable', reason };
    }
  }

  async function edit(run: Run, content: Message | Promise<Message>): Promise<void> {
    try {
      const message = await content;
      const ts = run.messageTs ?? posted.get(run.id)?.ts ?? (await runs.find(run.id))?.messageTs;
      if (ts !== undefined) await editClient.chat.update({ channel: run.channelId, ts, ...message });
    } catch (error) {
      quietUntil = Math.max(quietUntil, performance.now() + (retryAfterSeconds(error) ?? 0) * 1000);
      logger.debug({ run: run.id, err: error }, 'an edit that only shows progress was not taken');
    }
  }

  function track<T>(run: Run, work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => {
      if (underWay.get(run.id) === tracked) underWay.delete(run.id);
    });
    underWay.set(run.id, tracked);
    return tracked;
  }

  function show(run: Run): ShownRead {
    const askedAt = performance.now() - (Date.now() - run.requestedAt.getTime());
    const redrawing = setInterval(() => void redraw(run), LONG_READ_MS).unref();
    const shown = { redrawing, askedAt, lastEdit: 0 };
    reads.set(run.id, shown);
    return shown;
  }

  /** Unless another process has gone on with the run. */
  async function redraw(run: Run): Promise<void> {
    const now = await runs.find(run.id).catch(() => undefined);
    const shown = reads.get(run.id);
    if (shown !== undefined && now?.status === 'reading') draw(run, shown, true);
    else hide(run);
  }

  function draw(run: Run, { lastEdit, ...read }: ShownRead, mayBeCancelled = false): void {
    const now = performance.now();
    const at = posted.get(run.id)?.at ?? read.askedAt;
    const next = Math.max(lastEdit, at) + EDIT_EVERY_MS * reads.size;
    const due = !underWay.has(run.id) && now >= Math.max(quietUntil, next);
    reads.set(run.id, { ...read, lastEdit: due ? now : lastEdit });
    const isLong = mayBeCancelled || now >= at + LONG_READ_MS;
    if (due) void track(run, edit(run, readingMessage(showing.t, run, read.progress, isLong)));
  }

  function hide(run: Run): void {
    clearInterval(reads.get(run.id)?.redrawing);
    reads.delete(run.id);
  }

  function forget(run: Run): void {
    hide(run);
    posted.delete(run.id);
  }

  return {
    open: (run, abandon) => {
      const opening = async () => {
        const opened = await post(run);
        if (opened.outcome === 'unreachable') await abandon(opened.reason);
        return opened;
      };
      return track(run, opening());
    },
    reading: (run, users, total) => {
      const shown = reads.get(run.id) ?? show(run);
      if (users !== undefined) draw(run, { ...shown, progress: [users, total] });
    },
    settle: async (run) => {
      hide(run);
      // The caller of that edit handles its errors.
      await underWay.get(run.id)?.catch(() => {});
    },
    executing: (run) => track(run, edit(run, showRun(showing, run))),
    waiting: async (run, ahead) => {
      // The run's message may still be on its way to Slack.
      await underWay.get(run.id)?.catch(() => {});
      await track(run, edit(run, waitingMessage(showing.t, run, ahead)));
      forget(run);
    },
    databaseLost: async (run, why) => {
      await underWay.get(run.id)?.catch(() => {});
      const ts = run.messageTs ?? posted.get(run.id)?.ts;
      if (ts === undefined) return;
      const text = onHold(showing.t, run.id, why && showing.t.trouble.databaseWhy[why]);
      try {
        await editClient.chat.postMessage({ channel: run.channelId, thread_ts: ts, text });
      } catch (error) {
        logger.warn({ run: run.id, err: error }, 'the loss of the database could not be told');
      }
    },
    done: forget,
  };
}

/** Longer than an edit may take, and about as long as a person looks at the message after a click. */
const SHOWN_WITHIN_MS = 3_000;
/** After this many looks (half a minute), the person has seen whether the message shows the change. */
const MOST_LOOKS = 10;

/**
 * Waits until a run's message shows what the person has just done. If Slack does not take the update now, tells the person so. Trouble
 * of the database ends the wait: the step is stored, and the update follows by itself.
 */
export async function showSoon(
  services: { telling: { delivery: Pick<Delivery, 'settle'> }; records: { outbox: Pick<Outbox, 'owed'> } },
  run: Run,
  { t, tell }: Asker,
): Promise<void> {
  await Promise.race([services.telling.delivery.settle(), wait(SHOWN_WITHIN_MS, undefined, { ref: false })]);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const owed = await services.records.outbox.owed(run.id).catch(stored);
    if (owed === 'nothing') return;
    if (owed !== 'untried') {
      await tell(t.rejection.shownLater(run.id, whyRefused(t, owed.reason)));
      return;
    }
    // On a busy bot, the update may be behind others that Slack does not answer.
    await wait(SHOWN_WITHIN_MS, undefined, { ref: false });
  }
}

function stored(error: unknown): 'nothing' {
  if (isDatabaseTrouble(error)) return 'nothing';
  throw error;
}
