import type { Registry } from 'prom-client';
import type { Refused } from '../../slack/tell/delivery.ts';
import { NOTICE_KINDS } from '../../sync/outbox.ts';
import { counter } from './series.ts';

/** Counts notices that Slack never takes. Returns the function to be told of each. */
export function countRefusedNotices(registry: Registry): (refused: Refused) => void {
  const refused = counter({
    registry,
    name: 'usersync_notices_refused_total',
    help: 'Notices that Slack never takes, by kind; untold are those of which nobody could be told.',
    labels: { kind: NOTICE_KINDS, outcome: ['refused', 'untold'] },
  });
  return ({ kind, outcome }) => refused.inc({ kind, outcome });
}
