import { describe, expect, it } from 'vitest';
import { AYU, BUDI } from '../../../sandbox/local-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  preview,
  replies,
  sees,
  settled,
  shown,
  twice,
} from '../../support/strict-conversation.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

const world = useStrictWorld({}, { each: true });

/** Opens, and is opened, once. */
function gate(): [open: () => void, opened: Promise<undefined>] {
  let open: () => void = () => {};
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  return [() => open(), opened];
}

const ephemerals = () => [...world.slack.ephemerals(AYU.id), ...world.slack.ephemerals(BUDI.id)];

describe('two bots on one database', () => {
  it('execute once what 50 clicks confirm at the same time, and answer the other 49', async () => {
    const other = await world.anotherBot();
    const message = await preview(world, world.ayu, 'test');
    const people = [world.ayu, world.budi, world.person(AYU.id, other), world.person(BUDI.id, other)];
    const clicks = Array.from({ length: 50 }, (_, index) => people[index % people.length]);
    const acknowledged = await Promise.all(clicks.map((person) => person?.click(message, 'confirm_run')));
    expect(acknowledged.every((answer) => answer?.status === 200)).toBe(true);
    await sees(world, '49 answers', () => ephemerals().length === 49);
    await settled(world);
    for (const answer of ephemerals()) {
      expect(shown(answer)).toMatch(
        /^Run 1 is (being executed|already completed), confirmed by <@U0ADMIN00[12]>/,
      );
    }
    expect(await audited(world, 'confirmed')).toHaveLength(1);
    expect(await audited(world, 'completed')).toHaveLength(1);
    expect(await audited(world, 'refused')).toHaveLength(49);
    expect(replies(world, message.ts).map(({ text }) => text)).toEqual([
      'Sync completed successfully! 3 users added, 2 users deactivated, 10 users unchanged.',
    ]);
    const users = await world.sql<{ email: string; status: string }>('SELECT email, status FROM users');
    expect(users).toHaveLength(15);
    expect(users.filter(({ status }) => status === 'inactive')).toHaveLength(2);
    expect(ephemerals()).toHaveLength(49);
  });

  it('make one run of a command that reaches both', async () => {
    const other = await world.anotherBot();
    await twice(world, (forgery) => world.ayu.command('dev', CHANNEL, forgery), other);
    await sees(world, 'a preview', async () => (await audited(world, 'previewed')).length > 0);
    await settled(world);
    expect(await audited(world, 'requested')).toHaveLength(1);
    expect(world.slack.messages(CHANNEL)).toHaveLength(1);
  });

  it('read a list once where two ask for it at the same time, and point the other one to that run', async () => {
    const other = await world.anotherBot();
    const [open, opened] = gate();
    world.depots.dev.faults.onRequest = () => opened;
    await Promise.all([world.ayu.command('dev'), world.person(BUDI.id, other).command('dev')]);
    const answer = await sees(world, 'an answer', () => ephemerals()[0]);
    expect(shown(answer)).toMatch(
      /^Users of Dev are already being read: .*Run \d+\b.*\. Requested by <@U0ADMIN00[12]>, /,
    );
    open();
    await sees(world, 'a preview', async () => (await audited(world, 'previewed')).length === 1);
    await settled(world);
    expect(await world.sql('SELECT status FROM sync_runs')).toEqual([{ status: 'ready' }]);
    expect(world.slack.messages(CHANNEL)).toHaveLength(1);
    expect(world.depots.dev.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('let the newer preview of a target stand', async () => {
    const other = await world.anotherBot();
    const older = await preview(world, world.ayu, 'dev');
    const newer = await preview(world, world.person(BUDI.id, other), 'dev');
    await settled(world);
    const statuses = await world.sql<{ status: string }>('SELECT status FROM sync_runs ORDER BY id');
    expect(statuses.map(({ status }) => status)).toEqual(['superseded', 'ready']);
    expect(buttons(older)).toEqual(['view_plan']);
    expect(buttons(newer)).toEqual(expect.arrayContaining(['confirm_run', 'cancel_run', 'view_plan']));
  });

  it('of which either serves a click on a message that the other posted', async () => {
    const message = await preview(world, world.ayu, 'dev');
    const other = await world.anotherBot();
    await world.bot.stop();
    await world.person(AYU.id, other).click(message, 'confirm_run');
    await sees(world, 'the result', () => replies(world, message.ts).length === 1);
    expect(await world.sql('SELECT 1 FROM users WHERE location_id = 8')).toHaveLength(25);
  });
});
