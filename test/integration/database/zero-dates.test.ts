import { beforeAll, describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { createLocations } from '../../../src/database/reports/targets.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

describe.each(['TIMESTAMP', 'DATETIME'])(
  'where dates of users and locations are zero, kept as %s',
  (type) => {
    let target: Target;
    const codes = () => new Map([['here', target.name]]);

    beforeAll(async () => {
      await testbed.sql("SET SESSION sql_mode = ''");
      for (const table of ['users', 'locations']) {
        await testbed.sql(
          `ALTER TABLE ${table} MODIFY created_at ${type} NULL, MODIFY updated_at ${type} NULL`,
        );
      }
      target = await testbed.location();
      await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active', 'stays@dkm': 'active' });
      const zero = "SET created_at = '0000-00-00 00:00:00', updated_at = '0000-00-00 00:00:00'";
      await testbed.sql(`UPDATE users ${zero}`);
      await testbed.sql(`UPDATE locations ${zero}`);
    });

    it('a location is found', async () => {
      expect(await createLocations(testbed.bot.db, codes()).find('here')).toEqual({
        ...target,
        name: 'here',
      });
    });

    it('targets are overviewed, and users listed without a date', async () => {
      const overview = createOverview(testbed.bot.db, codes());
      expect(await overview.targets(['here'])).toMatchObject([{ active: 2, inactive: 1, changedSince: 0 }]);
      expect([...(await overview.lastSyncs(['here']))]).toEqual([]);
      const { users } = await overview.users({ target: 'here', status: undefined, text: undefined }, 10);
      expect(users.map(({ updatedAt }) => updatedAt)).toEqual([undefined, undefined, undefined]);
    });

    it('such users are changed', async () => {
      await apply(
        testbed.bot,
        await claimedRun(testbed.bot, target, listOf('new@dkm', 'back@dkm', 'stays@dkm')),
      );
      expect(await testbed.usersAt(target)).toEqual({
        'back@dkm': 'active',
        'gone@dkm': 'inactive',
        'stays@dkm': 'active',
        'new@dkm': 'active',
      });
    });
  },
);
