import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import {
  attachment,
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

/** Each test has a world of its own, so that those that wait for the outbox wait side by side. */
const inWorld = (act: (world: StrictWorld) => Promise<void>) => inStrictWorld(act, { timing: IMPATIENT });

const callsOf = ({ slack }: StrictWorld, method: string) =>
  slack.calls.filter((call) => call.method === method);

describe.concurrent('a channel in which the bot cannot post', () => {
  const INVITE = 'Type `/invite @usersync` here, then type your command again.';

  const expectNothingCame = async (world: StrictWorld) => {
    const [run] = await world.sql<{ status: string; failure: string }>(
      'SELECT status, failure FROM sync_runs',
    );
    expect(run?.status).toBe('failed');
    expect(run?.failure).toContain('channel_unreachable');
    expect(await world.sql('SELECT * FROM sync_changes')).toEqual([]);
    expect((await audited(world)).map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'requested sync',
      'failed channel_unreachable',
    ]);
  };

  it('because it is no member: the person is told to invite it, and nothing comes of the request', () =>
    inWorld(async (world) => {
      expect(await toldAfter(world, () => world.ayu.command('dev', 'C0NOTHERE1'))).toContain(INVITE);
      await expectNothingCame(world);
    }));

  it.each([
    ['channel_not_found', INVITE],
    [
      'is_archived',
      'because the channel is archived. Nothing was changed. Type your command in another channel.',
    ],
    ['restricted_action', 'Ask an admin of the workspace to let usersync post here'],
  ])('because of %s: they are told what to do about that', (error, advice) =>
    inWorld(async (world) => {
      world.slack.fail('chat.postMessage', { error });
      expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain(advice);
      await expectNothingCame(world);
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toEqual([]);
    }),
  );
});

describe.concurrent('a request that Slack does not serve', () => {
  it.each([
    ['inactive', 'views.open', { status: 503 }, 'Slack gave no answer'],
    ['inactive', 'views.open', { status: 429 }, 'Slack answered `ratelimited`'],
    ['inactive', 'views.open', { error: 'internal_error' }, 'Slack answered `internal_error`'],
    ['inactive', 'views.open', { error: 'forbidden' }, 'something else than Slack answered, such as a proxy'],
    ['inactive', 'views.update', { dropResponse: true }, 'Slack gave no answer (`'],
    ['inactive', 'views.update', { half: 'broken' as const }, 'Slack gave no answer (`'],
  ])('/usersync %s, %s: the person is told so, and to try again', (text, method, fault, why) =>
    inWorld(async (world) => {
      world.slack.fail(method, fault);
      const told = await toldAfter(world, () => world.ayu.command(text));
      expect(told).toContain(`Slack could not be used for your request: ${why}`);
      expect(told).toContain('Wait a minute, look whether it was done all the same, and try again.');
    }),
  );
});

describe.concurrent('a window that was asked for too late', () => {
  it.each(['view_plan', 'adjust_run'])(
    'is told as that, with what to do, and nothing is done: %s',
    (button) =>
      inWorld(async (world) => {
        const card = await preview(world, world.ayu, 'dev');
        await settled(world);
        world.slack.fail('views.open', { error: 'expired_trigger_id' });
        const told = await toldAfter(world, () => world.ayu.click(card, button));
        expect(told).toContain('Slack opens a window only within 3 seconds');
        expect(told).toContain('Nothing was done. Try again.');
      }),
  );
});

describe.concurrent('an answer that its address does not take', () => {
  it.each([
    ['help', 'How to Use usersync'],
    ['status', 'Target Status'],
    ['history', 'There are no runs to show'],
  ])('comes directly to whoever typed: /usersync %s', (text, answer) =>
    inWorld(async (world) => {
      world.slack.fail('response_url', { status: 403, times: 9 });
      await world.ayu.command(text);
      const told = await sees(world, 'the answer', () => world.slack.messages(`D${AYU.id.slice(1)}`).at(0));
      expect(shown(told)).toContain(answer);
    }),
  );
});

describe('an answer that comes directly, because its address does not take it', () => {
  it('has no buttons, which would be refused there, replaces no page, and the log says why it came so', async () => {
    const logs = new PassThrough();
    const lines: string[] = [];
    logs.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
    await inStrictWorld(
      async (world) => {
        const card = await preview(world, world.ayu, 'dev');
        await world.ayu.click(card, 'cancel_run');
        await settled(world);
        world.slack.fail('response_url', { status: 403, times: 2 });
        await world.ayu.command('history');
        const own = () => world.slack.messages(`D${AYU.id.slice(1)}`);
        const page = await sees(world, 'the history', () => own().at(0));
        expect(shown(page)).toContain('*Run 1*, ');
        expect(buttons(page)).toEqual([]);
        const older = { actionId: 'older_runs', blockId: 'history:older', value: ':9' };
        await world.ayu.clickForged(card, older);
        const next = await sees(world, 'the next page', () => own().at(1));
        expect([shown(next), buttons(next)]).toEqual([expect.stringContaining('*Run 1*, '), []]);
      },
      { timing: IMPATIENT, settings: { SLACK_CHANNEL_IDS: CHANNEL }, logs },
    );
    const told = lines.filter((line) => line.includes('a person could not be answered where they asked'));
    expect(told).toHaveLength(2);
    expect(told.every((line) => line.includes('"level":"warn"') && line.includes('403'))).toBe(true);
  });
});

describe.concurrent('a pause of which the channel cannot be told', () => {
  it.each([
    [{ error: 'not_in_channel' }, 'usersync is not a member of the channel'],
    [{ error: 'is_archived' }, 'archived'],
    [{ retryAfter: 30 }, 'ratelimited'],
    [{ status: 503 }, 'Slack gave no answer'],
  ])('holds, and its author learns that and why: %j', (fault, why) =>
    inWorld(async (world) => {
      for (const [verb, done] of [
        ['pause', 'paused the rules of `dev`.'],
        ['resume', 'resumed the rules of `dev`.'],
      ]) {
        world.slack.fail('chat.postMessage', fault);
        const told = await toldAfter(world, () => world.ayu.command(`${verb} dev`));
        expect(told).toContain(done);
        expect(told).toMatch(new RegExp(`<#${CHANNEL}> could not be told: .*${why}`));
      }
      expect(await toldAfter(world, () => world.ayu.command('resume dev'))).toContain(
        'There is no pause for `dev` alone',
      );
    }),
  );
});

describe.concurrent('the message of a run', () => {
  it.each([
    ['Slack has an error of its own', { status: 500 }],
    ['Slack limits the rate', { retryAfter: 1 }],
    ["Slack's answer to it is lost", { dropResponse: true }],
    ["Slack's answer to it is lost, and the next search fails", { dropResponse: true }],
  ])('is posted once, and becomes the preview, where %s', (what, fault) =>
    inWorld(async (world) => {
      world.slack.fail('chat.postMessage', fault);
      if (what.includes('search')) world.slack.fail('conversations.history', { status: 503 });
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toEqual([message]);
      await world.ayu.click(message, 'confirm_run');
      expect((await reply(world, message)).text).toBe(DONE);
    }),
  );

  it('that somebody deleted meanwhile is posted anew with the result, and the thread stands there', () =>
    inWorld(async (world) => {
      const deleted = await preview(world, world.ayu, 'dev');
      await settled(world);
      await waitForEdits(world);
      await world.ayu.click(deleted, 'confirm_run', {
        tamper: (body) => {
          world.slack.workspace.messages.splice(world.slack.workspace.messages.indexOf(deleted), 1);
          return body;
        },
      });
      const message = await sees(world, 'the new message', () => world.slack.messages(CHANNEL).at(0));
      expect((await reply(world, message)).text).toBe(DONE);
      expect(shown(message)).toContain('Sync Completed: Dev');
      expect(world.slack.messages(CHANNEL)).toEqual([message]);
    }));

  it('that somebody deleted before it was replaced does not come back', () =>
    inWorld(async (world) => {
      const deleted = await preview(world, world.ayu, 'dev');
      await settled(world);
      await waitForEdits(world);
      world.slack.workspace.messages.splice(world.slack.workspace.messages.indexOf(deleted), 1);
      const newer = await preview(world, world.ayu, 'dev');
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toEqual([newer]);
    }));

  it("that was deleted is posted anew once, though Slack's answer is lost", () =>
    inWorld(async (world) => {
      const deleted = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.workspace.messages.length = 0;
      world.slack.fail('chat.postMessage', { dropResponse: true });
      await world.ayu.clickForged(deleted, { actionId: 'cancel_run', blockId: 'x', value: '1' });
      await sees(world, 'the cancelled run', async () => (await audited(world, 'cancelled')).length === 1);
      await settled(world);
      expect(world.slack.messages(CHANNEL).map(({ text }) => text)).toEqual([
        expect.stringContaining('Sync Cancelled: Dev'),
      ]);
    }));
});

describe.concurrent('somebody who cancels', () => {
  it('is told that Slack does not take the new message, also where it was tried late', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      await world.sql(`CREATE TRIGGER busy BEFORE INSERT ON sync_outbox FOR EACH ROW
                       SET NEW.next_attempt_at = NEW.next_attempt_at + INTERVAL 4 SECOND`);
      world.slack.fail('chat.update', { error: 'internal_error', times: Number.POSITIVE_INFINITY });
      const told = await toldAfter(world, () => world.ayu.click(message, 'cancel_run'));
      expect(told).toContain('Slack has not taken the new message of run 1 yet');
    }));
});

describe.concurrent('the result of a run', () => {
  it.each([
    ['its answer is lost', { dropResponse: true }],
    ['Slack has an error of its own', { status: 500 }],
  ])('is told once where %s', (_what, fault) =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.fail('chat.postMessage', fault);
      await world.ayu.click(message, 'confirm_run');
      await reply(world, message);
      await settled(world);
      expect(replies(world, message.ts).map(({ text }) => text)).toEqual([DONE]);
    }),
  );

  it('waits as long as Slack asks for', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      world.slack.fail('chat.postMessage', { retryAfter: 2 });
      await world.ayu.click(message, 'confirm_run');
      await reply(world, message);
      const [refused, taken] = callsOf(world, 'chat.postMessage').slice(-2);
      // Without Retry-After, the second try would come after 1 s. The database rounds to milliseconds.
      expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_999);
    }));

  it('is told in order, message first, once Slack is back after the commit', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      let back: () => void = () => {};
      const outage = new Promise<void>((resolve) => {
        back = resolve;
      });
      await waitForEdits(world);
      // The edit that takes the buttons away, and then the first try of the outbox.
      world.slack.fail('chat.update', { status: 503 });
      world.slack.fail('chat.update', { status: 503, until: outage });
      await world.ayu.click(message, 'confirm_run');
      await sees(world, 'the commit', async () => (await audited(world, 'completed')).length === 1);
      expect(await world.sql('SELECT 1 FROM users WHERE location_id = 8')).toHaveLength(25);
      expect(replies(world, message.ts)).toEqual([]);
      back();
      await reply(world, message);
      await settled(world);
      const told = world.slack.calls.slice(-2).map(({ method, args }) => [method, args['thread_ts']]);
      expect(told).toEqual([
        ['chat.update', undefined],
        ['chat.postMessage', message.ts],
      ]);
      expect(replies(world, message.ts)).toHaveLength(1);
      expect(buttons(message)).not.toContain('confirm_run');
    }));
});

describe.concurrent('the file of a plan', () => {
  it('keeps nobody else waiting, however long it takes', () =>
    inWorld(async (world) => {
      let go: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      // Longer than the client's timeout, if need be: the file is tried again then.
      world.slack.fail('files.getUploadURLExternal', { until: held, times: Number.POSITIVE_INFINITY });
      const large = await preview(world, world.ayu, 'prod');
      await sees(world, 'the upload begun', () => callsOf(world, 'files.getUploadURLExternal').length > 0);
      const small = await preview(world, world.budi, 'dev');
      await world.budi.click(small, 'confirm_run');
      expect((await reply(world, small)).text).toBe(DONE);
      const list = "SELECT closed_at AS closed FROM sync_outbox WHERE run_id = 1 AND kind = 'list'";
      expect(await world.sql(list)).toEqual([{ closed: null }]);
      go();
      await attachment(world, large);
    }));

  it.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'is uploaded once where the answer to %s is lost',
    (method) =>
      inWorld(async (world) => {
        world.slack.fail(method, { dropResponse: true });
        const message = await preview(world, world.ayu, 'prod');
        const { id } = await attachment(world, message);
        await settled(world);
        const files = world.slack.messages(CHANNEL, message.ts).filter(({ fileIds }) => fileIds.length > 0);
        expect(files.map(({ fileIds }) => fileIds)).toEqual([[id]]);
      }),
  );
});
