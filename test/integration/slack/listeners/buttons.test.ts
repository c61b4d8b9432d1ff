import { describe, expect, it } from 'vitest';
import { AYU, BUDI } from '../../../../sandbox/local-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  newMessage,
  preview,
  replies,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
  twice,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

const world = useStrictWorld({}, { each: true });

const usersOfDev = () => world.sql('SELECT 1 FROM users WHERE location_id = 8');

describe('Confirm & Execute', () => {
  it('that arrives twice executes once and answers the second click politely', async () => {
    const message = await preview(world, world.ayu, 'dev');
    const answer = await toldAfter(world, async () => {
      const [first, second] = await twice(world, (forgery) =>
        world.ayu.click(message, 'confirm_run', forgery),
      );
      expect([first?.status, second?.status]).toEqual([200, 200]);
    });
    expect(answer).toMatch(/^Run 1 is (being executed|already completed), confirmed by <@U0ADMIN001>/);
    await settled(world);
    expect(await audited(world, 'completed')).toHaveLength(1);
    expect(replies(world, message.ts)).toHaveLength(1);
    expect(await usersOfDev()).toHaveLength(25);
  });

  it('may come from another admin than the one who asked', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await world.budi.click(message, 'confirm_run');
    await reply(world, message);
    expect(shown(message)).toContain(`Requested by <@${AYU.id}>`);
    expect(shown(message)).toContain(`Completed by <@${BUDI.id}>`);
  });

  it('of a plan that no longer fits changes nothing, names the users and offers a new preview', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await world.sql("INSERT INTO users (email, location_id, status) VALUES ('vendor1@dkm', 8, 'inactive')");
    await world.ayu.click(message, 'confirm_run');
    const { text } = await reply(world, message);
    expect(text).toContain('1 user of the plan changed after the preview, so the plan was not executed');
    expect(text).toContain('Changed: `vendor1@dkm`.');
    expect(await usersOfDev()).toHaveLength(1);
    await sees(world, 'New Preview', () => buttons(message).includes('retry_run'));

    const before = world.slack.messages(CHANNEL);
    await world.ayu.click(message, 'retry_run');
    const next = await newMessage(world, before);
    expect(shown(next)).toContain('24 users will be added to Dev; 1 user will be reactivated');
    await settled(world);
    expect(shown(message)).toContain('A new preview was started as run 2.');
    expect(buttons(message)).not.toContain('retry_run');
  });

  it.each([
    [
      'whose location was altered in the database',
      'location_id = 7',
      'The stored plan differs from the plan that was shown',
      'Try Again',
    ],
    [
      'that an older version of the bot made',
      'rules = NULL',
      'Another version of usersync made this plan, so it was not executed',
      'New Preview',
    ],
  ])('of a plan %s changes nothing, and offers a new preview', async (_what, change, why, button) => {
    const message = await preview(world, world.ayu, 'dev');
    await world.sql(`UPDATE sync_runs SET ${change} WHERE id = 1`);
    const before = await world.sql('SELECT * FROM users');
    await world.ayu.click(message, 'confirm_run');
    const { text } = await reply(world, message);
    expect(text.split('\n').slice(0, 2)).toEqual([why, 'Nothing was changed.']);
    expect(text.toLowerCase()).toContain(`press ${button}`.toLowerCase());
    expect(await world.sql('SELECT * FROM users')).toEqual(before);
    await sees(world, button, () => buttons(message).includes('retry_run'));
    expect(shown(message)).toContain(button);
  });
});

describe('Cancel', () => {
  it('ends the preview; the message says who did it and keeps the plan', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await world.budi.click(message, 'cancel_run');
    await sees(world, 'the cancelled run', () => shown(message).includes('Cancelled by'));
    expect(shown(message)).toContain(`Cancelled by <@${BUDI.id}>. Nothing was changed.`);
    expect(buttons(message)).toEqual(['retry_run', 'view_plan']);
    expect(await usersOfDev()).toEqual([]);
    expect(await audited(world, 'cancelled')).toMatchObject([{ actor_id: BUDI.id, outcome: 'cancelled' }]);
  });

  it('that arrives twice cancels once and answers the second click politely', async () => {
    const message = await preview(world, world.ayu, 'dev');
    const answer = await toldAfter(world, () =>
      twice(world, (forgery) => world.ayu.click(message, 'cancel_run', forgery)),
    );
    expect(answer).toContain('Run 1 was cancelled by <@U0ADMIN001>. Nothing was changed.');
    expect(await audited(world, 'cancelled')).toHaveLength(1);
  });

  it('leaves nothing to confirm for a click that was on its way', async () => {
    const message = await preview(world, world.ayu, 'dev');
    const confirm = { actionId: 'confirm_run', blockId: 'run:1:ready:buttons', value: '1' };
    await world.ayu.click(message, 'cancel_run');
    await sees(world, 'the cancelled run', async () => (await audited(world, 'cancelled')).length > 0);
    const answer = await toldAfter(world, () => world.budi.clickForged(message, confirm), BUDI.id);
    expect(answer).toContain('Run 1 was cancelled by <@U0ADMIN001>. Nothing was changed.');
    expect(await usersOfDev()).toEqual([]);
    expect(await audited(world, 'refused')).toMatchObject([
      { outcome: 'not_ready', run_id: 1, actor_id: BUDI.id },
    ]);
  });
});

describe('Try Again', () => {
  it('that arrives twice starts one new run, and the failed one names it', async () => {
    world.depots.dev.faults.onRequest = ({ path }) =>
      path === '/api/auth/login' ? { status: 401, json: { message: 'No' } } : undefined;
    const failed = await preview(world, world.ayu, 'dev', 'retry_run');
    world.depots.dev.faults.onRequest = undefined;
    const before = world.slack.messages(CHANNEL);
    const answer = await toldAfter(world, () =>
      twice(world, (forgery) => world.ayu.click(failed, 'retry_run', forgery)),
    );
    expect(answer).toContain('A new preview was already started for run 1');
    expect(shown(await newMessage(world, before))).toContain('25 users will be added to Dev');
    await settled(world);
    expect(world.slack.messages(CHANNEL)).toHaveLength(2);
    expect(shown(failed)).toContain('A new preview was started as run 2.');
    expect(buttons(failed)).toEqual([]);
  });
});

describe('Roll Back', () => {
  it('shows what taking the run back would change, and Confirm does it', async () => {
    const message = await preview(world, world.ayu, 'test');
    await world.ayu.click(message, 'confirm_run');
    await sees(world, 'Roll Back', () => buttons(message).includes('roll_back_run'));
    await settled(world);
    const before = world.slack.messages(CHANNEL);
    await twice(world, (forgery) => world.budi.click(message, 'roll_back_run', forgery));
    const rollback = await newMessage(world, before);
    expect(shown(rollback)).toContain('2 users will be reactivated at Test; 3 users will be deactivated.');
    await world.ayu.click(rollback, 'confirm_run');
    await reply(world, rollback);
    const active = await world.sql<{ email: string }>(
      "SELECT email FROM users WHERE location_id = 7 AND status = 'active' ORDER BY email",
    );
    expect(active).toHaveLength(12);
    expect(active.map(({ email }) => email)).toContain('old_user2@dkm');
    await settled(world);
    expect(await audited(world, 'requested')).toHaveLength(2);
  });
});
