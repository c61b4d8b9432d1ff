import type { App } from '@slack/bolt';
import { ACTIONS, ADJUSTMENT, GUARDED_CONFIRMATION } from '../ids.ts';
import { messageModal } from '../views/modal.ts';
import { alone, answering } from './answer.ts';
import type { Desk } from './desk.ts';

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
