import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/client.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

let bot: BotProcess;

// One connection, whose session counts what it reads.
beforeAll(() => {
  bot = testbed.another({ connections: 1 });
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
      SELECT CONCAT('at', 1 + n DIV 100), 1 + n DIV 100, 'Here', 'completed', 'C1', CONCAT('old ', n), 'U1',
             'Ayu', NOW(), NOW() - INTERVAL n HOUR, 1 FROM n`);
    await testbed.sql('ANALYZE TABLE sync_runs');
  });

  it('have their last syncs found without reading those before', async () => {
    const names = targets.map(({ name }) => name);
    const overview = createOverview(bot.db, new Map(names.map((name) => [name, name])));
    expect((await overview.lastSyncs(names)).size).toBe(10);
    expect(await rowsRead(bot.db, () => overview.lastSyncs(names))).toBeLessThan(200);
  });
});
