import { expect, test, vi } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { shownText } from '../../../sandbox/local-slack/message.ts';
import { AYU, DEV_SUPPORT } from '../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../sandbox/process/until.ts';
import { confirm, preview } from '../../../sandbox/worlds/conversation.ts';
import { startWorld } from '../../../sandbox/worlds/world.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';

test.each([
  ['on', 1],
  ['off', 0],
] as const)(
  'a schedule that finds nothing to change leaves, with the line %s, %i line',
  async (line, lines) => {
    const database = await freshDatabase({ migrated: true });
    const world = await startWorld({ databaseUrl: database.url });
    await confirm(world, await preview(world, 'dev'));
    const before = await world.slack.messages();
    await world.restartBot({
      SYNC_SCHEDULE: FAR_SCHEDULE,
      SYNC_SCHEDULE_CHANNEL_ID: DEV_SUPPORT.id,
      SYNC_SCHEDULE_TARGETS: 'dev',
      SYNC_SCHEDULE_QUIET_LINE: line,
    });
    await until(
      async () => {
        const [open] = await world.sql<{ n: number }>(
          'SELECT COUNT(*) AS n FROM sync_outbox o JOIN sync_runs r ON r.id = o.run_id WHERE r.requested_by_id = ? AND o.closed_at IS NOT NULL',
          ['usersync'],
        );
        return Number(open?.n) > 0;
      },
      { failure: () => 'the scheduled run was told about' },
    );
    const after = await world.slack.messages();
    expect(after.length - before.length).toBe(lines);
    expect(after.filter(({ ephemeral_to }) => ephemeral_to === AYU.id)).toEqual([]);
    await world.stop();
    await database.drop();
  },
);

test('a person who asked while the schedule read the list, and was told to wait, sees that nothing is to be changed, though the line is off', async () => {
  const database = await freshDatabase({ migrated: true });
  const world = await startWorld({ databaseUrl: database.url });
  await confirm(world, await preview(world, 'dev'));
  const before = (await world.slack.messages()).length;
  let goOn = () => {};
  const held = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  world.depots.dev.faults.onRequest = () => held;
  await world.restartBot({
    SYNC_SCHEDULE: FAR_SCHEDULE,
    SYNC_SCHEDULE_CHANNEL_ID: DEV_SUPPORT.id,
    SYNC_SCHEDULE_TARGETS: 'dev',
    SYNC_SCHEDULE_QUIET_LINE: 'off',
  });
  const isRead = async () => (await world.sql("SELECT 1 FROM sync_runs WHERE status = 'reading'")).length > 0;
  await until(isRead, { failure: () => 'the scheduled read' });
  await world.slack.command(AYU.id, 'dev');
  await world.slack.waitFor((messages) =>
    messages.find((message) => shownText(message).includes('Wait for its preview')),
  );
  goOn();
  await world.slack.waitFor((messages) =>
    messages.slice(before).find((message) => shownText(message).includes('(checked on schedule')),
  );
  await world.stop();
  await database.drop();
});

test('a schedule serves what is due by the database’s clock, and status names the next time by it, on a machine whose own clock is a week ahead', async () => {
  const database = await freshDatabase({ migrated: true });
  const world = await startWorld({ databaseUrl: database.url });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * 24 * 3_600_000 });
  try {
    await world.restartBot({
      SYNC_SCHEDULE: FAR_SCHEDULE,
      SYNC_SCHEDULE_CHANNEL_ID: DEV_SUPPORT.id,
      SYNC_SCHEDULE_TARGETS: 'dev',
    });
    const run = await until(
      async () =>
        (
          await world.sql<{ key: string; at: Date }>(
            'SELECT request_key AS `key`, requested_at AS at FROM sync_runs',
          )
        )[0],
      { failure: () => 'a scheduled run' },
    );
    expect(Date.parse(run.key.split(' ')[1] ?? '')).toBeLessThan(run.at.getTime());
    await world.slack.command(AYU.id, 'status');
    const next = await world.slack.waitFor((messages) =>
      messages.map((message) => / due <!date\^(\d+)\^/.exec(shownText(message))?.[1]).find(Boolean),
    );
    expect(Number(next) * 1000).toBeLessThan(run.at.getTime() + 7 * 24 * 3_600_000);
  } finally {
    vi.useRealTimers();
    await world.stop();
    await database.drop();
  }
});
