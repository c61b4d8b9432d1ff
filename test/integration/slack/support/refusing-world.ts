import { insertLocations } from '../../../../sandbox/database/seed-locations.ts';
import { makeDepotUsers } from '../../../../sandbox/depot/users.ts';
import { AYU } from '../../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../../sandbox/process/until.ts';
import type { Arguments } from '../../../../sandbox/strict-slack/faults.ts';
import type { SlackPerson } from '../../../../sandbox/strict-slack/slack-person.ts';
import type { StoredMessage, StoredView } from '../../../../sandbox/strict-slack/workspace.ts';
import { CHANNEL, sees } from '../../../support/strict-conversation.ts';
import { IMPATIENT, type StrictWorld, startStrictWorld } from '../../../support/strict-world.ts';

/** A target and a channel that only one case uses at a time. */
export type Place = { readonly target: string; readonly channel: string };

/** Somebody who asks for something at a place, while Slack refuses a method with a code. */
export type Case = Place & {
  readonly code: string;
  readonly user: string;
  readonly person: SlackPerson;
};

/** What the server of the targets has, and who is active there already. */
export type Stage = 'one new user' | 'many new users' | 'a user who is gone' | 'another password';

export type RefusingWorld = {
  readonly world: StrictWorld;
  /** The first places, or so many new channels for them. */
  places(count: number): readonly Place[];
  setStage(stage: Stage): Promise<void>;
  /** A new person at a place, who is an admin. */
  arrive(place: Place, code: string): Case;
  /** Refuses a method to whatever the bot does for these cases, each with its code. */
  refuse(method: string, cases: readonly Case[]): void;
  /** Loses the answer to the next call of a method for each of these cases. */
  lose(method: string, cases: readonly Case[]): void;
  /**
   * Ends the refusals, and waits until no run is in work. What has not been told is not told any more, and what was said
   * is forgotten but in the channels that are kept.
   */
  end(kept: readonly Place[]): Promise<void>;
  /** The methods that were called for a case. */
  called(one: Case): readonly string[];
};

/** At least as many as a method has codes. */
const TARGETS = 80;
const FIRST_LOCATION = 1_000;
const MOST_CASES = 5_000;
const MOST_CHANNELS = 3_000;

const userOf = (n: number) => `U0CASE${String(n).padStart(5, '0')}`;
const channelOf = (n: number) => `C0CASE${String(n).padStart(5, '0')}`;
const targetOf = (slot: number) => `place${String(slot).padStart(3, '0')}`;

/** The channel of the app's own conversation with somebody. */
export const directOf = ({ user }: Case) => `D${user.slice(1)}`;

/** A strict world with as many targets as cases act at once, and as many admins as there are cases. */
export async function startRefusingWorld(targets: readonly string[] | undefined): Promise<RefusingWorld> {
  const slots = Array.from({ length: TARGETS }, (_, slot) => slot);
  const admins = Array.from({ length: MOST_CASES }, (_, n) => userOf(n));
  const world = await startStrictWorld({
    timing: IMPATIENT,
    depots: {
      dev: { users: makeDepotUsers(1) },
      test: { users: makeDepotUsers(40) },
      prod: { password: 'another' },
    },
    settings: {
      SLACK_ADMIN_USER_IDS: [AYU.id, ...admins].join(','),
      SYNC_TARGETS: (targets ?? slots.map(targetOf)).join(','),
      // The first is for previews of the Home tab.
      SLACK_CHANNEL_IDS: [CHANNEL, ...Array.from({ length: MOST_CHANNELS }, (_, n) => channelOf(n))].join(
        ',',
      ),
      EXTERNAL_API_MAX_CONCURRENT: '20',
    },
  });
  const { workspace } = world.slack;
  const { dev, test, prod } = world.depots;
  await insertLocations(
    world.database.url,
    slots.map((slot) => {
      const code = targetOf(slot);
      return { id: FIRST_LOCATION + slot, code, name: `The ${code} depot`, url: dev.url };
    }),
  );
  let channels = 0;
  let people = 0;
  let round = 0;

  const concerns = (one: Case, args: Arguments): boolean => {
    const ours = [one.channel, one.user, directOf(one)];
    const named = [args['channel'], args['channel_id'], args['user'], args['user_id']].map(String);
    return (
      named.some((name) => ours.includes(name)) ||
      workspace.triggers.get(String(args['trigger_id']))?.user === one.user ||
      workspace.views.get(String(args['view_id']))?.user === one.user ||
      // In the channel of the Home tab, and in the name of a file, the target says for whom it is. In the channel of another
      // place, it is a target that served before.
      (isShared(args['channel']) && String(args['filename'] ?? args['text'] ?? '').includes(one.target))
    );
  };

  return {
    world,
    places: (count) =>
      slots.slice(0, count).map((slot) => {
        const id = channelOf(channels);
        channels += 1;
        if (channels > MOST_CHANNELS) throw new Error('There are more places than channels');
        workspace.channels.set(id, { id, name: id.toLowerCase(), members: [AYU.id, workspace.botUserId] });
        return { target: targetOf(slot), channel: id };
      }),
    setStage: async (stage) => {
      const servers = { 'many new users': test, 'another password': prod, 'one new user': dev };
      const { url } = stage === 'a user who is gone' ? dev : servers[stage];
      await world.sql('UPDATE locations SET online_url = ? WHERE id >= ?', [url, FIRST_LOCATION]);
      await world.sql('DELETE FROM users WHERE location_id >= ?', [FIRST_LOCATION]);
      if (stage !== 'a user who is gone') return;
      await world.sql(
        "INSERT INTO users (email, location_id) SELECT 'gone@dkm', id FROM locations WHERE id >= ?",
        [FIRST_LOCATION],
      );
    },
    arrive: (place, code) => {
      const user = userOf(people);
      people += 1;
      if (people > MOST_CASES) throw new Error('There are more cases than admins');
      workspace.members.set(user, { id: user, name: user.toLowerCase() });
      const channel = workspace.channels.get(place.channel);
      if (channel === undefined) throw new Error(`There is no channel ${place.channel}`);
      workspace.channels.set(channel.id, { ...channel, members: [...channel.members, user] });
      return { ...place, code, user, person: world.person(user) };
    },
    refuse: (method, cases) => {
      const now = round;
      for (const one of cases) {
        const when = (args: Arguments) => round === now && concerns(one, args);
        world.slack.fail(method, { error: one.code, times: Number.POSITIVE_INFINITY, when });
      }
    },
    lose: (method, cases) => {
      for (const one of cases) {
        world.slack.fail(method, { dropResponse: true, when: (args) => concerns(one, args) });
      }
    },
    end: async (kept) => {
      round += 1;
      const open = () =>
        world.sql("SELECT id FROM sync_runs WHERE status IN ('reading', 'executing') LIMIT 1");
      const over = async () => (await open()).length === 0;
      await until(over, { failure: () => 'the end of all work' });
      await closeNotices(world);
      const channels = new Set(kept.map(({ channel }) => channel));
      const messages = workspace.messages.filter(
        ({ channel, ephemeralTo }) => channels.has(channel) && ephemeralTo === undefined,
      );
      workspace.messages.splice(0, workspace.messages.length, ...messages);
      workspace.calls.length = 0;
      workspace.views.clear();
      workspace.homes.clear();
    },
    called: (one) => [
      ...new Set(workspace.calls.filter(({ args }) => concerns(one, args)).map(({ method }) => method)),
    ],
  };
}

/** Whether many use the channel, or the call names none. */
function isShared(channel: unknown): boolean {
  return channel === undefined || channel === CHANNEL;
}

/**
 * Closes what waits to be told. What is being told goes on, and its calls would be taken for those of the next case: it is
 * waited for. The bot may be looking for what is due meanwhile.
 */
async function closeNotices(world: StrictWorld): Promise<void> {
  const close = async () => {
    await world.sql(
      'UPDATE sync_outbox SET closed_at = UTC_TIMESTAMP(3) WHERE closed_at IS NULL AND lease_owner IS NULL',
    );
    return (await world.sql('SELECT id FROM sync_outbox WHERE closed_at IS NULL LIMIT 1')).length === 0;
  };
  await sees(world, 'the notices closed', close);
}

/** Waits until each of these places has a message with a button, and returns them in order. */
export async function messagesWith(
  { world }: RefusingWorld,
  places: readonly Place[],
  button: string,
): Promise<readonly StoredMessage[]> {
  const found = new Map<string, StoredMessage>();
  const wanted = new Set(places.map(({ channel }) => channel));
  const look = () => {
    for (const message of world.slack.workspace.messages) {
      if (!wanted.has(message.channel) || found.has(message.channel)) continue;
      if (JSON.stringify(message.blocks ?? []).includes(`"${button}"`)) found.set(message.channel, message);
    }
    return found.size === wanted.size;
  };
  await until(look, {
    failure: () => `${button} in ${found.size} of ${wanted.size} channels`,
  });
  return places.flatMap(({ channel }) => found.get(channel) ?? []);
}

export function runOf({ blocks }: StoredMessage): string {
  return /"run:(\d+):/.exec(JSON.stringify(blocks))?.[1] ?? '';
}

/** The modal that somebody else opened by a button of this message. */
export async function modalOf(
  { world }: RefusingWorld,
  message: StoredMessage,
  button: string,
): Promise<StoredView> {
  await world.ayu.click(message, button);
  const itsRun = new RegExp(`"runId":${runOf(message)}\\b`);
  return sees(world, `the modal of ${button}`, () =>
    [...world.slack.workspace.views.values()].find(({ view }) =>
      itsRun.test(String(view['private_metadata'])),
    ),
  );
}
