import { describe, expect, it } from 'vitest';
import { AYU, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import {
  attachment,
  audited,
  buttons,
  CHANNEL,
  everything,
  modal,
  preview,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
  twice,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

const world = useStrictWorld({ settings: { SYNC_TARGETS: 'dev,test,prod,sby' } }, { each: true });

describe('/usersync with a target', () => {
  it('shows a preview in the channel; Confirm carries it out and answers in the thread', async () => {
    const message = await preview(world, world.ayu, '  Dev ');
    expect(shown(message)).toContain('25 users will be added to Dev; nobody will be deactivated.');
    expect(shown(message)).toContain(`Requested by <@${AYU.id}>`);
    expect(buttons(message).slice(0, 2)).toEqual(['confirm_run', 'cancel_run']);

    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toBe(
      'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.',
    );
    expect(shown(message)).toContain(`Completed by <@${AYU.id}>`);
    expect(buttons(message)).not.toContain('confirm_run');
    expect(world.slack.messages(CHANNEL)).toHaveLength(1);
    expect(await world.sql("SELECT 1 FROM users WHERE location_id = 8 AND status = 'active'")).toHaveLength(
      25,
    );
    expect((await audited(world)).map(({ step, actor_id }) => `${step} by ${actor_id}`)).toEqual([
      `requested by ${AYU.id}`,
      'previewed by usersync',
      `confirmed by ${AYU.id}`,
      `completed by ${AYU.id}`,
    ]);
  });

  it('says that all is synced where nothing would change, and offers no button', async () => {
    const first = await preview(world, world.ayu, 'dev');
    await world.ayu.click(first, 'confirm_run');
    await reply(world, first);
    await world.budi.command('dev');
    const message = await sees(world, 'All synced!', () =>
      world.slack.messages(CHANNEL).find((each) => shown(each).includes('All synced!')),
    );
    expect(buttons(message)).toEqual(['retry_run']);
    await settled(world);
    expect(world.slack.messages(CHANNEL, message.ts)).toEqual([]);
  });

  it('puts 800 users as a CSV file into the thread, and all of them into the modal', async () => {
    const message = await preview(world, world.ayu, 'prod');
    expect(shown(message)).toContain('…and 790 more. The CSV file in the thread lists them all.');
    const file = await attachment(world, message);
    expect(file.name).toBe('usersync-prod-run-1.csv');
    const lines = file.content?.toString().split('\r\n') ?? [];
    expect(lines.slice(0, 2)).toEqual([
      'action,email,status_before,status_after,detail',
      'add,user1@dkm,,active,',
    ]);
    expect(lines.filter((line) => line.startsWith('add,'))).toHaveLength(800);
    await world.ayu.click(message, 'view_plan');
    expect(JSON.stringify((await modal(world, 'user800@dkm')).view)).toContain('New Users (800)');
    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toContain('800 users added');
  });

  it('uploads no file where the message lists the whole plan', async () => {
    const emails = Array.from({ length: 18 }, (_, n) => `dev_user${n + 1}@dkm`);
    for (const email of emails)
      await world.sql('INSERT INTO users (email, location_id) VALUES (?, 8)', [email]);
    await preview(world, world.ayu, 'dev');
    await settled(world);
    expect(world.slack.workspace.files.size).toBe(0);
  });

  it('makes one run of a command that arrives twice', async () => {
    const acknowledgements = await twice(world, (forgery) => world.ayu.command('dev', CHANNEL, forgery));
    expect(acknowledgements).toMatchObject([{ status: 200 }, { status: 200 }]);
    await sees(world, 'a preview', () =>
      world.slack.messages(CHANNEL).some((each) => buttons(each).length > 0),
    );
    await settled(world);
    expect(await audited(world, 'requested')).toHaveLength(1);
    expect(world.slack.messages(CHANNEL)).toHaveLength(1);
  });

  it('tells the person alone where the locations table lacks the target', async () => {
    const answer = await toldAfter(world, () => world.ayu.command('sby'));
    expect(answer).toContain('The locations table has no single row for the target `sby`.');
    expect(world.slack.messages(CHANNEL)).toEqual([]);
  });
});

describe('/usersync without one', () => {
  it.each(['', '  ', 'help', 'HELP'])('followed by %j shows anybody the usage', async (text) => {
    const before = await everything(world);
    const answer = await toldAfter(world, () => world.citra.command(text), CITRA.id);
    expect(answer).toContain('How to Use usersync');
    expect(answer).toContain('`/usersync sby`');
    expect(await everything(world)).toEqual(before);
    expect(await audited(world)).toEqual([]);
  });

  it.each([
    ['prd', 'There is no target `prd`. Nothing was changed. Did you mean `/usersync prod`?'],
    ['dev now', 'There is no target `dev now`. Nothing was changed.'],
    ['<!channel> `x`', 'There is no target `&lt;!channel&gt; ˋxˋ`.'],
    ['x'.repeat(3000), 'There is no target `xxx'],
  ])('followed by %j says what there is, to that person alone', async (text, start) => {
    const before = await everything(world);
    const answer = await toldAfter(world, () => world.ayu.command(text));
    expect(answer.startsWith(start)).toBe(true);
    expect(answer).toContain('The targets are `dev`, `test`, `prod`, `sby`.');
    expect(await everything(world)).toEqual(before);
  });
});
