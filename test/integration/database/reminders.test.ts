import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReminders } from '../../../src/database/automation.ts';
import { createBatches } from '../../../src/database/runs/request.ts';
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
});
