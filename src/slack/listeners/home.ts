import type { App } from '@slack/bolt';
import { ACTIONS } from '../ids.ts';
import { type AdminHome, HOME_TARGETS, homeView } from '../views/home-view.ts';
import { refusalText } from '../views/refusal.ts';
import { answering, directly, inTurn } from './answer.ts';
import { beginPreview } from './begin.ts';
import type { Desk } from './desk.ts';
import { inModal } from './modal.ts';
import { parseHomeButton, parseHomeOpened } from './payloads.ts';

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

const RECENT_RUNS = 10;
/** How many people's Home tabs are kept current after a run; others see theirs anew when they open it. */
const MOST_VIEWERS = 20;
/** Slack takes some 100 views a minute. */
const MS_PER_VIEW = 750;

type Look = () => Promise<AdminHome>;

/** Shows someone their Home tab; `look` says what admins see. */
async function publishHome(desk: Desk, userId: string, look: Look = () => lookUp(desk)): Promise<void> {
  const t = await desk.textsOf(userId);
  const view = homeView(t, (await desk.isAdmin(userId)) ? await look() : { admin: false });
  await desk.client.views.publish({ user_id: userId, view });
}

async function lookUp(desk: Desk): Promise<AdminHome> {
  const { overview, targets, linkOf, homeChannelId } = desk;
  return {
    admin: true,
    overviews: await overview.targets(targets.slice(0, HOME_TARGETS)),
    others: targets.slice(HOME_TARGETS),
    recent: await overview.history(undefined, undefined, RECENT_RUNS),
    schedule: desk.schedulePlan(),
    linkOf,
    channelId: homeChannelId,
  };
}

/** The Home tabs of those who looked at them lately. */
export type Homes = {
  /** Brings them up to date, or leaves that to the next `catchUp`. Never throws. */
  refresh(): Promise<void>;
  /** Does what `refresh` has left, so that many runs that end at a time cost one refresh. Never throws. */
  catchUp(): Promise<void>;
};

export function createHomes(desk: Desk): Homes {
  let stale = false;
  let busy = false;
  let quietUntil = 0;

  async function catchUp(): Promise<void> {
    if (!stale || busy || performance.now() < quietUntil) return;
    [stale, busy] = [false, true];
    const published = await publishAll(desk);
    busy = false;
    quietUntil = performance.now() + published * MS_PER_VIEW;
  }

  return {
    catchUp,
    refresh: () => {
      stale = true;
      return catchUp();
    },
  };
}

/** Returns how many were brought up to date. Never throws. */
async function publishAll(desk: Desk): Promise<number> {
  let looked: Promise<AdminHome> | undefined;
  const look = () => {
    looked ??= lookUp(desk);
    return looked;
  };
  let published = 0;
  try {
    for (const userId of await desk.viewers.recent(MOST_VIEWERS)) {
      await publishHome(desk, userId, look);
      published += 1;
    }
  } catch (error) {
    desk.logger.debug({ err: error }, 'the Home tabs could not be brought up to date');
  }
  return published;
}
