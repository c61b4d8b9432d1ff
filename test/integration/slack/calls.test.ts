import { describe, expect, it } from 'vitest';
import { AYU, BUDI } from '../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';
import {
  CHANNEL,
  modal,
  newMessage,
  preview,
  replies,
  sees,
  settled,
  shown,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const GROUP = 'S0ADMINS01';
const NOTIFY = { SYNC_NOTIFY: `${BUDI.id},${GROUP}`, SLACK_CHANNEL_IDS: CHANNEL };
const CALLED = `<@${BUDI.id}>, <!subteam^${GROUP}>`;

/** The target of scenario 2 loses 2 of 12 users. */
const STRICT = { DEACTIVATION_LIMIT_COUNT: '1', DEACTIVATION_LIMIT_PERCENT: '1' };

const calls = (world: StrictWorld, { ts }: StoredMessage) =>
  replies(world, ts).filter((reply) => shown(reply).includes(CALLED));

const called = (world: StrictWorld, card: StoredMessage) =>
  sees(world, 'a call in the thread', () => calls(world, card).at(0));

/** Waits until the bots have looked for work a few times more. */
async function roundsLater(world: StrictWorld): Promise<void> {
  await settled(world);
  await world.sql(
    "INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at) VALUES (1, 'call', NOW(), NOW())",
  );
  await settled(world);
}

const wait = { timing: IMPATIENT };

describe('people are called', () => {
  it('where the guard stopped a plan, once for all processes', () =>
    inStrictWorld(
      async (world) => {
        await world.anotherBot();
        const card = await preview(world, world.ayu, 'test', 'confirm_guarded_run');
        expect(shown(await called(world, card))).toContain(
          'the guard stopped the plan for Test. It would deactivate 2 users',
        );
        await roundsLater(world);
        expect(calls(world, card)).toHaveLength(1);
      },
      { settings: { ...NOTIFY, ...STRICT }, ...wait },
    ));

  it('where the guard stops a plan by the time that it is confirmed', () =>
    inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'test');
        // Those who would go are all who are left.
        await world.sql("UPDATE users SET status = 'inactive' WHERE location_id = 7 AND email LIKE 'user%'");
        await world.ayu.click(card, 'confirm_run');
        expect(shown(await called(world, card))).toContain('the guard stopped the plan for Test.');
        const guarded = await newMessage(world, [], 'confirm_guarded_run');
        await world.ayu.click(guarded, 'confirm_guarded_run');
        await roundsLater(world);
        expect(calls(world, card)).toHaveLength(1);
      },
      { settings: NOTIFY, ...wait },
    ));

  it('once more where the plan that needs a second person is adjusted', () =>
    inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'dev');
        await called(world, card);
        await world.budi.click(card, 'adjust_run');
        await world.budi.submit(await modal(world, '"adjustment"'), { emails: 'vendor1@dkm' });
        await sees(world, 'a call for the shorter plan', () => calls(world, card).at(1));
        await roundsLater(world);
        expect(calls(world, card)).toHaveLength(2);
      },
      { settings: { ...NOTIFY, SYNC_APPROVALS: 'dev=2' }, ...wait },
    ));

  it('where a plan needs a second person', () =>
    inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'dev');
        expect(shown(await called(world, card))).toContain(
          'the plan for Dev is waiting for another admin to confirm it.',
        );
        // Enough are counted then, so nobody is called again.
        await world.budi.click(card, 'confirm_run');
        await sees(world, 'the result', () =>
          replies(world, card.ts).find((reply) => shown(reply).includes('completed successfully')),
        );
        await roundsLater(world);
        expect(calls(world, card)).toHaveLength(1);
      },
      { settings: { ...NOTIFY, SYNC_APPROVALS: 'dev=2' }, ...wait },
    ));

  it('where a preview on schedule deactivates or fails, and not where it only adds', () =>
    inStrictWorld(
      async (world) => {
        const deactivates = await newMessage(world, [], 'cancel_run');
        const cards = () => world.slack.messages(CHANNEL).filter(({ threadTs }) => threadTs === undefined);
        const of = (place: string) =>
          sees(world, `the card of ${place}`, () =>
            cards().find((card) => /Preview|Failed/.test(shown(card)) && shown(card).includes(place)),
          );
        expect(deactivates).toBeDefined();
        expect(shown(await called(world, await of('Test')))).toContain(
          'this scheduled preview of Test would deactivate 2 users',
        );
        expect(shown(await called(world, await of('Prod')))).toContain('the scheduled sync of Prod failed');
        await roundsLater(world);
        expect(calls(world, await of('Dev'))).toEqual([]);
      },
      {
        settings: { ...NOTIFY, SYNC_SCHEDULE: FAR_SCHEDULE },
        depots: { prod: { password: 'another' } },
        ...wait,
      },
    ));

  it('for a scheduled preview that cannot be made, in the channel of the schedule', () =>
    inStrictWorld(
      async (world) => {
        const told = await sees(world, 'that the preview was not made', () =>
          world.slack.messages(CHANNEL).find(({ text }) => text.includes('was not made')),
        );
        expect(told.text).toBe(
          `${CALLED}:\nThe scheduled preview of \`ghost\` was not made. The locations table has no single row for the target ` +
            '`ghost`. The operator must see that it has exactly one, or correct SYNC_TARGETS. Nothing was changed.',
        );
      },
      {
        settings: {
          ...NOTIFY,
          ...{
            SYNC_TARGETS: 'dev=dev,ghost=ghost',
            SYNC_SCHEDULE: FAR_SCHEDULE,
            SYNC_SCHEDULE_TARGETS: 'ghost',
          },
        },
        ...wait,
      },
    ));

  it('to sync what was not synced for long, once, though the process died over the post', () =>
    inStrictWorld(
      async (world) => {
        const reminders = () =>
          world.slack.messages(CHANNEL).filter(({ text }) => text.startsWith('Reminder: it is time to sync'));
        await sees(world, 'the reminder', () => reminders().at(0));
        const told = 'SELECT week FROM sync_reminders WHERE lease_until IS NULL';
        await sees(world, 'that it is told', async () => (await world.sql(told)).at(0));
        await world.sql('UPDATE sync_reminders SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
        await world.anotherBot();
        await sees(world, 'that it is known as told', async () => (await world.sql(told)).at(0));
        expect(reminders()).toHaveLength(1);
      },
      { settings: { SYNC_REMINDER_DAYS: '7', SLACK_CHANNEL_IDS: CHANNEL }, ...wait },
    ));

  it('before a preview expires, with whoever asked for it, once', () =>
    inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'dev');
        await roundsLater(world);
        expect(calls(world, card)).toEqual([]);
        await world.anotherBot();
        await world.sql(
          `UPDATE sync_runs SET ready_at = UTC_TIMESTAMP(3) - INTERVAL 29 MINUTE,
             expires_at = UTC_TIMESTAMP(3) + INTERVAL 7 MINUTE WHERE status = 'ready'`,
        );
        const call = shown(await called(world, card));
        expect(call).toContain(`<@${AYU.id}>, ${CALLED}: the preview of Dev is still waiting.`);
        await roundsLater(world);
        expect(calls(world, card)).toHaveLength(1);
      },
      { settings: NOTIFY, ...wait },
    ));

  it('in the channel where Slack takes nothing in the thread', () =>
    inStrictWorld(
      async (world) => {
        const when = (args: Readonly<Record<string, unknown>>) =>
          args['thread_ts'] !== undefined && String(args['text']).includes('is waiting for another admin');
        world.slack.fail('chat.postMessage', { error: 'restricted_action_non_threadable_channel', when });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'the call in the channel', () =>
          world.slack
            .messages(CHANNEL)
            .find((each) => each.threadTs === undefined && shown(each).startsWith(CALLED)),
        );
      },
      { settings: { ...NOTIFY, SYNC_APPROVALS: 'dev=2' }, ...wait },
    ));

  it('once, where the answer of Slack was lost', () =>
    inStrictWorld(
      async (world) => {
        const when = (args: Readonly<Record<string, unknown>>) =>
          String(args['text']).includes('is waiting for another admin');
        world.slack.fail('chat.postMessage', { dropResponse: true, when });
        const card = await preview(world, world.ayu, 'dev');
        await called(world, card);
        await settled(world);
        expect(calls(world, card)).toHaveLength(1);
      },
      { settings: { ...NOTIFY, SYNC_APPROVALS: 'dev=2' }, ...wait },
    ));

  it('not at all where that is off', () =>
    inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'test', 'confirm_guarded_run');
        await settled(world);
        expect(replies(world, card.ts)).toEqual([]);
      },
      { settings: { ...STRICT, SYNC_NOTIFY: 'off', SLACK_ADMIN_USERGROUP_IDS: GROUP }, ...wait },
    ));
});
