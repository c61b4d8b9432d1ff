import type { Config } from '../config/config.ts';
import { lastDueBy } from '../config/schedules.ts';
import type { Digest } from '../slack/tell/told.ts';
import { STATUS_TARGETS } from '../slack/views/answers/status-message.ts';
import type { Stores } from './stores.ts';

/** Of each list, as many as one message may have space for. */
const MOST_SYNCS = 50;
const MOST_WAITING = 20;
const MOST_ALONE = 20;

/** The weekly digest over the stores; undefined where there is none. */
export function wireDigest({ digest, targets }: Config, stores: Stores): Digest | undefined {
  if (digest === undefined) return undefined;
  const { cron, timezone, channelId } = digest;
  const lastDue = lastDueBy(cron, timezone);
  const { digests, overview } = stores;
  const names = [...targets.keys()].slice(0, STATUS_TARGETS);
  return {
    channelId,
    facts: async (until) => {
      const since = lastDue(until) ?? until;
      return {
        since,
        until,
        syncs: await digests.syncs(since, until, MOST_SYNCS),
        alone: await digests.alone(since, until, MOST_ALONE),
        targets: await overview.targets(names),
        waiting: await digests.waiting(MOST_WAITING),
        end: await digests.end(),
      };
    },
  };
}
