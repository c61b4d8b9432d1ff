import { describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import type { Fault } from '../../../sandbox/strict-slack/faults.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  preview,
  replies,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
  waitForEdits,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const DONE = 'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.';
const inWorld = (act: (world: StrictWorld) => Promise<void>) => inStrictWorld(act, { timing: IMPATIENT });

const ALWAYS = 10_000;
const hangs = (): Fault => ({ until: new Promise(() => {}), times: ALWAYS });

/** Everything that says how the sync ended, wherever it stands. */
const outcomes = ({ slack }: StrictWorld): StoredMessage[] =>
  slack.workspace.messages.filter((message) => message.text.startsWith(DONE));

/** The outcome, told while Slack goes on as it was told to. */
const theOutcome = (world: StrictWorld): Promise<StoredMessage> =>
  sees(world, 'the outcome', () => outcomes(world).at(0));

async function expectCommittedAndToldOnce(world: StrictWorld): Promise<void> {
  expect(await world.sql("SELECT 1 FROM users WHERE location_id = 8 AND status = 'active'")).toHaveLength(25);
  expect(outcomes(world)).toHaveLength(1);
}

async function runOf({ sql }: StrictWorld): Promise<{ message_ts: string; status: string }> {
  const [run] = await sql<{ message_ts: string; status: string }>('SELECT message_ts, status FROM sync_runs');
  if (run === undefined) throw new Error('There is no run');
  return run;
}

const EDIT_REFUSALS = [
  'edit_window_closed',
  'cant_update_message',
  'is_inactive',
  'external_channel_migrating',
  'update_failed',
  'a_word_of_next_year',
];

describe.concurrent('an edit that Slack refuses for good with', () => {
  it.each(EDIT_REFUSALS)(
    '%s: the thread tells the outcome, says why the message is old, and has its buttons',
    (error) =>
      inWorld(async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        await settled(world);
        await waitForEdits(world);
        world.slack.fail('chat.update', { error, times: ALWAYS });
        await world.ayu.click(message, 'confirm_run');
        const told = await theOutcome(world);
        await settled(world);
        await expectCommittedAndToldOnce(world);
        expect(replies(world, message.ts)).toEqual([told]);
        expect(shown(told)).toContain('The message above could not be brought up to date');
        expect(buttons(told)).toEqual(['view_plan', 'roll_back_run']);
      }),
  );

  it('it once the run is over: the old buttons are answered truthfully, and those of the reply work', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      await waitForEdits(world);
      world.slack.fail('chat.update', { error: 'edit_window_closed', times: ALWAYS });
      await world.ayu.click(message, 'confirm_run');
      const told = await reply(world, message);
      expect(buttons(message)).toContain('confirm_run');
      expect(await toldAfter(world, () => world.ayu.click(message, 'confirm_run'))).toContain(
        'Run 1 is already completed',
      );
      const before = world.slack.messages(CHANNEL);
      await world.ayu.click(told, 'roll_back_run');
      await sees(world, 'the rollback', () => world.slack.messages(CHANNEL).length > before.length);
    }));

  it('it while a preview is read: the preview stands in a new message, which says why and can be confirmed', () =>
    inWorld(async (world) => {
      world.slack.fail('chat.update', { error: 'edit_window_closed', times: ALWAYS });
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toHaveLength(2);
      expect((await runOf(world)).message_ts).toBe(message.ts);
      expect(shown(message)).toContain('An older message of this run could not be brought up to date');
      expect(message.text).toMatch(/\nAn older message of this run could not be brought up to date: .+$/);
      await world.ayu.click(message, 'confirm_run');
      await reply(world, message);
      await expectCommittedAndToldOnce(world);
    }));

  it('it, where the answer to the new message is lost: the new message is posted once', () =>
    inWorld(async (world) => {
      world.slack.fail('chat.update', { error: 'edit_window_closed', times: ALWAYS });
      world.slack.fail('chat.postMessage', {});
      world.slack.fail('chat.postMessage', { dropResponse: true });
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toHaveLength(2);
      expect((await runOf(world)).message_ts).toBe(message.ts);
    }));

  it('it when somebody cancels: the thread says so', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.fail('chat.update', { error: 'cant_update_message', times: ALWAYS });
      await world.ayu.click(message, 'cancel_run');
      expect((await reply(world, message)).text).toContain('Cancelled by');
    }));
});

describe.concurrent('an edit that hangs', () => {
  it('does not hold the outcome up', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.fail('chat.update', hangs());
      await world.ayu.click(message, 'confirm_run');
      await sees(world, 'the commit', async () => (await audited(world, 'completed')).length === 1);
      await theOutcome(world);
      await expectCommittedAndToldOnce(world);
    }));
});

describe.concurrent('a file that Slack does not take', () => {
  const refusals: readonly (readonly [string, string, Fault, RegExp])[] = [
    [
      'files.getUploadURLExternal',
      'file_uploads_disabled',
      { error: 'file_uploads_disabled' },
      /switched off/,
    ],
    ['files.getUploadURLExternal', 'missing_scope', { error: 'missing_scope' }, /lacks a scope/],
    ['files.getUploadURLExternal', 'restricted_action', { error: 'restricted_action' }, /only some people/],
    [
      'files.completeUploadExternal',
      'storage_limit_reached',
      { error: 'storage_limit_reached' },
      /no space left/,
    ],
    ['files.completeUploadExternal', 'internal_error', { error: 'internal_error' }, /Slack answered/],
    ['files.completeUploadExternal', 'an unknown word', { error: 'a_word_of_next_year' }, /Slack answered/],
  ];

  it.each(refusals)(
    'because %s says %s is said in the thread, and holds nothing up',
    (method, _word, fault, why) =>
      inWorld(async (world) => {
        world.slack.fail(method, { ...fault, times: ALWAYS });
        const message = await preview(world, world.ayu, 'prod');
        const said = await reply(world, message);
        expect(said.text).toMatch(/^The file could not be attached: .* Press View All\.$/);
        expect(said.text).toMatch(why);
        await world.ayu.click(message, 'confirm_run');
        await sees(world, 'the outcome', () => replies(world, message.ts)[1]);
        await settled(world);
        expect(replies(world, message.ts)).toHaveLength(2);
        expect(buttons(message)).not.toContain('confirm_run');
      }),
  );

  it.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'because %s hangs holds nothing up',
    (method) =>
      inWorld(async (world) => {
        world.slack.fail(method, hangs());
        const message = await preview(world, world.ayu, 'prod');
        await world.ayu.click(message, 'confirm_run');
        expect((await reply(world, message)).text).toContain('Sync completed successfully!');
        await sees(world, 'the edit', () => !buttons(message).includes('confirm_run'));
      }),
  );
});

describe.concurrent('a thread that Slack refuses with', () => {
  it.each(['restricted_action_non_threadable_channel', 'thread_not_found', 'cannot_reply_to_message'])(
    '%s: the outcome stands in the channel, and says why',
    (error) =>
      inWorld(async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        await settled(world);
        world.slack.fail('chat.postMessage', { error });
        await world.ayu.click(message, 'confirm_run');
        const told = await theOutcome(world);
        await settled(world);
        await expectCommittedAndToldOnce(world);
        expect(world.slack.messages(CHANNEL)).toEqual([message, told]);
        expect(told.text).toContain('Slack did not take it in the thread');
        expect(buttons(message)).not.toContain('confirm_run');
      }),
  );

  it('a refusal, where the answer to the message in the channel is lost: it is posted once', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.fail('chat.postMessage', { error: 'thread_not_found' });
      world.slack.fail('chat.postMessage', { dropResponse: true });
      world.slack.fail('chat.postMessage', { error: 'thread_not_found' });
      await world.ayu.click(message, 'confirm_run');
      await theOutcome(world);
      await settled(world);
      await expectCommittedAndToldOnce(world);
    }));
});

/** Takes the channel away from the bot: each of its calls there is refused with this word. */
function vanish({ slack }: StrictWorld, error: string): void {
  for (const method of ['chat.update', 'conversations.history', 'conversations.replies']) {
    slack.fail(method, { error, times: ALWAYS });
  }
}

describe.concurrent('a channel that is gone', () => {
  it.each(['channel_not_found', 'not_in_channel', 'is_archived'])(
    'by the word %s: requester and confirmer are told directly, each once',
    (error) =>
      inWorld(async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        await settled(world);
        vanish(world, error);
        world.slack.fail('chat.postMessage', { error });
        await world.budi.click(message, 'confirm_run');
        await theOutcome(world);
        await settled(world);
        const told = outcomes(world);
        expect(told).toHaveLength(2);
        expect(new Set(told.map(({ channel }) => channel)).size).toBe(2);
        for (const { text } of told)
          expect(text).toContain('You are told directly because usersync cannot post in');
      }),
  );

  it('while a preview is read: whoever asked is told directly that it cannot be shown', () =>
    inWorld(async (world) => {
      vanish(world, 'is_archived');
      await world.ayu.command('dev');
      const told = await sees(world, 'a direct message', () =>
        world.slack.workspace.messages.find(({ text }) => text.includes('it cannot be shown')),
      );
      expect(told.channel).not.toBe(CHANNEL);
      expect(told.text).toContain('Nothing was changed. Type `/usersync dev` in another channel.');
    }));

  it('and nobody takes direct messages: the run is logged, counted, and shown to the next who asks for the status', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      vanish(world, 'is_archived');
      world.slack.fail('chat.postMessage', { error: 'is_archived' });
      world.slack.fail('chat.postMessage', { error: 'messages_tab_disabled', times: ALWAYS });
      await world.ayu.click(message, 'confirm_run');
      await sees(world, 'the commit', async () => (await audited(world, 'completed')).length === 1);
      await settled(world);
      const status = await toldAfter(world, () => world.ayu.command('status'));
      expect(status).toContain('Slack took no message that says how these runs ended:');
      expect(status).toContain('messages_tab_disabled');
      const { port } = world.bot;
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toContain('usersync_notices_refused_total{kind="thread",outcome="untold"} 1');
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    }));
});

const POST_REFUSALS = [
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'ekm_access_denied',
  'no_permission',
  'access_denied',
  'team_access_not_granted',
  'a_word_of_next_year',
];

describe.concurrent('a channel that refuses posts with', () => {
  it.each(POST_REFUSALS)('%s: whoever typed is told so, and the run is over', (error) =>
    inWorld(async (world) => {
      world.slack.fail('chat.postMessage', { error });
      expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain('cannot post in this channel');
      await settled(world);
      expect((await runOf(world)).status).toBe('failed');
      expect(world.slack.messages(CHANNEL)).toEqual([]);
    }),
  );

  it('it when all targets are asked for: whoever typed is told once, and no run goes on', () =>
    inWorld(async (world) => {
      world.slack.fail('chat.postMessage', { error: 'no_permission', times: ALWAYS });
      expect(await toldAfter(world, () => world.ayu.command('all'))).toContain('cannot post in this channel');
      await settled(world);
      expect(world.slack.ephemerals(AYU.id)).toHaveLength(1);
      const runs = await world.sql<{ status: string }>('SELECT DISTINCT status FROM sync_runs');
      expect(runs).toEqual([{ status: 'failed' }]);
    }));

  it('it when a button of the Home tab is pressed: whoever pressed is told which channel', () =>
    inStrictWorld(
      async (world) => {
        await world.ayu.openHome();
        const home = await sees(world, 'the Home tab', () => world.slack.workspace.homes.get(AYU.id));
        const when = ({ channel }: { readonly [name: string]: unknown }) => channel === CHANNEL;
        world.slack.fail('chat.postMessage', { error: 'no_permission', when });
        await world.ayu.clickInView(home, 'home_preview');
        const own = `D${AYU.id.slice(1)}`;
        const told = await sees(world, 'the answer', () => world.slack.messages(own).at(0));
        expect(shown(told)).toContain(`usersync could not post in <#${CHANNEL}>: `);
      },
      { timing: IMPATIENT, settings: { SLACK_CHANNEL_IDS: CHANNEL } },
    ));

  it('it when Try Again is pressed: whoever pressed is told so', () =>
    inWorld(async (world) => {
      world.depots.dev.faults.onRequest = () => ({ status: 401, json: { message: 'Unauthorized' } });
      const failed = await preview(world, world.ayu, 'dev', 'retry_run');
      await settled(world);
      world.slack.fail('chat.postMessage', { error: 'no_permission' });
      expect(await toldAfter(world, () => world.ayu.click(failed, 'retry_run'))).toContain(
        'cannot post in this channel',
      );
    }));
});

describe.concurrent('the summary of a /usersync all', () => {
  const summary = (world: StrictWorld) =>
    world.slack.messages(CHANNEL).findLast(({ text }) => text.startsWith('Sync of All Targets'));
  const runMessage = (world: StrictWorld, title: string) =>
    sees(world, title, () =>
      world.slack
        .messages(CHANNEL)
        .find((each) => shown(each).includes(title) && buttons(each).includes('cancel_run')),
    );

  it('is right, though Slack takes no file', () =>
    inWorld(async (world) => {
      world.slack.fail('files.getUploadURLExternal', { error: 'file_uploads_disabled', times: ALWAYS });
      await world.ayu.command('all');
      const message = await runMessage(world, 'Sync Preview: Prod');
      await world.ayu.click(message, 'confirm_run');
      await sees(world, 'the outcome', () => replies(world, message.ts)[1]);
      await settled(world);
      expect(shown(summary(world) ?? message)).toMatch(/Prod.*completed/);
    }));

  it('is right, though Slack takes no edit: it is posted anew once no run is in work', () =>
    inWorld(async (world) => {
      world.slack.fail('chat.update', { error: 'edit_window_closed', times: ALWAYS });
      await world.ayu.command('all');
      const message = await runMessage(world, 'Sync Preview: Dev');
      await runMessage(world, 'Sync Preview: Prod');
      await world.ayu.click(message, 'confirm_run');
      await theOutcome(world);
      await settled(world);
      expect(shown(summary(world) ?? message)).toMatch(/Dev.*completed/);
    }));
});

describe.concurrent('the people of a run', () => {
  it('who asked and did not confirm is mentioned below the result', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await world.budi.click(message, 'confirm_run');
      const told = await reply(world, message);
      expect(told.text).toBe(DONE);
      expect(shown(told)).toContain('<@U0ADMIN001>: <@U0ADMIN002> confirmed it.');
    }));

  it('who asked and confirmed is not mentioned', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await world.ayu.click(message, 'confirm_run');
      // Below the outcome stands its place in the audit log, and nobody's name.
      const [outcome, place, ...more] = shown(await reply(world, message)).split('\n');
      expect(outcome).toBe(DONE);
      expect(place).toMatch(/^Audit \d+ · [0-9a-f]{12}$/);
      expect(more).toEqual([]);
    }));
});
