import type { App } from '@slack/bolt';
import { ACTIONS } from '../ids.ts';
import { refusalText } from '../views/refusal.ts';
import { beginExecution } from './begin-execution.ts';
import { beginPreview } from './begin-preview.ts';
import type { Desk } from './desk.ts';
import { onPress } from './press.ts';
import { showSoon } from './show-soon.ts';

/** Confirm & Execute, Cancel, Try Again and New Preview, Roll Back. */
export function registerButtons(app: App, desk: Desk): void {
  const { execution, cancel, retry, rollback, delivery } = desk;

  onPress(app, desk, ACTIONS.confirm, async (click, reader) => {
    await beginExecution(desk, await execution.confirm(click, undefined), reader);
  });

  onPress(app, desk, ACTIONS.cancel, async (click, reader) => {
    const cancelled = await cancel(click);
    if (cancelled.outcome === 'refused') await reader.tell(refusalText(reader.t, cancelled.refusal));
    else await showSoon(desk, cancelled.run, reader);
  });

  onPress(app, desk, ACTIONS.retry, async (click, reader) => {
    await beginPreview(desk, await retry(click), reader);
    await delivery.kick();
  });

  onPress(app, desk, ACTIONS.rollBack, async ({ runId, actor, message }, reader, requestKey) => {
    if (message === undefined) return;
    const { channelId } = message;
    await beginPreview(desk, await rollback({ runId, channelId, actor, requestKey, message }), reader);
  });
}
