import type { App } from '@slack/bolt';
import { ACTIONS } from '../ids.ts';
import { refusalText } from '../views/refusal.ts';
import { answering, directly, inTurn } from './answer.ts';
import { beginPreview } from './begin-preview.ts';
import type { Desk } from './desk.ts';
import { inModal } from './open-modal.ts';
import { parseHomeButton, parseHomeOpened } from './payloads.ts';
import { publishHome } from './publish-home.ts';

/** The app's Home tab: opened, and its Preview buttons. */
export function registerHome(app: App, desk: Desk): void {
  const { client, logger, showing, viewers, homeChannelId } = desk;

  app.event('app_home_opened', async ({ event }) => {
    const userId = parseHomeOpened(event);
    if (userId === undefined) return;
    await answering({ t: showing.t, logger }, directly(client, userId), async () => {
      await publishHome(desk, userId);
      await viewers.saw(userId);
    });
  });

  app.action({ type: 'block_actions', action_id: ACTIONS.homePreview }, async ({ ack, body }) => {
    await ack();
    const modal = inModal(client, showing.t, body.trigger_id);
    const tell = inTurn(directly(client, body.user.id), modal);
    await answering({ t: showing.t, logger }, tell, async () => {
      const { user, value, triggerId } = parseHomeButton(body);
      const t = await desk.textsOf(user.userId);
      const access = await desk.authorize(user);
      const target = desk.targets.find((name) => name === value);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
      } else if (target !== undefined && homeChannelId !== undefined) {
        const asked = { actor: access.actor, channelId: homeChannelId, requestKey: triggerId, target };
        await beginPreview(desk, await desk.preview.request(asked), { t, tell });
      }
    });
  });
}
