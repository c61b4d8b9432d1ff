import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../../sync/run.ts';
import { whyRefused } from '../views/elsewhere.ts';
import type { Reader } from './answer.ts';
import type { Desk } from './desk.ts';

/** Longer than an edit may take; whoever pressed a button looks at its message for about as long. */
const SHOWN_WITHIN_MS = 3_000;

/** Has a run's message show what somebody just did to the run. Where Slack does not take that now, they are told. */
export async function showSoon(
  { delivery, outbox }: Pick<Desk, 'delivery' | 'outbox'>,
  run: Run,
  { t, tell }: Reader,
): Promise<void> {
  await Promise.race([delivery.settle(), wait(SHOWN_WITHIN_MS, undefined, { ref: false })]);
  const reason = await outbox.owed(run.id);
  if (reason !== undefined) await tell(t.rejection.shownLater(run.id, whyRefused(t, reason)));
}
