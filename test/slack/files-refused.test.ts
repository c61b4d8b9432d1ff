import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AYU } from '../support/local-slack-workspace.ts';
import { modal, preview, sees, settled, shown } from '../support/strict-conversation.ts';
import type { Fault } from '../support/strict-slack/faults.ts';
import { IMPATIENT, type StrictWorld, startStrictWorld } from '../support/strict-world.ts';

let world: StrictWorld;

beforeAll(async () => {
  world = await startStrictWorld({ timing: IMPATIENT });
  await preview(world, world.ayu, 'dev');
  await settled(world);
  await world.sql("UPDATE users SET status = 'inactive' WHERE location_id = 7 ORDER BY id LIMIT 2");
});

afterAll(async () => {
  await world.stop();
  expect(world.slack.violations).toEqual([]);
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
    "the workspace's room for files is used up",
  ],
  [
    'the scope is missing',
    'files.getUploadURLExternal',
    { error: 'missing_scope' },
    'the Slack app lacks the scope files:write',
  ],
  [
    'the channel is external',
    'files.completeUploadExternal',
    { error: 'internal_error' },
    'Slack could not take it at the moment',
  ],
  [
    'something is restricted',
    'files.completeUploadExternal',
    { error: 'restricted_action' },
    'the workspace does not let usersync send files here',
  ],
  [
    'Slack knows a new word',
    'files.completeUploadExternal',
    { error: 'new_word' },
    'Slack answered `new_word`',
  ],
  [
    'the rate is limited',
    'files.getUploadURLExternal',
    { retryAfter: 1 },
    'Slack could not take it at the moment',
  ],
  ['the address takes nothing', 'upload', { status: 503 }, 'could not be reached'],
  ['the address breaks the connection', 'upload', { dropResponse: true }, 'could not be reached'],
];

describe('/usersync export', () => {
  it('leaves a text and a file where Slack takes both', async () => {
    world.slack.workspace.messages.length = 0;
    await world.ayu.command('export 1');
    const text = await sees(world, 'the text', () => direct()[0]);
    await sees(world, 'the file', () => world.slack.messages(DIRECT, text.ts)[0]?.fileIds.length === 1);
    expect(shown(text)).toContain('Every line of the plan of run 1.');
    expect(world.slack.ephemerals(AYU.id)).toEqual([]);
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
});

describe.each(['users', 'inactive'])('/usersync %s', (verb) => {
  it.each(REFUSALS)(
    'says that the file is missing, and keeps the list open, where %s',
    async (_, method, fault, why) => {
      world.slack.workspace.views.clear();
      world.slack.fail(method, fault);
      const { told, direct } = await toldBy(`${verb} test`);
      for (const text of [told, ...direct]) {
        expect(text).toContain('The file could not be attached: ');
        expect(text).toContain(why);
      }
      expect(direct).toHaveLength(1);
      expect(JSON.stringify((await modal(world, 'at `test`')).view)).toContain('@');
    },
  );
});

describe('the window of /usersync users', () => {
  it('promises no file that does not come', async () => {
    const emails = Array.from({ length: 1_500 }, (_, n) => [`${'x'.repeat(200)}${n}@dkm`]);
    await world.database.connection.batch('INSERT INTO users (email, location_id) VALUES (?, 7)', emails);
    world.slack.workspace.views.clear();
    world.slack.fail('files.getUploadURLExternal', { error: 'file_uploads_disabled' });
    await world.ayu.command('users test');
    const { view } = await modal(world, 'files are switched off');
    expect(JSON.stringify(view)).toMatch(/…and \d+ more\. The file could not be attached/);
    expect(JSON.stringify(view)).not.toContain('The CSV file has them all');
  });
});
