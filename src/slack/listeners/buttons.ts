import type { App } from '@slack/bolt';
import type { Click } from '../../sync/click.ts';
import { ACTIONS, ADJUSTMENT, GUARDED_CONFIRMATION, parseRunId } from '../ids.ts';
import { messageModal } from '../views/blocks.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering, type Reader } from './answer.ts';
import { beginExecution, beginPreview, showSoon } from './begin.ts';
import type { Desk } from './desk.ts';
import { parseButton } from './payloads.ts';

/**
 * Listens to a button of a run's message: acknowledges, checks who pressed it, and hands over the click.
 * A refusal is told to whoever pressed, alone, and leaves the message as it is.
 */
function onPress(
  app: App,
  desk: Desk,
  actionId: string,
  serve: (click: Click, reader: Reader, triggerId: string) => Promise<void>,
): void {
  app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
    await ack();
    const tell = alone(respond, desk.client, body.user.id);
    await answering({ t: desk.showing.t, logger: desk.logger }, tell, async () => {
      const { visitor, message, value, triggerId } = parseButton(body);
      const t = await desk.textsOf(visitor.userId);
      const access = await desk.authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      const runId = parseRunId(value);
      if (runId === undefined) {
        await desk.audit.append({ step: 'refused', actor: access.actor, outcome: 'run_not_found' });
        await tell(refusalText(t, { code: 'run_not_found' }));
        return;
      }
      await serve({ runId, actor: access.actor, message }, { t, tell }, triggerId);
    });
  });
}

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

/**
 * Buttons and modals of another version of the bot, which stay in Slack through an upgrade or a way back: whoever uses one
 * is told so. Bolt would leave them without an answer.
 */
export function registerUnknown(app: App, desk: Desk): void {
  const { client, textsOf, showing, logger } = desk;

  app.action({ type: 'block_actions', action_id: noneOf(Object.values(ACTIONS)) }, async (press) => {
    const { ack, body, respond } = press;
    await ack();
    const tell = alone(respond, client, body.user.id);
    await answering({ t: showing.t, logger }, tell, async () => {
      await tell((await textsOf(body.user.id)).trouble.unknownButton);
    });
  });

  app.view(
    { type: 'view_submission', callback_id: noneOf([GUARDED_CONFIRMATION, ADJUSTMENT]) },
    async ({ ack }) => {
      const view = messageModal(showing.t, 'usersync', showing.t.trouble.unknownButton);
      await ack({ response_action: 'update', view });
    },
  );
}

function noneOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?!(?:${names.join('|')})$)`);
}
