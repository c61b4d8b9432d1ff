import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { createCalls, createReminders } from '../../../src/database/automation.ts';
import { createBatches } from '../../../src/database/runs/request.ts';
import { listOf } from './support/rows.ts';
import { readyRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

describe('what the channel is told once', () => {
  it('is claimed by one process for a minute, and by another one if it was not told by then', async () => {
    const reminders = createReminders(testbed.bot.db);
    const key = '2026-11-23';
    const claims = await Promise.all([1, 2, 3].map(() => reminders.claim(key)));
    expect(claims.sort()).toEqual(['busy', 'busy', 'first']);
    await testbed.sql('UPDATE sync_reminders SET lease_until = lease_until - INTERVAL 61 SECOND');
    expect(await reminders.claim(key)).toBe('again');
    expect(await reminders.claim(key)).toBe('busy');
    await reminders.told(key);
    expect(await reminders.claim(key)).toBe('told');
  });

  it('is claimed ever more rarely after each lost answer, where nobody may look: eight times in a day', async () => {
    const reminders = createReminders(testbed.bot.db);
    const key = '2026-11-30';
    let claims = 0;
    const age = () =>
      testbed.sql<{ seconds: number; wait: number }>(
        `SELECT TIMESTAMPDIFF(SECOND, told_at, UTC_TIMESTAMP(3)) AS seconds,
                TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), lease_until) AS wait FROM sync_reminders WHERE week = ?`,
        [key],
      );
    for (let seconds = 0; seconds < 24 * 3600; ) {
      expect(await reminders.claim(key)).toBe(claims === 0 ? 'first' : 'again');
      claims += 1;
      await reminders.answerLost(key);
      const [row] = await age();
      const pass = Number(row?.wait) + 1;
      await testbed.sql(
        `UPDATE sync_reminders SET told_at = told_at - INTERVAL ? SECOND, lease_until = lease_until - INTERVAL ? SECOND
         WHERE week = ?`,
        [pass, pass, key],
      );
      seconds = Number(row?.seconds) + pass;
    }
    expect(claims).toBeLessThanOrEqual(8);
    expect(claims).toBeGreaterThan(4);
  });

  it('is told, where an older version has claimed it', async () => {
    const reminders = createReminders(testbed.bot.db);
    await testbed.sql("INSERT INTO sync_reminders (week, told_at) VALUES ('2026-11-16', UTC_TIMESTAMP(3))");
    expect(await reminders.claim('2026-11-16')).toBe('told');
  });
});

describe('a /usersync all', () => {
  const request = {
    targets: ['dev', 'test'],
    channelId: 'C1',
    actor: { id: 'U0AYU', name: 'ayu' },
    requestKey: 'one',
  };

  it('is taken over once its process has been silent for a minute, by one process', async () => {
    const [first, ...others] = [1, 2, 3].map(() => createBatches(testbed.bot.db, randomUUID()));
    const id = await first?.open(request);
    expect(await Promise.all(others.map((each) => each.takeOver()))).toEqual([undefined, undefined]);
    await testbed.sql('UPDATE sync_batches SET lease_until = lease_until - INTERVAL 61 SECOND');
    const taken = await Promise.all(others.map((each) => each.takeOver()));
    expect(taken.filter((each) => each !== undefined)).toEqual([{ id, request }]);
  });

  it('is not taken over while its process renews it', async () => {
    const [first, other] = [
      createBatches(testbed.bot.db, randomUUID()),
      createBatches(testbed.bot.db, randomUUID()),
    ];
    const id = (await first.open({ ...request, requestKey: 'long' })) ?? 0;
    await testbed.sql('UPDATE sync_batches SET lease_until = lease_until - INTERVAL 61 SECOND WHERE id = ?', [
      id,
    ]);
    await first.renew(id);
    expect(await other.takeOver()).toBeUndefined();
    await first.opened(id);
  });

  it('is left for a minute to processes that have all of its targets', async () => {
    const open = createBatches(testbed.bot.db, randomUUID());
    const id = await open.open({ ...request, requestKey: 'three' });
    await testbed.sql('UPDATE sync_batches SET lease_until = lease_until - INTERVAL 61 SECOND WHERE id = ?', [
      id,
    ]);
    const lacking = createBatches(testbed.bot.db, randomUUID(), ['dev']);
    expect(await lacking.takeOver()).toBeUndefined();
    const having = createBatches(testbed.bot.db, randomUUID(), ['dev', 'test', 'prod']);
    expect(await having.takeOver()).toMatchObject({ id });
    await testbed.sql(
      'UPDATE sync_batches SET lease_until = lease_until - INTERVAL 121 SECOND WHERE id = ?',
      [id],
    );
    expect(await lacking.takeOver()).toMatchObject({ id });
  });

  it('is left alone once its runs are open', async () => {
    const batches = createBatches(testbed.bot.db, randomUUID());
    const id = await batches.open({ ...request, requestKey: 'two' });
    await batches.opened(id ?? 0);
    await testbed.sql('UPDATE sync_batches SET lease_until = lease_until - INTERVAL 61 SECOND WHERE id = ?', [
      id,
    ]);
    expect(await batches.takeOver()).toBeUndefined();
  });

  it('is opened once, however often Slack delivers the request', async () => {
    const again = { ...request, requestKey: 'delivered again' };
    const batches = createBatches(testbed.bot.db, randomUUID());
    const id = await batches.open(again);
    expect(await batches.open(again)).toBeUndefined();
    await batches.opened(id ?? 0);
  });

  it('is told of as perhaps kept where the answer to its commit is lost', async () => {
    const server = Number(new URL(testbed.database.url).port);
    const proxy = await startTcpProxy(server, (sent) => {
      if (sent.toString().endsWith('COMMIT')) proxy.mute();
      return sent;
    });
    const { db } = testbed.another({ port: proxy.port });
    const opening = createBatches(db, randomUUID()).open({ ...request, requestKey: 'lost' });
    const stored = () => testbed.sql("SELECT id FROM sync_batches WHERE request_key = 'lost'");
    await until(async () => (await stored()).length > 0, { failure: () => 'the commit did not arrive' });
    proxy.restore();
    await expect(opening).rejects.toMatchObject({ name: 'DatabaseLostError', committing: true });
    await testbed.sql("DELETE FROM sync_batches WHERE request_key = 'lost'");
    await proxy.stop();
  });
});

describe('a call for people', () => {
  it.each([
    ['in the last hour and the last quarter of its life', 20, '0:50', true],
    ['in the last quarter of its life, hours before its end', 20, '3:00', false],
    ['in the last hour of its life, and not yet in the last quarter', 1, '0:50', false],
    ['once it is over', 20, '-0:01', false],
  ])('is written for a preview %s', async (_, hours, left, isCalled) => {
    const { id } = await readyRun(testbed.bot, await testbed.location(), listOf('new@dkm'));
    await testbed.sql(
      `UPDATE sync_runs SET ready_at = UTC_TIMESTAMP(3) - INTERVAL ? HOUR,
         expires_at = UTC_TIMESTAMP(3) + INTERVAL ? HOUR_MINUTE WHERE id = ?`,
      [hours, left, id],
    );
    for (const _again of [1, 2]) await createCalls(testbed.bot.db).nudge();
    const calls = await testbed.sql("SELECT reason FROM sync_outbox WHERE run_id = ? AND kind = 'call'", [
      id,
    ]);
    expect(calls).toEqual(isCalled ? [{ reason: 'expiring' }] : []);
  });
});

describe('the digest', () => {
  it('is told a minute after it is due by the clock of the database, when the syncs that ended before are stored', async () => {
    await createCalls(testbed.bot.db).announceDigest(new Date('2098-01-01T08:00:00Z'));
    const when =
      "SELECT 1 FROM sync_outbox WHERE kind = 'digest' AND next_attempt_at = '2098-01-01 08:01:00'";
    expect(await testbed.sql(when)).toHaveLength(1);
    const places = { thread: 0, message: 0, list: 0, summary: 0, call: 0, digest: 1 };
    expect(await testbed.bot.outbox.claimDue(places, [])).toEqual([]);
    await testbed.sql("UPDATE sync_outbox SET next_attempt_at = UTC_TIMESTAMP(3) WHERE kind = 'digest'");
    expect(await testbed.bot.outbox.claimDue(places, [])).toMatchObject([
      { due: '2098-01-01T08:00:00.000Z' },
    ]);
  });
});
