import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/client.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { createRetention } from '../../../src/database/reports/retention.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import { readyRun, without } from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';
import { seedYearOfUse } from './support/year-of-use.ts';

const testbed = useTestbed();

let bot: BotProcess;
/** One of twenty locations of a thousand users each. */
let target: Target;

beforeAll(async () => {
  // One connection, whose session counts what it reads.
  bot = testbed.another({ connections: 1 });
  target = await seedYearOfUse(testbed);
});

/** How many rows the server reads for `work`, by its own count. */
async function rowsRead(db: Database, work: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    const rows = await db.$queryRaw<{ Value: string }[]>`SHOW SESSION STATUS LIKE 'Handler_read%'`;
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

describe('one location of twenty', () => {
  it('is judged without reading the users of the others', async () => {
    const run = await readyRun(bot, target, listOf('user1@dkm'));
    expect(await rowsRead(bot.db, () => bot.plans.guardFacts(run))).toBeLessThan(5_000);
  });
});

describe('the users whom ten patterns protect', () => {
  it('are counted in one pass over as many users as are asked for, however few match', async () => {
    const patterns = Array.from({ length: 10 }, (_, n) => `nobody${n}@*`);
    const count = () => createOverview(bot.db, new Map()).protection(patterns, 1_000);
    expect(await count()).toEqual(patterns.map((pattern) => ({ pattern, users: 0, moreThan: 1_000 })));
    expect(await rowsRead(bot.db, count)).toBeLessThan(5_000);
  });
});

describe('ten locations with a hundred completed runs each, one location after the other', () => {
  let targets: readonly Target[];

  beforeAll(async () => {
    const made: Target[] = [];
    for (let n = 0; n < 10; n += 1) made.push(await testbed.location());
    targets = made;
    await testbed.sql(`
      INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key, requested_by_id,
                             requested_by_name, requested_at, finished_at, add_count)
      WITH RECURSIVE n AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 999)
      SELECT CONCAT('at', 21 + n DIV 100), 21 + n DIV 100, 'Here', 'completed', 'C1', CONCAT('past ', n), 'U1',
             'Ayu', NOW(), NOW() - INTERVAL n HOUR, 1 FROM n`);
    await testbed.sql('ANALYZE TABLE sync_runs');
  });

  it('have their last syncs found without reading those before', async () => {
    const names = targets.map(({ name }) => name);
    const overview = createOverview(bot.db, new Map(names.map((name) => [name, name])));
    expect((await overview.lastSyncs(names)).size).toBe(10);
    expect(await rowsRead(bot.db, () => overview.lastSyncs(names))).toBeLessThan(200);
  });

  it('are found to be synced under one of their names without reading all runs', async () => {
    const names = targets.map(({ name }) => name);
    const found = () => bot.runs.syncedLocations(names);
    expect((await found()).toSorted()).toEqual(targets.map(({ locationId }) => locationId).toSorted());
    // The 500 completed runs of twenty locations under another name are read.
    expect(await rowsRead(bot.db, found)).toBeLessThan(800);
    expect(await bot.runs.syncedLocations(names.slice(0, 1))).toEqual([targets[0]?.locationId]);
    expect(await rowsRead(bot.db, () => bot.runs.standingSyncs([21, 22, 23, 24]))).toBeLessThan(100);
  });
});

describe('a plan on schedule, and one that a person cancelled, of two thousand users each', () => {
  beforeAll(async () => {
    const target = await testbed.location();
    const run = async (values: Readonly<Record<'status' | 'by' | 'email', string>>) => {
      const { status, by, email } = values;
      const { insertId } = await testbed.database.connection.query(
        `INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key, requested_by_id,
           requested_by_name, requested_at, ready_at, expires_at, finished_at, add_count, plan_hash, auto_rule)
         VALUES (?, ?, 'Here', ?, 'C1', UUID(), ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 HOUR,
           IF(? = 'ready', NULL, UTC_TIMESTAMP(3)), 2000, '', IF(? = 'ready', 'dev=add:20', NULL))`,
        [target.name, target.locationId, status, by, by, status, status],
      );
      await testbed.sql(
        `INSERT INTO sync_changes (run_id, seq, action, email, status_after)
         WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 1000),
           m AS (SELECT n FROM n UNION ALL SELECT n + 1000 FROM n)
         SELECT ?, n, 'add', CONCAT(?, n, '@dkm'), 'active' FROM m`,
        [insertId, email],
      );
    };
    await run({ status: 'cancelled', by: 'U-AYU', email: 'cancelled' });
    await run({ status: 'ready', by: 'usersync', email: 'planned' });
    await testbed.sql('ANALYZE TABLE sync_changes');
  });

  it('are not compared user by user', async () => {
    const look = () => bot.runs.awaitingRule();
    expect(await look()).toMatchObject([{ leftOut: false }]);
    expect(await rowsRead(bot.db, look)).toBeLessThan(100_000);
  });
});

describe('a plan of two thousand users', () => {
  it('is not compared user by user with the emails that somebody leaves out', async () => {
    const emails = Array.from({ length: 2_000 }, (_, n) => `left${n}@dkm`);
    const run = await readyRun(bot, await testbed.location(), listOf(...emails));
    const look = () => without(bot, run, emails.slice(0, 100));
    expect(await rowsRead(bot.db, look)).toBeLessThan(100_000);
  });
});

describe('plans of two thousand runs that are no longer kept', () => {
  it('are deleted without reading all the others for each', async () => {
    const purge = () => createRetention(bot.db).purge({ unconfirmedDays: 1, completedDays: 1 });
    expect(await rowsRead(bot.db, purge)).toBeLessThan(200_000);
    expect(
      await testbed.sql('SELECT run_id FROM sync_changes WHERE run_id BETWEEN 100 AND 2000'),
    ).toHaveLength(0);
  });
});
