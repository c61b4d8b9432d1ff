import type { Notice, Outbox } from '../sync/outbox.ts';
import type { Logger } from '../sync/ports.ts';
import { retryAfterSeconds, slackErrorCode } from './client.ts';
import { type DeliveryPorts, deliver } from './deliver.ts';

/** How many runs are told about at once. */
const AT_ONCE = 5;
const LONGEST_PAUSE_SECONDS = 60;
/** After a day nobody waits for the message any more; the run and its audit rows keep what it would have said. */
const GIVE_UP_SECONDS = 24 * 3600;

export type Delivery = {
  /** Delivers what is due. Calls while it is at it make it look once more. Never throws. */
  kick(): Promise<void>;
};

export function createDelivery(ports: DeliveryPorts & { outbox: Outbox; logger: Logger }): Delivery {
  const { logger } = ports;
  let current: Promise<void> | undefined;
  let again = false;

  async function rounds(): Promise<void> {
    do {
      again = false;
      if ((await round(ports)) > 0) again = true;
    } while (again);
  }

  return {
    kick: () => {
      again = true;
      current ??= rounds()
        .catch((error: unknown) => logger.warn({ err: error }, 'the outbox could not be read; trying again'))
        .finally(() => {
          current = undefined;
        });
      return current;
    },
  };
}

async function round(ports: DeliveryPorts & { outbox: Outbox; logger: Logger }): Promise<number> {
  const notices = await ports.outbox.claimDue(AT_ONCE);
  await Promise.all(notices.map((notice) => attempt(ports, notice)));
  return notices.length;
}

async function attempt(
  ports: DeliveryPorts & { outbox: Outbox; logger: Logger },
  notice: Notice,
): Promise<void> {
  const { outbox, logger } = ports;
  const fields = { run: notice.runId, notice: notice.id, kind: notice.kind, attempt: notice.attempts };
  try {
    await deliver(ports, notice);
    await outbox.close(notice);
    logger.debug(fields, 'told Slack');
  } catch (error) {
    const reason = slackErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
    if (notice.ageSeconds > GIVE_UP_SECONDS) {
      logger.error({ ...fields, slack: reason, err: error }, 'Slack could not be told for a day; given up');
      await outbox.close(notice);
      return;
    }
    const pause = retryAfterSeconds(error) ?? Math.min(2 ** (notice.attempts - 1), LONGEST_PAUSE_SECONDS);
    logger.warn(
      { ...fields, slack: reason, again: pause, err: error },
      'Slack could not be told; trying again',
    );
    await outbox.postpone(notice, reason, pause);
  }
}
