import type { AuditStep, RecordedStep } from '../../sync/ports/steps.ts';
import { retryAfterSeconds } from '../connect/client.ts';
import { ACTIONS } from '../ids.ts';
import { rejected } from '../tell/told.ts';
import { type AdminHome, HOME_RUNS, HOME_TARGETS, homeView } from '../views/answers/home-and-help.ts';
import { unknownTargetText } from '../views/answers/unknown-command.ts';
import { beginPreview } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';
import { overviewsOf } from './look-up.ts';

/** Registers the Home tab and its Preview buttons. */
export function registerHome(door: Door, services: Services): void {
  const { useCases, settings, records } = services;

  door.homeOpened(async (userId) => {
    await publishHome(services, userId, await services.people.refusalFor(userId));
    await records.viewers.saw(userId);
  });

  door.viewButton(ACTIONS.homePreview, async ({ value, triggerId: requestKey }, admitted) => {
    const target = settings.targets.find((name) => name === value);
    const channelId = settings.homeChannelId;
    // The tab may have been drawn before a change of the settings.
    if (target === undefined || channelId === undefined) {
      await admitted.tell(
        target === undefined
          ? unknownTargetText(admitted.t, String(value), settings.targets)
          : admitted.t.home.noChannel,
      );
      return;
    }
    const request = { actor: admitted.actor, channelId, requestKey, target };
    await beginPreview(services, await useCases.preview.request(request), { ...admitted, channelId });
  });
}

/** How many people's Home tabs are updated after a run. Other people see the new state when they open the tab. */
const MOST_VIEWERS = 20;
/** Slack takes some 100 views a minute. */
const MS_PER_VIEW = 750;
/** Whoever was not reached is tried again after 2 s, then after twice as long each time: for a minute, since somebody may have left. */
const REST_MS = 2_000;
const MOST_TRIES = 5;

type PersonRefusal = Awaited<ReturnType<Services['people']['refusalFor']>>;

/** Publishes a person's Home tab. `refusal`: why the person is no admin. */
async function publishHome(services: Services, userId: string, refusal: PersonRefusal): Promise<void> {
  const t = await services.people.textsOf(userId);
  const view = homeView(t, refusal === undefined ? await lookUp(services) : { admin: false, ...refusal });
  await services.client.views.publish({ user_id: userId, view });
}

async function lookUp(services: Services): Promise<AdminHome> {
  const { targets, homeChannelId, timetable } = services.settings;
  const { overview, pauses } = services.records;
  const { linkOf } = services.telling;
  return {
    admin: true,
    ...(await overviewsOf(services, targets, HOME_TARGETS)),
    recent: await overview.history(undefined, undefined, HOME_RUNS),
    pauses: await pauses.all(),
    schedule: await timetable(),
    linkOf,
    channelId: homeChannelId,
  };
}

/** Steps that a Home tab shows, and that no work on a run follows: `refresh` is called after work. */
const SHOWN_STEPS: readonly AuditStep[] = ['adjusted', 'cancelled', 'expired', 'paused', 'resumed'];

/** The Home tabs of people who opened them recently. */
export type Homes = ReturnType<typeof createHomes>;

/** `viewers`: whose tabs are to be updated; undefined: of all who looked recently. `tries`: how often others were left so before. */
type Due = { readonly viewers?: readonly string[]; readonly tries: number; readonly from: number };

/** Keeps Home tabs up to date within Slack's rate limit. */
export function createHomes(services: Services) {
  let due: Due | undefined;
  let busy = false;
  let quietUntil = 0;

  /** Does the update that `refresh` left, so that many runs that end together cost one update. Never throws. */
  async function catchUp(): Promise<void> {
    if (due === undefined || busy || performance.now() < Math.max(quietUntil, due.from)) return;
    const { viewers, tries } = due;
    [due, busy] = [undefined, true];
    const { published, left, pauseSeconds } = await publishAll(services, viewers);
    busy = false;
    const now = performance.now();
    quietUntil = now + published * MS_PER_VIEW + pauseSeconds * 1_000;
    // An update that a run has asked for meanwhile reaches them too.
    if (left.length > 0 && tries < MOST_TRIES)
      due ??= { viewers: left, tries: tries + 1, from: now + REST_MS * 2 ** tries };
  }

  return {
    catchUp,
    /** Leaves an update to the next `catchUp` after a step that the tabs show. */
    observe: ({ audit }: RecordedStep) => {
      if (SHOWN_STEPS.includes(audit.step)) due = { tries: 0, from: 0 };
    },
    /** Updates the tabs, or leaves the update to the next `catchUp`. Never throws. */
    refresh: () => {
      due = { tries: 0, from: 0 };
      return catchUp();
    },
  };
}

/**
 * Updates the tabs, whatever Slack refuses: an owner may have left. Looks anew for each, because Slack may take long, and an older state
 * must not follow a newer one. Returns how many Slack has taken, whom it may take later, and for how long it wants a pause. Never throws.
 */
async function publishAll(services: Services, viewers: readonly string[] | undefined) {
  let left = new Set<string>();
  let published = 0;
  let pauseSeconds = 0;
  try {
    left = new Set(viewers ?? (await services.records.viewers.recent(MOST_VIEWERS)));
    for (const userId of [...left]) {
      // Whoever is not reached comes last the next time, and holds up nobody else.
      left.delete(userId);
      left.add(userId);
      const refusal = await services.people.refusalFor(userId);
      // Slack does not say it now, as during a rate limit: an admin would lose the tab.
      if (refusal?.why === 'unverifiable') continue;
      const rejection = await rejected(() => publishHome(services, userId, refusal));
      left.delete(userId);
      if (rejection === undefined) published += 1;
    }
  } catch (error) {
    services.logger.debug({ err: error }, 'the Home tabs could not be brought up to date');
    pauseSeconds = retryAfterSeconds(error) ?? 0;
  }
  return { published, left: [...left], pauseSeconds };
}
