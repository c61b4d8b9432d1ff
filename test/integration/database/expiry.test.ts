import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { until } from '../../../sandbox/process/until.ts';
import { listOf } from './support/rows.ts';
import { readyRun, statusOf, step } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

describe('previews whose time is over', () => {
  const overdue = async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    return run;
  };

  it('expire once, whatever number of processes looks', async () => {
    const runs = await Promise.all([overdue(), overdue(), overdue()]);
    const processes = [testbed.bot, testbed.another(), testbed.another()];
    const found = await Promise.all(
      processes.map((each) => each.runs.expireDue(step('expired', ['message']))),
    );
    const expired = found.flat();
    expect(expired.map(({ id }) => id).toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
    expect(expired.map(({ status }) => status)).toEqual(['expired', 'expired', 'expired']);
    for (const run of runs) {
      expect(await testbed.bot.runs.find(run.id)).toMatchObject({
        status: 'expired',
        finishedAt: expect.any(Date),
      });
      const trail = await testbed.sql("SELECT seq FROM audit_logs WHERE run_id = ? AND step = 'expired'", [
        run.id,
      ]);
      expect(trail).toHaveLength(1);
    }
    expect(await testbed.bot.runs.expireDue(step('expired'))).toEqual([]);
  });

  it('are all gone after a few looks, however many they are', async () => {
    for (let n = 0; n < 21; n += 1) await overdue();
    let expired = 0;
    await until(
      async () => {
        expired += (await testbed.bot.runs.expireDue(step('expired'))).length;
        return expired === 21;
      },
      { failure: () => `${expired} expired` },
    );
  });

  it('are passed over while a transaction holds them, and nobody waits for it', async () => {
    const [held, free] = [await overdue(), await overdue()];
    const holding = await connect(testbed.database.url);
    await holding.beginTransaction();
    await holding.query('SELECT id FROM sync_runs WHERE id = ? FOR UPDATE', [held.id]);
    const expired = await testbed.bot.runs.expireDue(step('expired')).finally(() => holding.rollback());
    await holding.end();
    expect(expired.map(({ id }) => id)).toEqual([free.id]);
    expect((await testbed.bot.runs.expireDue(step('expired'))).map(({ id }) => id)).toEqual([held.id]);
  });

  it('do not expire before', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    expect(await testbed.bot.runs.expireDue(step('expired'))).toEqual([]);
    expect(await statusOf(testbed.bot, run)).toBe('ready');
  });
});
