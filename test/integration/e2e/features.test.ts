import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import type { DepotReply } from '../../../sandbox/depot/replies.ts';
import { buttonsOf, type LocalMessage, shownText } from '../../../sandbox/local-slack/message.ts';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../sandbox/process/until.ts';
import { checkMessage, checkView } from '../../../sandbox/strict-slack/limits/limits.ts';
import { confirm, preview } from '../../../sandbox/worlds/conversation.ts';
import { startWorld, type World } from '../../../sandbox/worlds/world.ts';

const SETTINGS = { SLACK_CHANNEL_IDS: 'C0DEVSUP01', DEACTIVATION_LIMIT_COUNT: '50' };

/** Without what Slack adds to a view. */
function asSent({
  type,
  title,
  blocks,
  submit,
  close,
  callback_id,
  private_metadata,
}: Record<string, unknown>) {
  const view = { type, title, blocks, submit, close, callback_id, private_metadata };
  return JSON.parse(JSON.stringify(view));
}

describe.each(['en', 'id'] as const)('what an admin does in Slack, in %s', (language) => {
  let database: FreshDatabase;
  let world: World;

  beforeEach(async () => {
    database = await freshDatabase({ migrated: true });
    world = await startWorld({
      databaseUrl: database.url,
      settings: { ...SETTINGS, BOT_LANGUAGE: language },
    });
  });
  afterEach(async () => {
    const messages = [...(await world.slack.messages())];
    expect(messages.filter(isOurs).flatMap((message) => checkMessage(message, 'post'))).toEqual([]);
    await world.stop();
    await database.drop();
  });

  const isOurs = ({ user, blocks }: LocalMessage) => user === world.slack.botUserId && blocks !== undefined;
  const ephemeral = (find: (message: LocalMessage) => boolean) =>
    world.slack.waitFor((messages) =>
      messages.find((message) => message.ephemeral_to === AYU.id && find(message)),
    );

  test('/usersync all previews every target under one current summary, and a hanging server holds up no other', async () => {
    await world.restartBot({ ...SETTINGS, BOT_LANGUAGE: language });
    let refuse = () => {};
    const hanging = new Promise<DepotReply>((resolve) => {
      refuse = () => resolve({ status: 401, json: {} });
    });
    world.depots.prod.faults.onRequest = () => hanging;
    await world.slack.command(AYU.id, 'all');
    const ready = await world.slack.waitFor((messages) => {
      const found = messages.filter((message) =>
        buttonsOf(message).some(({ actionId }) => actionId === 'confirm_run'),
      );
      return found.length === 2 && found;
    });
    expect(await world.sql("SELECT status FROM sync_runs WHERE target = 'prod'")).toEqual([
      { status: 'reading' },
    ]);
    const test2 = ready.find(({ text }) => text.includes('Test'));
    if (test2 === undefined) throw new Error('There is no preview of Test');
    await confirm(world, test2);
    refuse();
    const summary = await world.slack.waitFor((messages) =>
      messages.find(
        ({ blocks }) =>
          blocks?.[0]?.block_id === 'batch:1:header' &&
          /Unauthorized/.test(JSON.stringify(blocks)) &&
          /completed|selesai/i.test(JSON.stringify(blocks)),
      ),
    );
    expect(shownText(summary)).toContain('/archives/');
    expect(
      (await world.slack.messages()).filter(({ blocks }) => blocks?.[0]?.block_id === 'batch:1:header'),
    ).toHaveLength(1);
  });

  test('status, history with details and older pages, for the asker alone', async () => {
    for (let run = 0; run < 11; run += 1) {
      const message = await preview(world, 'dev');
      await world.slack.click(message.ts, AYU.id, 'cancel_run');
    }
    await confirm(world, await preview(world, 'test'));
    await world.slack.command(AYU.id, 'status');
    const status = await ephemeral(({ blocks }) => blocks?.[0]?.block_id === 'status:title');
    expect(shownText(status)).toContain('13');
    await world.slack.command(AYU.id, 'history');
    const history = await ephemeral(({ blocks }) => blocks?.[0]?.block_id === 'history:title');
    const details = buttonsOf(history).filter(({ actionId }) => actionId === 'run_details');
    expect(details).toHaveLength(10);
    await world.slack.click(history.ts, AYU.id, 'run_details', details[0]?.value);
    const modal = await world.slack.waitForView((view) =>
      JSON.stringify(view).includes('details:12:steps:0'),
    );
    expect(checkView(asSent(modal))).toEqual([]);
    await world.slack.click(history.ts, AYU.id, 'older_runs');
    await ephemeral(({ blocks }) => JSON.stringify(blocks ?? []).includes('history:1"'));
  });

  test('/usersync rollback takes the newest run back, and a named one', async () => {
    await confirm(world, await preview(world, 'test'));
    await confirm(world, await preview(world, 'rollback'));
    expect(await world.sql("SELECT COUNT(*) AS n FROM users WHERE status = 'active'")).toEqual([{ n: 12 }]);
    await confirm(world, await preview(world, 'rollback 2'));
    expect(await world.sql("SELECT COUNT(*) AS n FROM users WHERE status = 'active'")).toEqual([{ n: 13 }]);
  });

  test('users, inactive users and a run as a file', async () => {
    await confirm(world, await preview(world, 'test'));
    await world.slack.command(AYU.id, 'users test active new_user');
    const users = await world.slack.waitForView((view) => JSON.stringify(view).includes('new_user3@dkm'));
    expect(JSON.stringify(users)).not.toContain('old_user1@dkm');
    await world.slack.command(AYU.id, 'inactive');
    const inactive = await world.slack.waitForView((view) => JSON.stringify(view).includes('old_user2@dkm'));
    expect(checkView(asSent(inactive))).toEqual([]);
    await world.slack.command(AYU.id, 'export 1');
    const conversation = await until(
      async () => (await world.slack.state()).channels.find(({ id }) => id.startsWith('D')),
      { failure: () => 'the bot opened no conversation' },
    );
    const names = await world.slack.waitFor(
      (messages) => {
        const files = messages.flatMap(({ files: sent }) => sent ?? []).map(({ name }) => name);
        return files.length > 0 && files;
      },
      { channel: conversation.id },
    );
    // Lists of users are sent to whoever asks for a file.
    expect(names).toEqual(['usersync-test-run-1.csv']);
  });

  test('some left out of a plan: the plan, its hash and its message change, the old picture confirms nothing', async () => {
    const message = await preview(world, 'test');
    const before = shownText(message);
    await world.slack.click(message.ts, AYU.id, 'adjust_run');
    const modal = await world.slack.waitForView((view) => JSON.stringify(view).includes('plain_text_input'));
    expect(checkView(asSent(modal))).toEqual([]);
    await world.slack.submitView(AYU.id, { emails: 'old_user1@dkm, NEW_USER1@dkm' });
    const adjusted = await world.slack.waitFor((messages) =>
      messages.find(({ ts, blocks }) => ts === message.ts && JSON.stringify(blocks).includes(':omitted')),
    );
    expect(shownText(adjusted)).not.toBe(before);
    expect(shownText(adjusted)).toMatch(/Left Out \(2\)|Dikecualikan \(2\)|\(2\)/);
    const oldRun = buttonsOf(message).find(({ actionId }) => actionId === 'confirm_run')?.value;
    await world.slack.click(message.ts, AYU.id, 'confirm_run', oldRun);
    await ephemeral(({ text }) => text.includes('1'));
    expect(await world.sql("SELECT COUNT(*) AS n FROM users WHERE status = 'inactive'")).toEqual([{ n: 0 }]);
    await confirm(world, adjusted);
    expect(
      await world.sql(
        "SELECT email FROM users WHERE status = 'inactive' OR email LIKE 'new%' ORDER BY email",
      ),
    ).toEqual([{ email: 'new_user2@dkm' }, { email: 'new_user3@dkm' }, { email: 'old_user2@dkm' }]);
    const [audited] = await world.sql<{ actor_name: string; facts: string }>(
      "SELECT actor_name, facts FROM audit_logs WHERE step = 'adjusted'",
    );
    expect(audited?.facts).toMatch(/"old_user1@dkm", ?"new_user1@dkm"/);
  });

  test('the Home tab shows admins how things stand, and others what the app is', async () => {
    await confirm(world, await preview(world, 'dev'));
    await world.slack.openHome(AYU.id);
    await world.slack.openHome(CITRA.id);
    const home = (user: string, shows: RegExp) =>
      until(
        async () => {
          const view = JSON.stringify((await world.slack.homeView(user)) ?? '');
          return shows.test(view) && view;
        },
        { failure: () => `a Home tab of ${user} that shows ${shows}` },
      );
    const admin = await home(AYU.id, /home_preview/);
    const other = await home(CITRA.id, /home:visitor/);
    expect(admin).toContain('25');
    expect(other).not.toContain('home_preview');
    await confirm(world, await preview(world, 'test', BUDI.id), BUDI.id);
    await home(AYU.id, /13 (active|user)/);
  });
});
