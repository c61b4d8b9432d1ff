import type { Logger } from '../../sync/ports/ports.ts';
import { NOTICE_KINDS, type Notice, type NoticeKind, type Places } from '../../sync/ports/steps.ts';
import { inRounds } from '../../sync/run/concurrency.ts';
import { fileRejectionOf, rejectionOf } from '../connect/rejection.ts';
import { deliverNotice } from './deliver-notice.ts';
import type { DeliveryPorts, Told } from './told.ts';

/** How many notices of each kind are delivered at once. Each kind has its own limit, so that no kind waits for another. */
const AT_ONCE: Places = { thread: 5, message: 5, list: 3, summary: 2, call: 2, digest: 1 };
const LONGEST_PAUSE_SECONDS = 60;
/** The pause if the end of a notice could not be written. It is delivered again, which only costs requests. */
const LOST_PAUSE_SECONDS = 1;
/** After a day nobody waits for the message any more. The run and its audit rows keep the content. */
const GIVE_UP_SECONDS = 24 * 3600;

/** A notice that Slack did not take. `untold`: nobody learned how the run ended. */
export type RefusedNotice = { readonly kind: NoticeKind; readonly outcome: 'refused' | 'untold' };

export type Delivery = {
  /** Starts to deliver due notices. A pause that Slack asks for, or a loss of the database, holds up their kind. Never throws. */
  kick(): Promise<void>;
  /** Waits until no delivery is under way, except files, which may take long. Never throws. */
  drain(): Promise<void>;
  /** As `kick`, then as `drain`. */
  settle(): Promise<void>;
  /** Claims no notice any more: a stopping process must hold none for which others would have to wait. Never throws. */
  close(): Promise<void>;
};

type Ports = DeliveryPorts & {
  readonly logger: Logger;
  readonly reportRefused: (refused: RefusedNotice) => void;
};

/** One delivery for each process. Any number of processes may share an outbox. */
export function createDelivery(ports: Ports): Delivery {
  const { outbox, logger } = ports;
  const beingTold = new Map<number, NoticeKind>();
  const underWay = new Set<Promise<void>>();
  const claims = new Set<Promise<boolean>>();
  const quietUntil = new Map<NoticeKind, number>();
  let isClosed = false;

  function placesOf(kind: NoticeKind): number {
    if (performance.now() < (quietUntil.get(kind) ?? 0)) return 0;
    return AT_ONCE[kind] - [...beingTold.values()].filter((each) => each === kind).length;
  }

  // The end of what is held is followed by a look. At the same time, both would take longer.
  const kick = async () => {
    if (!beginHeld()) await look();
  };

  const look = inRounds<void>(async () => {
    if (isClosed) return;
    const places: Places = {
      thread: placesOf('thread'),
      message: placesOf('message'),
      list: placesOf('list'),
      summary: placesOf('summary'),
      call: placesOf('call'),
      digest: ports.digest === undefined ? 0 : placesOf('digest'),
    };
    if (NOTICE_KINDS.every((kind) => places[kind] === 0)) return;
    const notices = await unlessLost(logger, () => outbox.claimDue(places, [...beingTold.keys()]));
    // What was held, or claimed with the end of an edit, may be among them.
    for (const notice of notices ?? []) if (!beingTold.has(notice.id)) begin(notice);
  });

  /** Returns whether any begins. A look finds those for which there is no place. */
  function beginHeld(): boolean {
    const before = beingTold.size;
    for (const notice of outbox.takeHeld()) if (placesOf(notice.kind) > 0) begin(notice);
    return beingTold.size > before;
  }

  function begin(notice: Notice): void {
    beingTold.set(notice.id, notice.kind);
    const telling = tell(notice)
      .then(() => {
        beingTold.delete(notice.id);
        return kick();
      })
      .finally(() => underWay.delete(telling));
    if (notice.kind !== 'list') underWay.add(telling);
  }

  async function tell(notice: Notice): Promise<void> {
    const pauseSeconds =
      (await unlessLost(logger, () => attempt(ports, notice, close))) ?? LOST_PAUSE_SECONDS;
    if (pauseSeconds > 0) quietUntil.set(notice.kind, performance.now() + pauseSeconds * 1000);
  }

  /** Writes the end of a notice, and begins the outcome that waited for it without another look. */
  async function close(notice: Notice): Promise<void> {
    const { next } = notice;
    // After two seconds, a look may have found the outcome, and it is being told.
    if (next === undefined || isClosed || beingTold.has(next.id) || placesOf(next.kind) <= 0)
      return outbox.close(notice);
    // Its place is taken beforehand, so that no look at the outbox claims it too.
    beingTold.set(next.id, next.kind);
    const claiming = outbox.closeAndClaim(notice, next);
    claims.add(claiming);
    let isClaimed = false;
    try {
      isClaimed = await claiming;
    } finally {
      claims.delete(claiming);
      // What a stopping process has claimed so late, it hands on with its leases.
      if (isClaimed && !isClosed) begin(next);
      else beingTold.delete(next.id);
    }
  }

  const drain = async () => {
    while (underWay.size > 0) await Promise.race(underWay);
  };

  return {
    kick,
    drain,
    settle: async () => {
      await kick();
      await drain();
    },
    close: async () => {
      isClosed = true;
      outbox.hold(false);
      await Promise.allSettled([kick(), ...claims]);
    },
  };
}

/** Undefined if the outbox cannot be reached. Its notices stay there. */
async function unlessLost<T>(logger: Logger, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logger.warn({ err: error }, 'the outbox could not be reached; trying again');
    return undefined;
  }
}

type Close = (notice: Notice) => Promise<void>;

/** Delivers one notice and writes its end. Returns for how many seconds Slack wants no more calls. */
async function attempt(ports: Ports, notice: Notice, close: Close): Promise<number> {
  const { outbox, logger } = ports;
  const fields = { run: notice.runId, notice: notice.id, kind: notice.kind, attempt: notice.attempts };
  try {
    await end(ports, notice, await deliverNotice(ports, notice), close);
    return 0;
  } catch (error) {
    const rejection = notice.kind === 'list' ? fileRejectionOf(error) : rejectionOf(error);
    const { reason, pauseSeconds } = rejection;
    if (notice.ageSeconds > GIVE_UP_SECONDS) {
      logger.error({ ...fields, slack: reason, err: error }, 'Slack could not be told for a day; given up');
      await end(ports, notice, { outcome: notice.kind === 'thread' ? 'untold' : 'refused', reason }, close);
      return 0;
    }
    const again = pauseSeconds ?? Math.min(2 ** (notice.attempts - 1), LONGEST_PAUSE_SECONDS);
    logger.warn({ ...fields, slack: reason, again, err: error }, 'Slack could not be told; trying again');
    await outbox.postpone(notice, reason, again);
    return pauseSeconds ?? 0;
  }
}

async function end(
  { outbox, logger, reportRefused }: Ports,
  notice: Notice,
  told: Told,
  close: Close,
): Promise<void> {
  const { id, runId, kind, attempts } = notice;
  const fields = { run: runId, notice: id, kind, attempt: attempts };
  switch (told.outcome) {
    case 'told':
      await close(notice);
      logger.debug(fields, 'told Slack');
      return;
    case 'goes_on':
      await outbox.postpone(notice, 'goes_on', 0);
      return;
    case 'refused':
      await close(notice);
      logger.warn({ ...fields, slack: told.reason }, 'Slack refused it for good; given up');
      reportRefused({ kind, outcome: 'refused' });
      return;
    case 'untold':
      await outbox.close(notice, told.reason);
      logger.error({ ...fields, slack: told.reason }, 'Slack refused it everywhere: nobody was told');
      reportRefused({ kind, outcome: 'untold' });
  }
}
