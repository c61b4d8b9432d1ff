import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { buttonsOf, shownText } from '../../../sandbox/local-slack/message.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { again, confirm, preview, threadReply, untilButton } from '../../../sandbox/worlds/conversation.ts';
import { DEV, PROD, TEST } from '../../../sandbox/worlds/scenarios.ts';
import { startWorld, type World } from '../../../sandbox/worlds/world.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';

type UserRow = { email: string; location_id: number; status: string };

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  let database: FreshDatabase;
  let world: World;

  beforeEach(async () => {
    database = await freshDatabase({ migrated: true });
  });
  afterEach(async () => {
    await world.stop();
    await database.drop();
  });

  const start = async (settings: Record<string, string> = {}) => {
    world = await startWorld({ databaseUrl: database.url, mode, settings });
  };
  const usersAt = ({ locationId }: { locationId: number }) =>
    world.sql<UserRow>('SELECT email, location_id, status FROM users WHERE location_id = ? ORDER BY email', [
      locationId,
    ]);
  const emailsAt = async (location: { locationId: number }, status: string) =>
    (await usersAt(location)).filter((user) => user.status === status).map(({ email }) => email);

  test('Scenario 1: Sync Server DEV Pertama Kali', async () => {
    await start();
    const message = await preview(world, 'dev');
    const shown = shownText(message);
    expect(shown).toContain('25 users will be added to Dev; nobody will be deactivated.');
    expect(shown).toMatch(/New.*25/);
    expect(shown).toContain('`dev_user1@dkm`');
    expect(shown).toContain('…and 15 more. Press View All to see them.');
    expect(await confirm(world, message)).toBe(
      'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.',
    );
    const users = await usersAt(DEV);
    expect(users).toHaveLength(25);
    expect(users.every(({ status, location_id }) => status === 'active' && Number(location_id) === 8)).toBe(
      true,
    );
    const after = await again(world, message);
    expect(shownText(after)).toContain('Completed by');
    expect(buttonsOf(after).map(({ actionId }) => actionId)).toEqual(['view_plan', 'roll_back_run']);
  });

  test('Scenario 2: Sync Server TEST yang Sudah Ada Data', async () => {
    await start();
    const message = await preview(world, 'test');
    const shown = shownText(message);
    expect(shown).toContain('3 users will be added to Test; 2 users will be deactivated.');
    for (const email of ['new_user1', 'new_user2', 'new_user3', 'old_user1', 'old_user2']) {
      expect(shown).toContain(`\`${email}@dkm\``);
    }
    await world.slack.click(message.ts, AYU.id, 'view_plan');
    const modal = await world.slack.waitForView((view) =>
      JSON.stringify(view).includes('Unchanged Users (10)'),
    );
    expect(JSON.stringify(modal)).toContain('user10@dkm');
    expect(await confirm(world, message)).toBe(
      'Sync completed successfully! 3 users added, 2 users deactivated, 10 users unchanged.',
    );
    expect(await emailsAt(TEST, 'active')).toHaveLength(13);
    expect(await emailsAt(TEST, 'inactive')).toEqual(['old_user1@dkm', 'old_user2@dkm']);
  });

  test('Scenario 3: Sync Multiple Servers dengan Email yang Sama', async () => {
    await start();
    world.depots.test.users.push({ id_user: 900, email: 'vendor1@dkm', status_user: 1 });
    world.depots.prod.users.push({ id_user: 900, email: 'vendor1@dkm', status_user: 1 });
    for (const target of ['dev', 'test', 'prod']) {
      const message = await preview(world, target);
      expect(await confirm(world, message)).toContain('Sync completed successfully!');
    }
    const rows = await world.sql<UserRow>(
      "SELECT location_id, status FROM users WHERE email = 'vendor1@dkm'",
    );
    const places = rows.map(({ location_id }) => Number(location_id)).sort();
    expect(places).toEqual([PROD.locationId, TEST.locationId, DEV.locationId]);
    expect(rows.every(({ status }) => status === 'active')).toBe(true);
  });

  test('Scenario 4: Handle Error - API Login Failed', async () => {
    await start({ EXTERNAL_API_PASSWORD: 'wrong_password' });
    const before = await world.sql('SELECT * FROM users');
    await world.slack.command(AYU.id, 'dev');
    const failed = await untilButton(world, 'retry_run');
    const reply = await threadReply(world, failed.ts);
    expect(reply.split('\n')[0]).toBe('Failed to login to external API: Unauthorized');
    expect(reply).toContain('Nothing was changed.');
    expect(await world.sql('SELECT * FROM users')).toEqual(before);

    // The settings are corrected, the bot is started anew, and the same button works.
    await world.restartBot({});
    await world.slack.click(failed.ts, AYU.id, 'retry_run');
    const message = await untilButton(world, 'confirm_run');
    expect(await confirm(world, message)).toContain('25 users added');
    expect(buttonsOf(await again(world, failed)).map(({ actionId }) => actionId)).not.toContain('retry_run');
  });

  test('Scenario 5: Handle Error - Server Down', async () => {
    await start({ EXTERNAL_API_TIMEOUT_MS: '700' });
    world.depots.test.faults.onRequest = () => 'hang';
    await world.slack.command(AYU.id, 'test');
    const failed = await untilButton(world, 'retry_run');
    const reply = await threadReply(world, failed.ts);
    expect(reply.split('\n')[0]).toBe('Failed to login to external API: Connection timeout');
    expect(await emailsAt(TEST, 'inactive')).toEqual([]);

    // With its usual patience, which a busy machine may need.
    await world.restartBot({});
    world.depots.test.faults.onRequest = undefined;
    await world.slack.click(failed.ts, AYU.id, 'retry_run');
    const message = await untilButton(world, 'confirm_run');
    expect(await confirm(world, message)).toContain('3 users added, 2 users deactivated');
  });

  test('Scenario 6: Sync dengan Dataset Besar (>500 Users)', async () => {
    await start();
    const message = await preview(world, 'prod');
    const pages = world.depots.prod.requests.flatMap(({ page }) => (page === undefined ? [] : [page]));
    expect(pages.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shownText(message)).toContain('800 users will be added to Prod');
    const withFile = await world.slack.waitFor((messages) =>
      messages.find(({ thread_ts, files }) => thread_ts === message.ts && files !== undefined),
    );
    expect(withFile.files?.map(({ name }) => name)).toEqual(['usersync-prod-run-1.csv']);
    await world.slack.click(message.ts, AYU.id, 'view_plan');
    const modal = await world.slack.waitForView((view) => JSON.stringify(view).includes('user800@dkm'));
    expect(JSON.stringify(modal)).toContain('`user1@dkm`');
    expect(await confirm(world, message)).toBe(
      'Sync completed successfully! 800 users added, 0 users deactivated, 0 users unchanged.',
    );
    expect(await emailsAt(PROD, 'active')).toHaveLength(800);
  });

  test('Scenario 7: Rollback Sync yang Salah', async () => {
    await start({ DEACTIVATION_LIMIT_COUNT: '50' });
    const tables = () => world.sql('SELECT id, email, location_id, status FROM users ORDER BY id');
    const before = await tables();
    const message = await preview(world, 'test');
    await confirm(world, message);
    const synced = await tables();

    await world.slack.click(message.ts, AYU.id, 'roll_back_run');
    const rollback = await untilButton(world, 'confirm_run');
    expect(shownText(rollback)).toContain('This takes back what run 1 did.');
    expect(await confirm(world, rollback)).toBe(
      'Rollback of run 1 completed successfully! 2 users reactivated, 3 users deactivated, 10 users unchanged.',
    );
    expect(await emailsAt(TEST, 'inactive')).toEqual(['new_user1@dkm', 'new_user2@dkm', 'new_user3@dkm']);
    const others = (rows: unknown[]) => rows.filter((row) => !JSON.stringify(row).includes('new_user'));
    expect(others(await tables())).toEqual(others(before));

    await world.slack.click(rollback.ts, AYU.id, 'roll_back_run');
    const forth = await untilButton(world, 'confirm_run');
    expect(await confirm(world, forth)).toContain('Rollback of run 2 completed successfully!');
    expect(await tables()).toEqual(synced);
  });

  test('Scenario 8: Scheduled Sync (Future Enhancement)', async () => {
    await start({
      SYNC_SCHEDULE: FAR_SCHEDULE,
      SYNC_SCHEDULE_TZ: 'Asia/Jakarta',
      SYNC_SCHEDULE_CHANNEL_ID: 'C0DEVSUP01',
    });
    const before = await world.sql('SELECT * FROM users');
    const previews = await world.slack.waitFor((messages) => {
      const found = messages.filter((message) =>
        buttonsOf(message).some(({ actionId }) => actionId === 'confirm_run'),
      );
      return found.length === 3 && found;
    });
    expect(previews.map(({ text }) => text.split('.')[0]).sort()).toEqual([
      'Sync Preview: Dev',
      'Sync Preview: Prod',
      'Sync Preview: Test',
    ]);
    expect(await world.sql('SELECT * FROM users')).toEqual(before);

    // A second bot, or the same one after a restart, does not serve that time again.
    await world.restartBot({
      SYNC_SCHEDULE: FAR_SCHEDULE,
      SYNC_SCHEDULE_TZ: 'Asia/Jakarta',
      SYNC_SCHEDULE_CHANNEL_ID: 'C0DEVSUP01',
    });
    const test = previews.find(({ text }) => text.startsWith('Sync Preview: Test'));
    if (test === undefined) throw new Error('There is no preview of Test');
    expect(await confirm(world, test)).toContain('3 users added, 2 users deactivated');
    expect(await world.sql('SELECT COUNT(*) AS n FROM sync_runs')).toEqual([{ n: 3 }]);
  });
});
