import { beforeAll, describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import type { Fault } from '../../../sandbox/strict-slack/faults.ts';
import { CHANNEL, modal, preview, sees, settled, shown } from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

const world = useStrictWorld({ timing: IMPATIENT });

beforeAll(async () => {
  await preview(world, world.ayu, 'dev');
  await settled(world);
  await world.sql("UPDATE users SET status = 'inactive' WHERE location_id = 7 ORDER BY id LIMIT 2");
});

const DIRECT = `D${AYU.id.slice(1)}`;

const direct = () => world.slack.messages(DIRECT);

/** What Ayu is told alone because of a command, and what stands in the app's own conversation with her by then. */
async function toldBy(text: string) {
  world.slack.workspace.messages.length = 0;
  await world.ayu.command(text);
  const told = shown(await sees(world, 'an answer', () => world.slack.ephemerals(AYU.id)[0]));
  return { told, direct: direct().map(shown) };
}

const REFUSALS: readonly [string, string, Fault, string][] = [
  [
    'files are switched off',
    'files.getUploadURLExternal',
    { error: 'file_uploads_disabled' },
    'files are switched off in this workspace',
  ],
  [
    'the room for files is used up',
    'files.getUploadURLExternal',
    { error: 'storage_limit_reached' },
    'the workspace has no space left for files',
  ],
  [
    'the scope is missing',
    'files.getUploadURLExternal',
    { error: 'missing_scope' },
    'the Slack app lacks a scope for that',
  ],
  [
    'the channel is external',
    'files.completeUploadExternal',
    { error: 'internal_error' },
    'Slack answered `internal_error`',
  ],
  [
    'something is restricted',
    'files.completeUploadExternal',
    { error: 'restricted_action' },
    'only some people may post there',
  ],
  [
    'Slack knows a new word',
    'files.completeUploadExternal',
    { error: 'new_word' },
    'Slack answered `new_word`',
  ],
  ['the rate is limited', 'files.getUploadURLExternal', { retryAfter: 1 }, 'Slack answered `ratelimited`'],
  ['the address takes nothing', 'upload', { status: 503 }, 'Slack did not take the file (`HTTP 503`)'],
  ['the address breaks the connection', 'upload', { dropResponse: true }, 'Slack gave no answer'],
];

describe('/usersync export', () => {
  it('leaves a text and a file where Slack takes both, and says there where they are', async () => {
    world.slack.workspace.messages.length = 0;
    await world.ayu.command('export 1');
    const text = await sees(world, 'the text', () => direct()[0]);
    await sees(world, 'the file', () => world.slack.messages(DIRECT, text.ts)[0]?.fileIds.length === 1);
    expect(shown(text)).toContain('Every line of the plan of run 1.');
    await sees(world, 'the answer', () =>
      world.slack.ephemerals(AYU.id).some((each) => shown(each).includes('The file is in your conversation')),
    );
  });

  it.each(REFUSALS)(
    'says in both places that the file is missing, where %s',
    async (_, method, fault, why) => {
      world.slack.fail(method, fault);
      const { told, direct } = await toldBy('export 1');
      for (const text of [told, ...direct]) {
        expect(text).toContain(`The file could not be attached: `);
        expect(text).toContain(why);
        expect(text).toContain('Press View All');
        expect(text).not.toContain('Every line');
      }
      expect(direct).toHaveLength(1);
    },
  );

  it('answers below where the text cannot be edited', async () => {
    world.slack.fail('files.getUploadURLExternal', { error: 'file_uploads_disabled' });
    world.slack.fail('chat.update', { error: 'edit_window_closed' });
    await toldBy('export 1');
    const [text] = direct();
    expect(world.slack.messages(DIRECT, text?.ts).map(shown)).toEqual([
      expect.stringContaining('The file could not be attached: files are switched off'),
    ]);
  });

  it('says so where it was typed, where there is no conversation for it', async () => {
    world.slack.fail('chat.postMessage', { error: 'messages_tab_disabled' });
    const { told, direct } = await toldBy('export 1');
    expect(told).toContain('The file could not be attached: Slack answered `messages_tab_disabled`.');
    expect(direct).toEqual([]);
  });

  it('sends no empty file of a plan whose users were deleted since', async () => {
    await world.sql('DELETE FROM sync_changes WHERE run_id = 1');
    const { told, direct } = await toldBy('export 1');
    expect(told).toContain('no longer on record');
    expect(direct).toEqual([]);
  });
});

/** Opens a list and presses its Send as File; the window by then. */
async function sendFrom(text: string): Promise<string> {
  world.slack.workspace.views.clear();
  await world.ayu.command(text);
  await world.ayu.clickInView(await modal(world, 'Send as File'), 'send_users');
  return JSON.stringify((await modal(world, 'The file could not be attached')).view);
}

describe.each(['users', 'inactive'])('/usersync %s', (verb) => {
  it.each(REFUSALS)(
    'says in the window and in the conversation that the file is missing, and keeps the list open, where %s',
    async (_, method, fault, why) => {
      world.slack.workspace.messages.length = 0;
      world.slack.fail(method, fault);
      const view = await sendFrom(`${verb} test`);
      expect(view).toContain(why);
      expect(view).toContain('@');
      expect(direct().map(shown)).toEqual([expect.stringContaining('The file could not be attached: ')]);
      expect(direct().map(shown).join()).toContain(why);
    },
  );

  it('tells somebody who has closed the window otherwise', async () => {
    world.slack.workspace.messages.length = 0;
    world.slack.fail('files.getUploadURLExternal', { error: 'file_uploads_disabled' });
    world.slack.fail('views.update', {
      error: 'not_found',
      when: (args) => JSON.stringify(args).includes('attached'),
    });
    world.slack.workspace.views.clear();
    await world.ayu.command(`${verb} test`);
    await world.ayu.clickInView(await modal(world, 'Send as File'), 'send_users');
    await sees(world, 'an answer', () => direct().length === 2);
    expect(direct().map(shown).join('\n')).toMatch(/files are switched off.*files are switched off/s);
  });
});

describe('a preview of many users', () => {
  it.each(REFUSALS.filter(([, , fault]) => fault.error !== undefined))(
    'promises no file in the thread, where %s',
    async (_, method, fault, why) => {
      world.slack.fail(method, fault);
      const message = await preview(world, world.ayu, 'prod');
      await sees(world, 'the message without the promise', () =>
        shown(message).includes('Press View All to see them.'),
      );
      await settled(world);
      expect(shown(message)).toContain('…and 790 more. Press View All to see them.');
      expect(shown(message)).not.toContain('CSV');
      expect(world.slack.messages(CHANNEL, message.ts).map(shown)).toEqual([
        expect.stringMatching(`^The file could not be attached: ${why}`),
      ]);
    },
  );

  it('promises no file where the bot may not look whether an earlier try has sent it', async () => {
    let during = true;
    const faulty = { times: Number.POSITIVE_INFINITY, when: () => during };
    world.slack.fail('conversations.replies', { error: 'missing_scope', ...faulty });
    world.slack.fail('files.completeUploadExternal', { status: 500, ...faulty });
    const message = await preview(world, world.ayu, 'prod');
    const isOpen = "kind = 'list' AND closed_at IS NULL AND last_error IS NOT NULL";
    await sees(world, 'the first try', async () =>
      (await world.sql(`SELECT id FROM sync_outbox WHERE ${isOpen}`)).at(0),
    );
    // Ten minutes after the preview, a file is no longer tried.
    await world.sql(`UPDATE sync_outbox SET created_at = created_at - INTERVAL 11 MINUTE WHERE ${isOpen}`);
    await sees(world, 'the message without the promise', () =>
      shown(message).includes('Press View All to see them.'),
    );
    await settled(world);
    during = false;
  });

  it('whose file comes says where it is', async () => {
    const message = await preview(world, world.ayu, 'prod');
    await settled(world);
    expect(shown(message)).toContain('…and 790 more. The CSV file in the thread lists them all.');
    expect(world.slack.messages(CHANNEL, message.ts)).toHaveLength(1);
  });

  it('whose message was deleted has its file in the thread of the new message, once', async () => {
    const deleted = await preview(world, world.ayu, 'prod');
    await settled(world);
    world.slack.workspace.messages.length = 0;
    await world.sql(`INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at)
      SELECT MAX(id), 'message', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM sync_runs`);
    const message = await sees(world, 'the new message', () => world.slack.messages(CHANNEL).at(0));
    expect(message.ts).not.toBe(deleted.ts);
    await settled(world);
    expect(shown(message)).toContain('The CSV file in the thread lists them all.');
    expect(world.slack.messages(CHANNEL, message.ts).map(({ fileIds }) => fileIds.length)).toEqual([1]);
  });
});

describe('the window of /usersync users', () => {
  it('promises no file that does not come', async () => {
    const emails = Array.from({ length: 1_500 }, (_, n) => [`${'x'.repeat(200)}${n}@dkm`]);
    await world.database.connection.batch('INSERT INTO users (email, location_id) VALUES (?, 7)', emails);
    world.slack.fail('files.getUploadURLExternal', { error: 'file_uploads_disabled' });
    const view = await sendFrom('users test');
    expect(view).toMatch(/The file could not be attached: files are switched off.*…and \d+ more/);
    expect(view).not.toContain('Send as File');
  });
});
