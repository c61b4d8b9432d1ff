import { describe, expect, it } from 'vitest';
import { AYU, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import { startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { nextTs, type StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { DIRECT } from '../../../src/slack/connect/network.ts';
import { batchBlockId, runBlockId } from '../../../src/slack/ids.ts';
import { attach, findRunMessage } from '../../../src/slack/tell/own-messages.ts';
import { keyedMessage } from '../../../src/slack/views/answers/automation.ts';
import { section } from '../../../src/slack/views/blocks.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';
import errors from '../../support/slack-errors.json' with { type: 'json' };
import {
  attachment,
  buttons,
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
import { aRun } from '../../support/view-fixtures.ts';
import { SILENT } from '../sandbox/web-client.ts';

const inWorld = (act: (world: StrictWorld) => Promise<void>) => inStrictWorld(act, { timing: IMPATIENT });

/** More than come on any page. */
const MANY = 70;

/** Others write much in the channel, or in a thread. */
function chatter(world: StrictWorld, threadTs?: string): void {
  for (let n = 0; n < MANY; n += 1) write(world, { user: CITRA.id, text: `message ${n}`, threadTs });
}

function write(
  { slack: { workspace } }: Pick<StrictWorld, 'slack'>,
  message: Pick<StoredMessage, 'user' | 'text'> & Partial<Pick<StoredMessage, 'blocks' | 'threadTs'>>,
): void {
  workspace.messages.push({
    channel: CHANNEL,
    ts: nextTs(workspace),
    at: workspace.now(),
    blocks: undefined,
    edited: false,
    threadTs: undefined,
    metadata: undefined,
    ephemeralTo: undefined,
    fileIds: [],
    ...message,
  });
}

/** The next answer of `posting` is lost; before the bot looks for what it posted, others write much. */
function loseAnswer(world: StrictWorld, posting: string, looking: string): void {
  const { slack } = world;
  slack.fail(posting, { dropResponse: true });
  const looked = sees(world, 'the bot look for it', () =>
    slack.calls.some(({ method }) => method === looking),
  );
  slack.fail(looking, { until: looked.then(() => chatter(world)) });
}

const ours = ({ slack }: StrictWorld) =>
  slack.messages(CHANNEL).filter(({ user }) => user === slack.workspace.botUserId);

const pages = ({ slack }: StrictWorld, looking: string) =>
  slack.calls.filter(({ method }) => method === looking).length;

/** Waits until the outbox is empty, without its pauses. */
const allDelivered = (world: StrictWorld) =>
  sees(world, 'the end of all notices', async () => {
    await world.sql('UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3) WHERE closed_at IS NULL');
    const [row] = await world.sql<{ n: number; open: number }>(
      'SELECT COUNT(*) AS n, SUM(closed_at IS NULL) AS open FROM sync_outbox',
    );
    return Number(row?.n) > 0 && Number(row?.open) === 0;
  });

describe.concurrent('in a busy channel, what was posted although its answer was lost is found', () => {
  it('where it is the message of a run', () =>
    inWorld(async (world) => {
      loseAnswer(world, 'chat.postMessage', 'conversations.history');
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      expect(ours(world)).toEqual([message]);
      expect(pages(world, 'conversations.history')).toBeGreaterThan(4);
    }));

  it('where it is the summary of all', () =>
    inWorld(async (world) => {
      loseAnswer(world, 'chat.postMessage', 'conversations.history');
      await world.ayu.command('all');
      await sees(world, 'three previews', async () => {
        const [row] = await world.sql<{ n: number }>(
          "SELECT COUNT(*) AS n FROM sync_runs WHERE status = 'ready'",
        );
        return Number(row?.n) === 3;
      });
      await settled(world);
      expect(ours(world)).toHaveLength(4);
    }));

  it('where it is the result in the thread', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      chatter(world, message.ts);
      world.slack.fail('chat.postMessage', { dropResponse: true });
      await world.ayu.click(message, 'confirm_run');
      await sees(world, 'the result', () => replies(world, message.ts).length > MANY);
      await settled(world);
      const told = replies(world, message.ts).filter(({ user }) => user === message.user);
      expect(told.map(shown)).toEqual([expect.stringContaining('Sync completed successfully!')]);
      expect(pages(world, 'conversations.replies')).toBeGreaterThan(4);
    }));

  it('where it is the file of a plan', () =>
    inWorld(async (world) => {
      world.slack.fail('files.getUploadURLExternal', { status: 503 });
      const message = await preview(world, world.ayu, 'prod');
      chatter(world, message.ts);
      world.slack.fail('files.completeUploadExternal', { dropResponse: true });
      const { id } = await attachment(world, message);
      await settled(world);
      const files = world.slack.messages(CHANNEL, message.ts).filter(({ fileIds }) => fileIds.length > 0);
      expect(files.map(({ fileIds }) => fileIds)).toEqual([[id]]);
    }));
});

describe('the message of a run', () => {
  const SCHEDULED = {
    SYNC_SCHEDULE: FAR_SCHEDULE,
    SYNC_SCHEDULE_CHANNEL_ID: CHANNEL,
    SYNC_SCHEDULE_TARGETS: 'dev',
  };

  it('is not that of another bot, which has a run of the same number: a scheduled preview is posted', () =>
    inWorld(async (world) => {
      const theirs = section(runBlockId({ id: 1, status: 'ready' }, 'header'), 'A preview of staging');
      write(world, { user: 'U0STAGING1', text: 'A preview of staging', blocks: [theirs] });
      await world.anotherBot(SCHEDULED);
      const message = await newMessage(world, []);
      await settled(world);
      expect(ours(world)).toEqual([message]);
      expect(await world.sql('SELECT id, message_ts FROM sync_runs')).toEqual([
        { id: 1, message_ts: message.ts },
      ]);
    }));

  it('of a scheduled preview is posted although the app was installed without the right to look for it', () =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'missing_scope', times: 100 });
      await world.anotherBot(SCHEDULED);
      const message = await newMessage(world, []);
      await settled(world);
      expect(ours(world)).toEqual([message]);
    }));

  it('of a scheduled preview is posted whatever the code with which Slack does not let the bot look for it', () =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'a_code_of_next_year', times: 100 });
      world.slack.fail('chat.postMessage', { status: 503 });
      await world.anotherBot(SCHEDULED);
      const message = await newMessage(world, []);
      await settled(world);
      expect(ours(world)).toEqual([message]);
    }));

  it('of a scheduled preview is posted once where its answer was lost, and Slack refuses the look by such a code', () =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'a_code_of_next_year', times: 100 });
      world.slack.fail('chat.postMessage', { dropResponse: true });
      await world.anotherBot(SCHEDULED);
      await newMessage(world, []);
      await allDelivered(world);
      expect(ours(world)).toHaveLength(1);
    }));

  it('is posted again at once where the bot may not look, and after each lost answer five times later', async () => {
    const slack = await startStrictSlack();
    const client = createSlackClient({ ...slack, logger: SILENT });
    slack.fail('conversations.history', { error: 'missing_scope', times: 100 });
    const look = (lostAnswers: number, ageSeconds: number) =>
      findRunMessage(
        { client, showing: {}, notice: { lostAnswers, ageSeconds } },
        aRun({ channelId: CHANNEL }),
        undefined,
      );
    const day = 24 * 3600;
    const due = [look(0, 0), look(0, day), look(1, 5), look(2, 25), look(7, day)];
    expect(await Promise.all(due)).toEqual(due.map(() => undefined));
    for (const early of [look(1, 4), look(2, 24), look(7, 21 * 3600), look(8, day)])
      await expect(early).rejects.toThrow('may have arrived');
    await slack.stop();
  });

  it('is posted once more for each lost answer, and as often as it takes where Slack took nothing', () =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'missing_scope', times: Number.POSITIVE_INFINITY });
      const due = () =>
        world.sql('UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3) WHERE closed_at IS NULL');
      for (const fault of [{ status: 503 }, { error: 'ratelimited' }, { status: 429, retryAfter: 1 }])
        world.slack.fail('chat.postMessage', { ...fault, times: 5 });
      world.slack.fail('chat.postMessage', { dropResponse: true });
      await world.anotherBot(SCHEDULED);
      const told = await sees(world, 'the second copy', async () => {
        await due();
        await world.sql(
          'UPDATE sync_outbox SET created_at = created_at - INTERVAL 5 SECOND WHERE lost_answers = 1',
        );
        return ours(world).at(1);
      });
      await settled(world);
      expect(ours(world)).toHaveLength(2);
      expect(await world.sql('SELECT message_ts FROM sync_runs')).toEqual([{ message_ts: told.ts }]);
      const sent = "SELECT lost_answers AS lost FROM sync_outbox WHERE kind = 'message'";
      expect(await world.sql(sent)).toEqual([{ lost: 1 }]);
    }));

  it.each([
    ['invalid_cursor', 'on a later page'],
    ['a_code_of_next_year', 'on the first page'],
  ])('is not posted again because of %s %s: that does not say that the bot may never look', (error, where) =>
    inWorld(async (world) => {
      if (where === 'on a later page') loseAnswer(world, 'chat.postMessage', 'conversations.history');
      else world.slack.fail('chat.postMessage', { dropResponse: true });
      world.slack.fail('conversations.history', { error });
      await world.ayu.command('dev');
      await allDelivered(world);
      expect(ours(world)).toHaveLength(1);
    }),
  );

  it('is looked for in a channel without end with fewer calls than Slack takes in a minute: a limit would begin the look anew', async () => {
    let calls = 0;
    const fetch: typeof DIRECT.fetch = async () => {
      calls += 1;
      return Response.json({ ok: true, messages: [], response_metadata: { next_cursor: 'more' } });
    };
    const network = { ...DIRECT, fetch };
    const client = createSlackClient({
      apiUrl: 'http://slack.invalid/api/',
      botToken: 'xoxb-1',
      logger: SILENT,
      network,
    });
    expect(await findRunMessage({ client, showing: {} }, aRun({}), undefined)).toBeUndefined();
    expect(calls).toBeLessThan(50);
  });

  it('is found by its own number, though the clock of the database is ahead, unless it is known', async () => {
    const slack = await startStrictSlack();
    const client = createSlackClient({ ...slack, logger: SILENT });
    const post = async (id: number) => {
      const blocks = [section(runBlockId({ id, status: 'ready' }, 'header'), 'A preview')];
      const { ts } = await client.chat.postMessage({ channel: CHANNEL, text: 'A preview', blocks });
      return ts;
    };
    const own = await post(1);
    await post(12);
    const run = aRun({ id: 1, channelId: CHANNEL, requestedAt: new Date(Date.now() + 200_000) });
    expect(await findRunMessage({ client, showing: {} }, run, undefined)).toBe(own);
    expect(await findRunMessage({ client, showing: {} }, run, own)).toBeUndefined();
    await slack.stop();
  });
});

describe('the summary of all', () => {
  const summaries = (world: StrictWorld) =>
    ours(world).filter(({ blocks }) => JSON.stringify(blocks).includes(batchBlockId(1, '')));

  it.each([
    ['somebody has deleted', 1],
    ['Slack lets nobody edit any more', 2],
  ])('that %s is posted anew once, though Slack’s answer is lost', (_what, stand) =>
    inWorld(async (world) => {
      const { slack } = world;
      await world.ayu.command('all');
      const ready = "SELECT id FROM sync_runs WHERE status = 'ready'";
      await sees(world, 'three previews', async () => (await world.sql(ready)).length === 3);
      await settled(world);
      const [known] = summaries(world);
      if (known === undefined) throw new Error('There is no summary');
      if (stand === 1) slack.workspace.messages.splice(slack.workspace.messages.indexOf(known), 1);
      const isOld = ({ ts }: Readonly<Record<string, unknown>>) => ts === known.ts;
      const isSummary = ({ blocks }: Readonly<Record<string, unknown>>) =>
        JSON.stringify(blocks).includes(batchBlockId(1, ''));
      if (stand === 2) slack.fail('chat.update', { error: 'edit_window_closed', when: isOld, times: 9 });
      slack.fail('chat.postMessage', { dropResponse: true, when: isSummary });
      const run = await sees(world, 'a run', () =>
        ours(world).find((each) => buttons(each).includes('cancel_run')),
      );
      await world.ayu.click(run, 'cancel_run');
      await sees(world, 'the new summary', () => summaries(world).some(({ ts }) => ts !== known.ts));
      await settled(world);
      expect(summaries(world)).toHaveLength(stand);
      const newest = summaries(world).at(-1);
      expect(await world.sql('SELECT message_ts FROM sync_batches')).toEqual([{ message_ts: newest?.ts }]);
    }),
  );
});

describe('a reminder', () => {
  it('is not that of another bot, which reminds in the same channel', () =>
    inWorld(async (world) => {
      const isReminder = ({ text }: Readonly<Record<string, unknown>>) =>
        String(text).startsWith('Reminder:');
      world.slack.fail('chat.postMessage', { status: 503, when: isReminder });
      await world.anotherBot({ SYNC_REMINDER_DAYS: '7', SLACK_CHANNEL_IDS: CHANNEL });
      const { week } = await sees(world, 'the first try', async () =>
        (await world.sql<{ week: string }>('SELECT week FROM sync_reminders')).at(0),
      );
      const theirs = keyedMessage('Reminder: it is time to sync staging', [week]);
      write(world, { user: 'U0STAGING1', ...theirs });
      await sees(world, 'their message, or ours', async () => {
        await world.sql('UPDATE sync_reminders SET lease_until = lease_until - INTERVAL 1 MINUTE');
        return pages(world, 'conversations.history') > 0;
      });
      await sees(world, 'that it is told', async () =>
        (await world.sql('SELECT week FROM sync_reminders WHERE lease_until IS NULL')).at(0),
      );
      expect(ours(world).map(({ text }) => text)).toEqual([expect.stringMatching(/^Reminder: .*`dev`/s)]);
    }));
});

describe('where the bot may not look for what it posted', () => {
  it.each([
    ['a reminder', { SYNC_REMINDER_DAYS: '7', SLACK_CHANNEL_IDS: CHANNEL }],
    [
      'that a scheduled preview was not made',
      {
        ...{ SYNC_TARGETS: 'dev=dev,ghost=ghost', SYNC_SCHEDULE: FAR_SCHEDULE },
        ...{ SYNC_SCHEDULE_TARGETS: 'ghost', SYNC_SCHEDULE_CHANNEL_ID: CHANNEL },
      },
    ],
  ])('%s is posted all the same once Slack takes it again', (_what, settings) =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'missing_scope', times: Number.POSITIVE_INFINITY });
      world.slack.fail('chat.postMessage', { status: 503 });
      await world.anotherBot(settings);
      await sees(world, 'the message', async () => {
        await world.sql('UPDATE sync_reminders SET lease_until = lease_until - INTERVAL 1 MINUTE');
        return ours(world).at(0);
      });
      await sees(world, 'that it is told', async () =>
        (await world.sql('SELECT week FROM sync_reminders WHERE lease_until IS NULL')).at(0),
      );
      expect(ours(world)).toHaveLength(1);
    }),
  );
});

describe('a reminder whose answers are lost', () => {
  it('is posted ever more rarely where the bot may not look for it', () =>
    inWorld(async (world) => {
      world.slack.fail('conversations.history', { error: 'missing_scope', times: Number.POSITIVE_INFINITY });
      world.slack.fail('chat.postMessage', { dropResponse: true, times: Number.POSITIVE_INFINITY });
      await world.anotherBot({ SYNC_REMINDER_DAYS: '7', SLACK_CHANNEL_IDS: CHANNEL });
      await sees(world, 'the first copy', () => ours(world).at(0));
      await world.sql(
        `UPDATE sync_reminders
         SET told_at = told_at - INTERVAL 100 SECOND, lease_until = lease_until - INTERVAL 61 SECOND`,
      );
      await sees(world, 'the second copy', () => ours(world).at(1));
      const longer = 'SELECT week FROM sync_reminders WHERE lease_until > told_at + INTERVAL 490 SECOND';
      await sees(world, 'that the third one waits', async () => (await world.sql(longer)).at(0));
    }));
});

describe('the call of all admins, where the bot may not look for it', () => {
  const MANY_ADMINS = Array.from({ length: 45 }, (_, n) => ({ id: `U0ADMIN${n + 10}`, name: `admin${n}` }));

  it('is posted in the channel once, however many attempts it takes to tell each of them', () =>
    inStrictWorld(
      async (world) => {
        for (const { id, name } of MANY_ADMINS) world.slack.workspace.members.set(id, { id, name });
        const message = await preview(world, world.ayu, 'dev');
        world.slack.fail('conversations.replies', { error: 'missing_scope', times: 100 });
        world.slack.fail('conversations.history', { error: 'missing_scope', times: 100 });
        const first = MANY_ADMINS[0]?.id;
        world.slack.fail('chat.postMessage', { status: 503, when: ({ channel }) => channel === first });
        await world.ayu.click(message, 'confirm_alone_run');
        await world.ayu.submit(await modal(world, 'you act alone'), { target: 'dev', reason: 'The gate' });
        const toldDirectly = () =>
          MANY_ADMINS.filter(({ id }) => world.slack.messages(`D${id.slice(1)}`).length === 1);
        await sees(world, 'all admins told', () => toldDirectly().length === MANY_ADMINS.length);
        await allDelivered(world);
        const calls = replies(world, message.ts).filter((each) => shown(each).includes('*alone*'));
        expect(calls).toHaveLength(1);
      },
      {
        timing: IMPATIENT,
        settings: {
          TWO_PERSON_TARGETS: 'dev',
          SLACK_ADMIN_USER_IDS: [AYU, ...MANY_ADMINS].map(({ id }) => id).join(','),
        },
      },
    ));
});

describe('a second copy of the message of a run', () => {
  it('harms nothing, whatever the code with which Slack does not let it be deleted', async () => {
    const slack = await startStrictSlack();
    const client = createSlackClient({ ...slack, logger: SILENT });
    const runs = { attachMessage: async () => false };
    const codes = { ...errors.everyMethod.codes, ...errors.methods['chat.delete'].codes };
    for (const error of Object.keys(codes)) {
      slack.fail('chat.delete', { error });
      expect(await attach({ client, runs }, aRun(), '1.000001')).toBe(false);
    }
    expect(slack.calls.map(({ method }) => method)).toEqual(Object.keys(codes).map(() => 'chat.delete'));
    await slack.stop();
  });
});
