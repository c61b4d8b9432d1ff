import type { App } from '@slack/bolt';
import { answering, type Tell } from './answer.ts';
import { beginPreview } from './begin-preview.ts';
import type { Desk } from './desk.ts';
import { ACTIONS } from './ids.ts';
import { parseHomeButton, parseHomeOpened } from './payloads.ts';
import { publishHome } from './publish-home.ts';
import { refusalText } from './views/refusal.ts';

/** The app's Home tab: opened, and its Preview buttons. */
export function registerHome(app: App, desk: Desk): void {
  const { logger, showing, viewers, homeChannelId } = desk;

  app.event('app_home_opened', async ({ event }) => {
    await answering(
      { t: showing.t, logger },
      async () => {},
      async () => {
        const { userId, tab } = parseHomeOpened(event);
        if (tab !== 'home') return;
        await publishHome(desk, userId);
        await viewers.saw(userId);
      },
    );
  });

  app.action({ type: 'block_actions', action_id: ACTIONS.homePreview }, async ({ ack, body }) => {
    await ack();
    const { user, value, triggerId } = parseHomeButton(body);
    const tell: Tell = (text) => desk.client.chat.postMessage({ channel: user.userId, text });
    await answering({ t: showing.t, logger }, tell, async () => {
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
