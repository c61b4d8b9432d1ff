import type { Notice, Outbox } from '../sync/outbox.ts';
import type { Logger } from '../sync/ports.ts';
import { inRounds } from '../sync/rounds.ts';
import { retryAfterSeconds, slackErrorCode } from './client.ts';
import { type DeliveryPorts, deliver } from './deliver.ts';

/** How many runs are told about at once. */
const AT_ONCE = 5;
const LONGEST_PAUSE_SECONDS = 60;
/** Where what Slack was told could not be written: it is told anew, which changes nothing there, but costs requests. */
const LOST_PAUSE_SECONDS = 1;
/** After a day nobody waits for the message any more; the run and its audit rows keep what it would have said. */
const GIVE_UP_SECONDS = 24 * 3600;

export type Delivery = {
  /**
   * Begins to deliver what is due. What takes long, such as a large file, keeps its own place alone: each notice that is
   * over makes room for the next. Where Slack has asked for a pause, nothing is told before it is over: each further call
   * would only be refused, and prolong it. Where the database was lost, there is a pause too. Never throws.
   */
  kick(): Promise<void>;
  /** The same, and waits until nothing is under way any more. Never throws. */
  settle(): Promise<void>;
};

export function createDelivery(ports: DeliveryPorts & { outbox: Outbox; logger: Logger }): Delivery {
  const beingTold = new Set<number>();
  const underWay = new Set<Promise<void>>();
  let quietUntil = 0;

  const kick = inRounds<void>(async () => {
    const places = AT_ONCE - beingTold.size;
    if (places === 0 || performance.now() < quietUntil) return;
    const notices = await unlessLost(ports.logger, () => ports.outbox.claimDue(places, [...beingTold]));
    for (const notice of notices ?? []) begin(notice);
  });

  function begin(notice: Notice): void {
    beingTold.add(notice.id);
    const telling = tell(notice)
      .then(() => {
        beingTold.delete(notice.id);
        return kick();
      })
      .finally(() => underWay.delete(telling));
    underWay.add(telling);
  }

  async function tell(notice: Notice): Promise<void> {
    const pauseSeconds = (await unlessLost(ports.logger, () => attempt(ports, notice))) ?? LOST_PAUSE_SECONDS;
    if (pauseSeconds > 0) quietUntil = Math.max(quietUntil, performance.now() + pauseSeconds * 1000);
  }

  return {
    kick,
    settle: async () => {
      await kick();
      while (underWay.size > 0) await Promise.race(underWay);
    },
  };
}

/** Undefined where the outbox cannot be reached: what is in it stays there. */
async function unlessLost<T>(logger: Logger, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logger.warn({ err: error }, 'the outbox could not be reached; trying again');
    return undefined;
  }
}

/** Returns for how many seconds Slack wants to be left alone. */
async function attempt(
  ports: DeliveryPorts & { outbox: Outbox; logger: Logger },
  notice: Notice,
): Promise<number> {
  const { outbox, logger } = ports;
  const fields = { run: notice.runId, notice: notice.id, kind: notice.kind, attempt: notice.attempts };
  try {
    await deliver(ports, notice);
    await outbox.close(notice);
    logger.debug(fields, 'told Slack');
    return 0;
  } catch (error) {
    const reason = slackErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
    if (notice.ageSeconds > GIVE_UP_SECONDS) {
      logger.error({ ...fields, slack: reason, err: error }, 'Slack could not be told for a day; given up');
      await outbox.close(notice);
      return 0;
    }
    const asked = retryAfterSeconds(error);
    const pause = asked ?? Math.min(2 ** (notice.attempts - 1), LONGEST_PAUSE_SECONDS);
    logger.warn(
      { ...fields, slack: reason, again: pause, err: error },
      'Slack could not be told; trying again',
    );
    await outbox.postpone(notice, reason, pause);
    return asked ?? 0;
  }
}
