import type { App } from '@slack/bolt';
import { answering, type Tell } from './answer.ts';
import { beginPreview } from './begin-preview.ts';
import type { Desk } from './desk.ts';
import { ACTIONS } from './ids.ts';
import { parseHomeButton, parseHomeOpened } from './payloads.ts';
import { homeView } from './views/home-view.ts';
import { refusalText } from './views/refusal.ts';

const RECENT_RUNS = 10;
/** How many people's Home tabs are kept current after a run; others see theirs anew when they open it. */
const MOST_VIEWERS = 20;

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

/** Shows someone their Home tab as things stand now. */
async function publishHome(desk: Desk, userId: string): Promise<void> {
  const { client, overview, targets, linkOf, homeChannelId } = desk;
  const t = await desk.textsOf(userId);
  const admin = await desk.isAdmin(userId);
  const view = admin
    ? homeView(t, {
        admin,
        overviews: await overview.targets(targets),
        recent: await overview.history(undefined, undefined, RECENT_RUNS),
        schedule: desk.schedulePlan(),
        linkOf,
        channelId: homeChannelId,
      })
    : homeView(t, { admin });
  await client.views.publish({ user_id: userId, view });
}

/** Brings the Home tabs of those who looked at them lately up to date. Never throws. */
export async function refreshHomes(desk: Desk): Promise<void> {
  try {
    for (const userId of await desk.viewers.recent(MOST_VIEWERS)) await publishHome(desk, userId);
  } catch (error) {
    desk.logger.debug({ err: error }, 'the Home tabs could not be brought up to date');
  }
}
