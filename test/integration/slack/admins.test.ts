import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import type { BotSettings } from '../../../sandbox/worlds/bot.ts';
import {
  audited,
  CHANNEL,
  everything,
  preview,
  reply,
  sees,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

const realNow = performance.now.bind(performance);

/** As if so much time had passed. */
function later(milliseconds: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + milliseconds);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the members of a user group', () => {
  const GROUP = 'S0ADMINS1';
  let world: StrictWorld;

  const start = async (users: readonly string[], settings: BotSettings = {}) => {
    world = await startStrictWorld({
      slack: { userGroups: [{ id: GROUP, users }] },
      settings: { SLACK_ADMIN_USER_IDS: BUDI.id, SLACK_ADMIN_USERGROUP_IDS: GROUP, ...settings },
    });
  };
  afterEach(async () => {
    await world.stop();
  });

  it('are admins, and so are those who are listed themselves', async () => {
    await start([CITRA.id]);
    await world.budi.click(await preview(world, world.citra, 'dev'), 'cancel_run');
    await sees(world, 'the cancelled run', async () => (await audited(world, 'cancelled')).length > 0);
    expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain('Only usersync admins');
  });

  it('who were removed from it are out half a minute later', async () => {
    await start([CITRA.id]);
    const message = await preview(world, world.citra, 'dev');
    world.slack.workspace.userGroups.set(GROUP, { id: GROUP, users: [AYU.id] });
    later(31_000);
    const answer = await toldAfter(world, () => world.citra.click(message, 'confirm_run'), CITRA.id);
    expect(answer).toContain('Only usersync admins');
    expect(await world.sql('SELECT 1 FROM users WHERE location_id = 8')).toEqual([]);
    await world.ayu.click(message, 'cancel_run');
    await sees(world, 'the cancelled run', () => shown(message).includes(`Cancelled by <@${AYU.id}>`));
  });

  it('do not count on the card any more once they were removed, though they had approved', async () => {
    await start([AYU.id, CITRA.id], { SYNC_APPROVALS: 'dev=3' });
    const message = await preview(world, world.budi, 'dev');
    await world.citra.click(message, 'confirm_run');
    await sees(world, 'two people', () => shown(message).includes('Counted so far: 2 of 3'));
    world.slack.workspace.userGroups.set(GROUP, { id: GROUP, users: [AYU.id] });
    later(31_000);
    await world.ayu.click(message, 'confirm_run');
    await sees(world, 'her approval', () => shown(message).includes(`Approved: <@${AYU.id}>`));
    expect(shown(message)).toContain('Counted so far: 2 of 3');
    expect(shown(message)).not.toContain(CITRA.id);
  });

  it('count again once they are back, but who presses to withdraw then withdraws and executes nothing', async () => {
    await start([CITRA.id], { SYNC_APPROVALS: 'dev=2' });
    const message = await preview(world, world.citra, 'dev');
    world.slack.workspace.userGroups.set(GROUP, { id: GROUP, users: [] });
    later(31_000);
    const told = await toldAfter(world, () => world.budi.click(message, 'confirm_run'), BUDI.id);
    expect(told).toContain('Confirm again to withdraw');
    world.slack.workspace.userGroups.set(GROUP, { id: GROUP, users: [CITRA.id] });
    later(62_000);
    await world.budi.click(message, 'confirm_run');
    await sees(world, 'the withdrawal', async () => (await audited(world, 'withdrawn')).at(0));
    expect(await audited(world, 'confirmed')).toEqual([]);
    await world.budi.click(message, 'confirm_run');
    await sees(world, 'the execution', async () => (await audited(world, 'completed')).at(0));
  });

  it('are asked for once in half a minute, not at every click', async () => {
    await start([CITRA.id]);
    for (const _ of [1, 2, 3]) await toldAfter(world, () => world.citra.command('nonsense'), CITRA.id);
    const asked = world.slack.calls.filter(({ method }) => method === 'usergroups.users.list');
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['does not exist', { error: 'no_such_subteam' }],
    ['cannot be read on this plan', { error: 'paid_teams_only' }],
    ['is not told because of the rate', { retryAfter: 10 }],
  ])('are nobody where the group %s', async (_what, fault) => {
    await start([CITRA.id]);
    world.slack.fail('usergroups.users.list', fault);
    const answer = await toldAfter(world, () => world.citra.command('dev'), CITRA.id);
    expect(answer).toContain('Slack did not say whether you are an admin');
    expect(await audited(world)).toMatchObject([
      { step: 'refused', reason: 'unverifiable', actor_id: CITRA.id },
    ]);
    expect(world.slack.messages(CHANNEL)).toEqual([]);
  });
});

describe('a requester of whom Slack does not say whether they are still an admin', () => {
  it('counts on the card as long as Slack does not say no, so that nobody executes who means to be the first of two', async () => {
    const world = await startStrictWorld({
      settings: {
        SYNC_APPROVALS: 'dev=3',
        SLACK_ADMIN_USER_IDS: [AYU, BUDI, CITRA].map(({ id }) => id).join(),
      },
    });
    const message = await preview(world, world.ayu, 'dev');
    later(31_000);
    const when = ({ user }: { readonly [name: string]: unknown }) => user === AYU.id;
    world.slack.fail('users.info', { error: 'internal_error', when, times: Number.POSITIVE_INFINITY });
    await world.budi.click(message, 'confirm_run');
    await sees(world, 'his approval', () => shown(message).includes(`Approved: <@${BUDI.id}>`));
    expect(shown(message)).toContain('Counted so far: 2 of 3');
    await world.stop();
  });

  it('keeps nobody waiting behind a plan that has enough people: the click is refused, and the next one executes', async () => {
    const world = await startStrictWorld({ settings: { SYNC_APPROVALS: 'dev=2' } });
    const message = await preview(world, world.ayu, 'dev');
    later(31_000);
    const when = ({ user }: { readonly [name: string]: unknown }) => user === AYU.id;
    world.slack.fail('users.info', { error: 'internal_error', when });
    const told = await toldAfter(world, () => world.budi.click(message, 'confirm_run'), BUDI.id);
    expect(told).toContain('Slack did not say whether everybody who counts for this plan is still an admin.');
    expect(await audited(world, 'approved')).toEqual([]);
    later(62_000);
    await world.budi.click(message, 'confirm_run');
    await sees(world, 'the execution', async () => (await audited(world, 'completed')).at(0));
    await world.stop();
  });
});

describe('several user groups, of which one is gone', () => {
  it.each(['S0GONE001,S0ADMINS1', 'S0ADMINS1,S0GONE001'])(
    'leave the members of the others admins, and make nobody else one: %s',
    async (groups) => {
      const logs = new PassThrough();
      const lines: string[] = [];
      logs.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
      const world = await startStrictWorld({
        slack: { userGroups: [{ id: 'S0ADMINS1', users: [CITRA.id] }] },
        settings: { SLACK_ADMIN_USER_IDS: BUDI.id, SLACK_ADMIN_USERGROUP_IDS: groups },
        logs,
      });
      await world.citra.click(await preview(world, world.citra, 'dev'), 'cancel_run');
      await sees(world, 'the cancelled run', async () => (await audited(world, 'cancelled')).length > 0);
      const answer = await toldAfter(world, () => world.ayu.command('dev'));
      expect(answer).toContain('Slack did not say whether you are an admin');
      expect(await audited(world, 'refused')).toMatchObject([{ reason: 'unverifiable', actor_id: AYU.id }]);
      const named = lines.filter((line) => line.includes('a user group of admins cannot be read'));
      expect(named.length).toBeGreaterThan(0);
      expect(named.every((line) => line.includes('S0GONE001'))).toBe(true);
      await world.stop();
    },
  );
});

describe('a channel', () => {
  let world: StrictWorld;
  const EVERYBODY = [AYU.id, BUDI.id, CITRA.id, 'U0USERSYNC'];

  afterEach(async () => {
    await world.stop();
  });

  it('that is not among the allowed ones is refused, told and audited, for commands and clicks', async () => {
    const channels = ['C0DEVSUP01', 'C0RANDOM01'].map((id) => ({ id, name: id, members: EVERYBODY }));
    world = await startStrictWorld({ slack: { channels }, settings: { SLACK_CHANNEL_IDS: CHANNEL } });
    const message = await preview(world, world.ayu, 'dev');
    const before = await everything(world);
    const words = `usersync does not work in this channel. Use it in <#${CHANNEL}>.`;
    expect(await toldAfter(world, () => world.ayu.command('dev', 'C0RANDOM01'))).toBe(words);
    const moved = { ...message, channel: 'C0RANDOM01' };
    expect(await toldAfter(world, () => world.ayu.click(moved, 'confirm_run'))).toBe(words);
    expect(await audited(world, 'refused')).toMatchObject([
      { outcome: 'wrong_channel', reason: 'C0RANDOM01' },
      { outcome: 'wrong_channel', reason: 'C0RANDOM01' },
    ]);
    expect(await everything(world)).toEqual(before);
  });
});

describe('a target for two', () => {
  it('is not confirmed by the one who asked, but by another admin', async () => {
    const world = await startStrictWorld({ settings: { TWO_PERSON_TARGETS: 'dev' } });
    const message = await preview(world, world.ayu, 'dev');
    expect(shown(message)).toContain(`an admin other than <@${AYU.id}> must confirm`);
    const before = await everything(world);
    const answer = await toldAfter(world, () => world.ayu.click(message, 'confirm_run'));
    expect(answer).toContain('The target `dev` needs two people.');
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'second_person_needed', run_id: 1 }]);
    expect(await everything(world)).toEqual(before);
    await world.budi.click(message, 'confirm_run');
    await reply(world, message);
    expect(await world.sql('SELECT 1 FROM users WHERE location_id = 8')).toHaveLength(25);
    await world.stop();
  });
});
