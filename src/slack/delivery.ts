import type { Notice, Outbox } from '../sync/outbox.ts';
import type { Logger } from '../sync/ports.ts';
import { inRounds } from '../sync/rounds.ts';
import { retryAfterSeconds, slackErrorCode } from './client.ts';
import { type DeliveryPorts, deliver } from './deliver.ts';

/** How many runs are told about at once. */
const AT_ONCE = 5;
const LONGEST_PAUSE_SECONDS = 60;
/** After a day nobody waits for the message any more; the run and its audit rows keep what it would have said. */
const GIVE_UP_SECONDS = 24 * 3600;

export type Delivery = {
  /**
   * Delivers what is due. A call while it is at it makes it look once more. Where Slack has asked for a pause, nothing is
   * told before it is over: each further call would only be refused, and prolong it. Never throws.
   */
  kick(): Promise<void>;
};

export function createDelivery(ports: DeliveryPorts & { outbox: Outbox; logger: Logger }): Delivery {
  let quietUntil = 0;

  async function deliverDue(): Promise<void> {
    for (let tried = 1; tried > 0 && performance.now() >= quietUntil; ) {
      const some = await deliverSome(ports);
      tried = some.tried;
      if (some.pauseSeconds > 0) quietUntil = performance.now() + some.pauseSeconds * 1000;
    }
  }

  return {
    kick: inRounds<void>(() =>
      deliverDue().catch((error: unknown) =>
        ports.logger.warn({ err: error }, 'the outbox could not be read; trying again'),
      ),
    ),
  };
}

type Delivered = {
  readonly tried: number;
  /** How long Slack wants to be left alone; 0 where it does not. */
  readonly pauseSeconds: number;
};

async function deliverSome(ports: DeliveryPorts & { outbox: Outbox; logger: Logger }): Promise<Delivered> {
  const notices = await ports.outbox.claimDue(AT_ONCE);
  const pauses = await Promise.all(notices.map((notice) => attempt(ports, notice)));
  return { tried: notices.length, pauseSeconds: Math.max(0, ...pauses) };
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
