import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AYU, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  CHANNEL,
  everything,
  preview,
  replies,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

const WITH_VENDOR = 'C0VENDOR01';
const DIRECT = `D${AYU.id.slice(1)}`;
const SHOWS_NOTHING = `People of another company read <#${WITH_VENDOR}>, so usersync shows no users there`;
const MEMBERS = [AYU.id, CITRA.id, 'U0USERSYNC'];
const OWN = { id: CHANNEL, name: 'dev-support', members: MEMBERS };

/** A channel as conversations.info tells of one that two companies read. */
const shared = (id: string, shows: object = { is_shared: true, is_ext_shared: true }) => ({
  id,
  name: 'with-vendor',
  members: MEMBERS,
  shown: { ...shows },
});

const realNow = performance.now.bind(performance);

/** As if so much time had passed: what Slack said before is asked again. */
function later(milliseconds: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + milliseconds);
}
afterEach(() => void vi.restoreAllMocks());

/** Emails of the scenarios, wherever somebody of the other company could see them. */
function usersSeenBy(messages: readonly StoredMessage[]): readonly string[] {
  return messages
    .map((message) => JSON.stringify([message.text, message.blocks]))
    .filter((text) => text.includes('@dkm'));
}

const slack = { channels: [OWN, shared(WITH_VENDOR)] };

describe('a channel that people of another company read', () => {
  const world = useStrictWorld({ slack, timing: IMPATIENT }, { each: true });

  it.each(['dev', 'all', 'rollback', 'status', 'history', 'users dev', 'inactive', 'export 1'])(
    'refuses /usersync %s to an admin, clearly and on record, and does nothing',
    async (text) => {
      const before = await everything(world);
      const command = () => world.ayu.command(text, WITH_VENDOR);
      const answer =
        text === 'users dev' || text === 'inactive'
          ? await command().then(() =>
              sees(world, 'the refusal', () =>
                [...world.slack.workspace.views.values()]
                  .map(({ view }) => JSON.stringify(view))
                  .find((view) => view.includes('another company')),
              ),
            )
          : await toldAfter(world, command);
      expect(answer).toContain(SHOWS_NOTHING);
      expect(await audited(world)).toEqual([
        expect.objectContaining({
          step: 'refused',
          outcome: 'shared_channel',
          actor_id: AYU.id,
          reason: WITH_VENDOR,
        }),
      ]);
      expect(await everything(world)).toEqual(before);
    },
  );

  it('is no secret about who may be an admin: who is none is told that', async () => {
    const answer = await toldAfter(world, () => world.citra.command('dev', WITH_VENDOR), CITRA.id);
    expect(answer).toContain('Only usersync admins may do this');
  });

  it('still explains itself to anybody', async () => {
    expect(await toldAfter(world, () => world.ayu.command('help', WITH_VENDOR))).toContain('/usersync');
  });

  it('counts as one while the other company is only invited', async () => {
    world.slack.workspace.channels.set('C0INVITED1', shared('C0INVITED1', { is_pending_ext_shared: true }));
    expect(await toldAfter(world, () => world.ayu.command('dev', 'C0INVITED1'))).toContain('another company');
  });

  it('is none where workspaces of one organisation share it', async () => {
    world.slack.workspace.channels.set(
      'C0ORGWIDE1',
      shared('C0ORGWIDE1', { is_shared: true, is_org_shared: true }),
    );
    await world.ayu.command('dev', 'C0ORGWIDE1');
    await sees(world, 'the preview', () => usersSeenBy(world.slack.messages('C0ORGWIDE1')).at(0));
  });

  it('is told of to whoever adds the bot to it, alone and on record', async () => {
    expect(await toldAfter(world, () => world.ayu.invite(WITH_VENDOR))).toContain(SHOWS_NOTHING);
    expect(await audited(world)).toEqual([
      expect.objectContaining({ outcome: 'shared_channel', actor_id: AYU.id, reason: WITH_VENDOR }),
    ]);
    expect(world.slack.messages(WITH_VENDOR)).toEqual([]);
  });

  it('is known at the second try where the bot was invited to it after the first one', async () => {
    const { channels } = world.slack.workspace;
    channels.delete(WITH_VENDOR);
    expect(await toldAfter(world, () => world.ayu.command('dev', WITH_VENDOR))).toContain('/invite');
    channels.set(WITH_VENDOR, shared(WITH_VENDOR));
    await world.ayu.command('dev', WITH_VENDOR);
    const { ephemerals, messages } = world.slack;
    const answer = await sees(world, 'an answer', () => messages(WITH_VENDOR).at(0) ?? ephemerals(AYU.id)[1]);
    expect(shown(answer)).toContain(SHOWS_NOTHING);
    expect(messages(WITH_VENDOR)).toEqual([]);
  });

  it('is nothing to speak of where somebody else joins, or the channel is of one company', async () => {
    await world.ayu.invite(WITH_VENDOR, CITRA.id);
    await world.ayu.invite(CHANNEL);
    expect(await toldAfter(world, () => world.ayu.command('help'))).not.toContain('another company');
    expect(await audited(world)).toEqual([]);
  });
});

describe('a channel that is shared later on', () => {
  const world = useStrictWorld({ slack, timing: IMPATIENT }, { each: true });
  let message: StoredMessage;

  beforeEach(async () => {
    message = await preview(world, world.ayu, 'dev');
    await settled(world);
    world.slack.workspace.channels.set(CHANNEL, shared(CHANNEL));
  });

  it('takes no Confirm half a minute later, and the users stay as they are', async () => {
    later(31_000);
    const before = await everything(world);
    expect(await toldAfter(world, () => world.ayu.click(message, 'confirm_run'))).toContain(
      'People of another company read',
    );
    expect(await everything(world)).toEqual(before);
  });

  it('gets no outcome of what was confirmed just before: it is told directly', async () => {
    const seen = world.slack.messages(CHANNEL).map(({ text }) => text);
    let open = () => {};
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    world.slack.fail('chat.update', { until: held, when: () => true });
    await world.ayu.click(message, 'confirm_run');
    later(31_000);
    open();
    const told = await sees(world, 'the outcome', () => world.slack.messages(DIRECT).at(0));
    expect(shown(told)).toMatch(/completed successfully[\s\S]*people of another company read it/);
    expect(replies(world, message.ts)).toEqual([]);
    expect(world.slack.messages(CHANNEL)).toHaveLength(seen.length);
  });
});

describe('SLACK_ALLOW_SHARED_CHANNELS', () => {
  describe.each([['on'], [`C0OTHER001, ${WITH_VENDOR}`]])('%s', (allowed) => {
    const world = useStrictWorld({ slack, settings: { SLACK_ALLOW_SHARED_CHANNELS: allowed } });

    it('lets a preview be posted there, without asking Slack', async () => {
      await world.ayu.command('dev', WITH_VENDOR);
      await sees(world, 'the preview', () => usersSeenBy(world.slack.messages(WITH_VENDOR)).at(0));
      expect(world.slack.calls.map(({ method }) => method)).not.toContain('conversations.info');
    });
  });

  describe('for another channel', () => {
    const world = useStrictWorld({ slack, settings: { SLACK_ALLOW_SHARED_CHANNELS: 'C0OTHER001' } });

    it('allows nothing', async () => {
      expect(await toldAfter(world, () => world.ayu.command('dev', WITH_VENDOR))).toContain(SHOWS_NOTHING);
    });
  });
});

describe('where Slack does not say who reads a channel', () => {
  const world = useStrictWorld({ slack: { channels: [OWN] } }, { each: true });

  it.each([{ status: 503 }, { retryAfter: 30 }, { error: 'internal_error' }, { error: 'access_denied' }])(
    'nothing is read or shown, and the next try is served: %j',
    async (fault) => {
      world.slack.fail('conversations.info', fault);
      expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain(
        'Slack did not say whether people of another company read the channel, so nothing was done.',
      );
      expect(await audited(world)).toEqual([
        expect.objectContaining({ step: 'refused', outcome: 'channel_unverifiable', reason: CHANNEL }),
      ]);
      expect(await world.sql('SELECT id FROM sync_runs')).toEqual([]);
      await preview(world, world.ayu, 'dev');
    },
  );

  it('because it is a group of direct messages, no list of users is posted there', async () => {
    world.slack.workspace.channels.set('G0GROUPDM1', shared('G0GROUPDM1', { is_mpim: true }));
    expect(await toldAfter(world, () => world.ayu.command('dev', 'G0GROUPDM1'))).toContain(
      'Slack did not say whether people of another company read the channel, so nothing was done.',
    );
    expect(await world.sql('SELECT id FROM sync_runs')).toEqual([]);
    expect(world.slack.messages('G0GROUPDM1')).toEqual([]);
  });

  it('a run that is there already goes on, and its outcome is told', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await settled(world);
    await world.ayu.click(message, 'confirm_run');
    later(31_000);
    world.slack.fail('conversations.info', { status: 503, times: Number.POSITIVE_INFINITY });
    const told = await sees(world, 'the outcome', () => replies(world, message.ts).at(0));
    expect(shown(told)).toContain('completed successfully');
  });

  it('a list that was read meanwhile is shown once Slack says it again', async () => {
    let release = () => {};
    const opened = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    world.depots.dev.faults.onRequest = () => opened;
    await world.ayu.command('dev');
    const message = await sees(world, 'the run', () => world.slack.messages(CHANNEL).at(-1));
    later(31_000);
    world.slack.fail('conversations.info', { status: 503, times: 3 });
    release();
    await sees(
      world,
      'two questions without an answer',
      () => world.slack.calls.filter(({ method }) => method === 'conversations.info').length > 2,
    );
    expect(shown(message)).not.toContain('@dkm');
    await sees(world, 'the plan', () => shown(message).includes('@dkm'));
  });

  it.each(['channel_not_found', 'is_archived', 'not_in_channel'])(
    'because of %s, the channel takes no message either, and the person is told that',
    async (error) => {
      for (const method of ['conversations.info', 'chat.postMessage'])
        world.slack.fail(method, { error, when: ({ channel }) => channel === CHANNEL });
      expect(await toldAfter(world, () => world.ayu.command('dev'))).toMatch(/\/invite @usersync|archived/);
    },
  );

  it('is asked once in half a minute, however many commands are typed', async () => {
    await preview(world, world.ayu, 'dev');
    await preview(world, world.ayu, 'test');
    expect(world.slack.calls.filter(({ method }) => method === 'conversations.info')).toHaveLength(1);
  });
});

describe.each([
  ['channels:read and groups:read', []],
  ['channels:read', ['groups:read']],
])('an app that was installed before it asked for %s', (_, granted) => {
  const scopes = [
    ...granted,
    'channels:history',
    'chat:write',
    'commands',
    'files:write',
    'groups:history',
    'users:read',
  ];
  const lines: string[] = [];
  const logs = { write: (line: string) => void lines.push(line) };
  const world = useStrictWorld({ slack: { channels: [OWN], scopes }, logs });

  it('works on as it did, and the log says once what it does not notice', async () => {
    await preview(world, world.ayu, 'dev');
    later(31_000);
    await preview(world, world.ayu, 'test');
    expect(lines.filter((line) => line.includes('the Slack app lacks channels:read'))).toHaveLength(1);
  });
});

describe('what nobody typed there', () => {
  const schedule = {
    SYNC_SCHEDULE: '* * * * *',
    SYNC_SCHEDULE_CHANNEL_ID: WITH_VENDOR,
    SYNC_SCHEDULE_TARGETS: 'dev',
  };
  const world = useStrictWorld({
    slack,
    depots: { dev: { users: scenarioUsers.dev() } },
    settings: schedule,
    timing: IMPATIENT,
  });

  it('is refused too: a preview on schedule, and one of the Home tab', async () => {
    const refusal = await sees(world, 'the refused schedule', async () => (await audited(world)).at(0));
    expect(refusal).toMatchObject({ step: 'refused', outcome: 'shared_channel', actor_id: 'usersync' });
    await world.ayu.openHome();
    const home = await sees(world, 'the Home tab', () => world.slack.workspace.homes.get(AYU.id));
    await world.ayu.clickInView(home, 'home_preview');
    const told = await sees(world, 'the refusal', () => world.slack.messages(DIRECT).at(0));
    expect(shown(told)).toContain(SHOWS_NOTHING);
    expect(world.slack.messages(WITH_VENDOR)).toEqual([]);
    expect(await world.sql('SELECT id FROM sync_runs')).toEqual([]);
  });
});
