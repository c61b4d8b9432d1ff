import { beforeAll, describe, expect, inject, it } from 'vitest';
import { query } from '../../../sandbox/database/database-server.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { listOf } from './support/rows.ts';
import { apply, claim, claimedRun, draftRun, openRun, present, rules } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

/** Each server knows some of these; MySQL has no uca1400 and no nopad, MariaDB none of the 0900 ones. */
const COLLATIONS = [
  'utf8mb4_unicode_ci',
  'utf8mb4_general_ci',
  'utf8mb4_turkish_ci',
  'utf8mb4_tr_0900_ai_ci',
  'utf8mb4_bin',
  'utf8mb4_nopad_bin',
  'utf8mb4_uca1400_ai_ci',
  'utf8mb4_uca1400_as_cs',
  'utf8mb4_0900_ai_ci',
  'utf8mb4_0900_as_cs',
  'utf8mb4_0900_bin',
];

/** What stands in `users`, and what the list says. */
const PAIRS = [
  ['in upper case', 'ANNA@dkm', 'anna@dkm'],
  ['with an accent', 'josé@dkm', 'jose@dkm'],
  ['in another normal form', 'andre\u0301@dkm', 'andr\u00e9@dkm'],
  ['with ß', 'strauß@dkm', 'strauss@dkm'],
  ['with another emoji', '😀@dkm', '😁@dkm'],
  ['with a blank at the end', 'blank@dkm ', 'blank@dkm'],
] as const;

const server = inject('databaseServerUrl');
const isKnown = (collation: string) =>
  query(server, `SELECT _utf8mb4'a' COLLATE ${collation}`).then(
    () => true,
    () => false,
  );
const known: string[] = [];
for (const collation of COLLATIONS) if (await isKnown(collation)) known.push(collation);

const testbed = useTestbed();

/** As it may stand on the Laravel application's database; the users go, for they may be equal under the new one. */
async function collateUsers(collation: string): Promise<void> {
  await testbed.sql('DELETE FROM users');
  await testbed.sql(`ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
}

/** Whether one user of the location is equal to the email, as stored or normalised, by the server's own word. */
async function hasEqual({ locationId }: Target, email: string): Promise<boolean> {
  const [equal] = await testbed.sql<{ yes: number }>(
    'SELECT COUNT(*) AS yes FROM users WHERE location_id = ? AND (email = ? OR LOWER(TRIM(email)) = ?)',
    [locationId, email, email],
  );
  return equal?.yes === 1;
}

describe.each(known)('users under %s', (collation) => {
  beforeAll(() => collateUsers(collation));

  it('are the same user where the unique index says so as they stand or normalised, and another one where it does not', async () => {
    for (const [, stands, listed] of PAIRS) {
      const target = await testbed.location();
      await testbed.addUsers(target, { [stands]: 'active' });
      const isEqual = await hasEqual(target, listed);
      const drafted = await draftRun(testbed.bot, target, [listOf(listed)]);
      expect(drafted.plan, `${stands} ${listed}`).toEqual(
        isEqual ? [] : [`add ${listed}`, `deactivate ${stands}`],
      );
    }
  });

  it('are protected by every email that is equal to theirs, and by the same email in another normal form', async () => {
    for (const [, stands, pattern] of PAIRS) {
      const target = await testbed.location();
      await testbed.addUsers(target, { [stands]: 'active' });
      const isEqual = await hasEqual(target, pattern);
      const isMeant = isEqual || stands.normalize('NFC') === pattern;
      const { plan } = await draftRun(testbed.bot, target, [listOf('here@else.where')], [pattern]);
      expect(plan, `${stands} ${pattern}`).toContain(`${isMeant ? 'protected' : 'deactivate'} ${stands}`);
    }
  });

  it('are written as planned, once each', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'JOSÉ@dkm': 'inactive', 'Gone@dkm': 'active', 'Stays@dkm': 'active' });
    const drafted = await draftRun(testbed.bot, target, [listOf('JOSÉ@dkm', 'new@dkm', 'Stays@dkm')]);
    await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
    expect(await testbed.usersAt(target)).toEqual({
      'JOSÉ@dkm': 'active',
      'Gone@dkm': 'inactive',
      'Stays@dkm': 'active',
      'new@dkm': 'active',
    });
  });

  it('are taken back as they were', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'JOSÉ@dkm': 'inactive', 'Gone@dkm': 'active' });
    const done = await apply(
      testbed.bot,
      await claimedRun(testbed.bot, target, listOf('JOSÉ@dkm', 'new@dkm')),
    );
    const { lease } = await openRun(testbed.bot, target);
    const { counts } = await testbed.bot.plans.invert(lease, done.id, rules());
    expect(counts).toMatchObject({ reactivate: 1, deactivate: 2, skipped: 0 });
  });
});

describe('a list that names one user in several spellings', () => {
  beforeAll(() => collateUsers('utf8mb4_unicode_ci'));

  it.each(PAIRS.slice(0, 5))('plans one addition under utf8mb4_unicode_ci: %s', async (_, one, other) => {
    const { plan, facts } = await draftRun(testbed.bot, await testbed.location(), [listOf(one, other)]);
    expect(plan).toHaveLength(1);
    expect(facts.counts).toMatchObject({ add: 1, duplicates: 1 });
  });

  it('plans one reactivation, of the email that stands in users', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'José@dkm': 'inactive' });
    const { plan, facts } = await draftRun(testbed.bot, target, [listOf('jose@dkm', 'josé@dkm', 'JOSE@DKM')]);
    expect(plan).toEqual(['reactivate José@dkm']);
    expect(facts.counts).toMatchObject({ reactivate: 1, duplicates: 2 });
  });

  it('plans an addition for each under utf8mb4_bin', async () => {
    await collateUsers('utf8mb4_bin');
    const emails = ['JOSE@dkm', 'jose@dkm', 'josé@dkm'];
    const { plan, facts } = await draftRun(testbed.bot, await testbed.location(), [listOf(...emails)]);
    expect(plan).toEqual(emails.map((email) => `add ${email}`));
    expect(facts.counts).toMatchObject({ add: 3, duplicates: 0 });
  });
});
