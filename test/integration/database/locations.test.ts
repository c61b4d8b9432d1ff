import { afterEach, describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { createLocations, locationIn } from '../../../src/database/reports/targets.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const codes = new Map([
  ['dev', 'ODD'],
  ['seven', '7'],
]);
const found = (target = 'dev') => createLocations(testbed.bot.db, codes).find(target);
const shown = async () => (await createOverview(testbed.bot.db, codes).targets(['dev']))[0]?.locationName;
const alter = (change: string) => testbed.sql(`ALTER TABLE locations ${change}`);
const insert = (columns: string, values: string) =>
  testbed.sql(`INSERT INTO locations (location_code, ${columns}) VALUES ('ODD', ${values})`);

describe('a row of locations', () => {
  afterEach(async () => {
    await testbed.sql("DELETE FROM locations WHERE location_code LIKE 'ODD%'");
    const added = await testbed.sql("SHOW COLUMNS FROM locations LIKE 'deleted_at'");
    if (added.length > 0) await alter('DROP COLUMN deleted_at');
    await alter(
      'MODIFY location_name VARCHAR(100) NOT NULL, MODIFY online_url VARCHAR(255) NOT NULL, MODIFY location_code VARCHAR(10) NOT NULL',
    );
  });

  it.each([
    ['DATETIME NULL', "'2025-03-01'", false],
    ['DATETIME NULL', 'NULL', true],
    ['INT NOT NULL DEFAULT 0', '0', true],
    ['INT NOT NULL DEFAULT 0', '1740787200', false],
    ["BIT(1) NOT NULL DEFAULT b'0'", "b'0'", true],
    ["BIT(1) NOT NULL DEFAULT b'0'", "b'1'", false],
    ["BIT(64) NOT NULL DEFAULT b'0'", "b'0'", true],
    ["BIT(64) NOT NULL DEFAULT b'0'", '1740787200', false],
    ['BIT(1) NULL', 'NULL', true],
    ["VARCHAR(20) NOT NULL DEFAULT ''", "''", true],
    ["VARCHAR(20) NOT NULL DEFAULT ''", "'yes'", false],
  ])('with deleted_at %s of %s counts: %s', async (type, value, counts) => {
    await alter(`ADD deleted_at ${type}`);
    await insert('location_name, online_url, deleted_at', `'Odd', 'https://odd.test', ${value}`);
    expect(await found()).toEqual(counts ? expect.objectContaining({ locationName: 'Odd' }) : undefined);
    expect(await shown()).toBe(counts ? 'Odd' : undefined);
  });

  it('with an id that a run cannot keep is none', async () => {
    await testbed.sql('ALTER TABLE users DROP FOREIGN KEY users_location_id_foreign');
    await alter('MODIFY id BIGINT NOT NULL AUTO_INCREMENT');
    await insert('location_name, online_url', "'Odd', 'https://odd.test'");
    const shownFor = async (id: string) => {
      await testbed.sql(`UPDATE locations SET id = ${id} WHERE location_code = 'ODD'`);
      return [(await found())?.locationId, await shown()];
    };
    for (const id of ['-8', '9007199254740993']) expect(await shownFor(id)).toEqual([undefined, undefined]);
    expect(await shownFor('9007199254740991')).toEqual([9_007_199_254_740_991, 'Odd']);
    await testbed.sql("DELETE FROM locations WHERE location_code = 'ODD'");
    await alter('AUTO_INCREMENT = 1');
  });

  it('that was deleted does not hide the one that took its place', async () => {
    await testbed.sql('DROP INDEX locations_location_code_unique ON locations');
    await alter('ADD deleted_at DATETIME NULL');
    await insert('location_name, online_url, deleted_at', "'Old', 'https://old.test', NOW()");
    await insert('location_name, online_url', "'New', 'https://new.test'");
    expect(await found()).toMatchObject({ locationName: 'New', baseUrl: 'https://new.test' });
    expect(await shown()).toBe('New');
    await testbed.sql("DELETE FROM locations WHERE location_code = 'ODD'");
    await testbed.sql('CREATE UNIQUE INDEX locations_location_code_unique ON locations (location_code)');
  });

  it('that shares its code with another is none, for nobody can tell which is meant', async () => {
    await testbed.sql('DROP INDEX locations_location_code_unique ON locations');
    await insert('location_name, online_url', "'One', 'https://one.test'");
    await insert('location_name, online_url', "'Two', 'https://two.test'");
    expect([await found(), await shown()]).toEqual([undefined, undefined]);
    await testbed.sql("DELETE FROM locations WHERE location_name = 'Two'");
    expect([(await found())?.locationName, await shown()]).toEqual(['One', 'One']);
    await testbed.sql('CREATE UNIQUE INDEX locations_location_code_unique ON locations (location_code)');
  });

  it('without a name and an address is found, under its code', async () => {
    await alter('MODIFY location_name VARCHAR(100) NULL, MODIFY online_url VARCHAR(255) NULL');
    await insert('location_name, online_url', 'NULL, NULL');
    expect(await found()).toMatchObject({ locationName: 'ODD', baseUrl: '' });
  });

  it('with a name of 200 characters is found, under the first 100', async () => {
    await alter('MODIFY location_name VARCHAR(255) NOT NULL');
    await insert('location_name, online_url', `'${'x'.repeat(200)}', 'https://odd.test'`);
    expect((await found())?.locationName).toBe('x'.repeat(100));
  });

  it('whose code has a blank behind it is found and shown', async () => {
    await testbed.sql(
      "INSERT INTO locations (location_code, location_name, online_url) VALUES ('ODD ', 'Odd', 'https://odd.test')",
    );
    expect(await found()).toMatchObject({ locationName: 'Odd' });
    expect(await shown()).toBe('Odd');
  });

  it.each(['INT', 'SMALLINT UNSIGNED', 'INT UNSIGNED', 'BIGINT'])(
    'is the location of its target in a transaction too, whatever whole number its id is: %s',
    async (type) => {
      await alter(`MODIFY id ${type} NOT NULL AUTO_INCREMENT`);
      await insert('location_name, online_url', "'Odd', 'https://odd.test'");
      const target = await found();
      expect(target).toMatchObject({ locationName: 'Odd' });
      expect(await testbed.bot.db.$transaction((tx) => locationIn(codes)(tx, 'dev'))).toEqual(target);
      await alter('MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT');
    },
  );

  it('whose code and name are numbers is found by its number', async () => {
    await alter('MODIFY location_name INT NOT NULL, MODIFY location_code INT NOT NULL');
    await testbed.sql("INSERT INTO locations VALUES (700, 7, 12, 'https://seven.test', NULL, NULL)");
    await testbed.sql("INSERT INTO locations VALUES (701, 0, 13, 'https://zero.test', NULL, NULL)");
    expect(await found('seven')).toMatchObject({ locationId: 700, locationName: '12' });
    // To the database, 'ODD' equals the number 0.
    expect(await found()).toBeUndefined();
    await testbed.sql('DELETE FROM locations WHERE id IN (700, 701)');
  });
});
