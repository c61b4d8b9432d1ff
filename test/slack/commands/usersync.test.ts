import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AYU, CITRA } from '../../support/local-slack-workspace.ts';
import {
  attachment,
  audited,
  buttons,
  CHANNEL,
  preview,
  reply,
  settled,
  shown,
  told,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

let world: StrictWorld;

beforeEach(async () => {
  world = await startStrictWorld();
});

afterEach(async () => {
  expect(world.slack.violations).toEqual([]);
  await world.stop();
});

describe('/usersync dev', () => {
  it('shows a preview in the channel, and Confirm carries it out and answers in the thread', async () => {
    const message = await preview(world, world.ayu, 'dev');
    expect(shown(message)).toContain('25 users will be added to Dev; nobody will be deactivated.');
    expect(buttons(message)).toEqual(['confirm_run', 'cancel_run', 'view_plan']);
    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toBe(
      'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.',
    );
    expect(shown(message)).toContain(`Completed by <@${AYU.id}>`);
    expect(buttons(message)).not.toContain('confirm_run');
    expect(await world.sql("SELECT id FROM users WHERE location_id = 8 AND status = 'active'")).toHaveLength(25);
    expect((await audited(world)).map(({ step, actor_id }) => `${step} ${actor_id}`)).toEqual([
      `requested ${AYU.id}`,
      'previewed usersync',
      `confirmed ${AYU.id}`,
      `completed ${AYU.id}`,
    ]);
  });
});
