import { beforeAll, describe, expect, inject, it } from 'vitest';
import { query } from '../../../sandbox/database/database-server.ts';
import { Prisma } from '../../../src/database/generated/client.ts';
import { isPlainText, normalised } from '../../../src/database/plan/eligibility.ts';
import { parseRow } from '../../../src/depot-api/list/pages.ts';
import type { SourceRow } from '../../../src/sync/ports/source.ts';
import { COLLATIONS, SAME_PERSON, TWO_USERS } from '../../support/spellings.ts';
import { apply, claim, draftRun, planLines, present, rules } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const server = inject('databaseServerUrl');
const known: string[] = [];
for (const collation of COLLATIONS) {
  await query(server, `SELECT _utf8mb4'a' COLLATE ${collation}`).then(
    () => known.push(collation),
    () => {},
  );
}

const testbed = useTestbed();

/** Somebody else, so that the list is not empty. */
const OTHER = 'other@dkm';

/** A list as the depot server spells it. */
const listed = (...emails: readonly unknown[]): SourceRow[] =>
  [OTHER, ...emails].map((email, index) => parseRow({ id_user: index + 1, email, status_user: 1 }, 1));

/** What a list would change where `users` has these, and what stands there when it is done. */
async function planned(users: Readonly<Record<string, 'active' | 'inactive'>>, list: SourceRow[]) {
  const target = await testbed.location();
  await testbed.addUsers(target, { [OTHER]: 'active', ...users });
  const drafted = await draftRun(testbed.bot, target, [list]);
  const changes = drafted.plan.filter((line) => /^(add|reactivate|deactivate)/.test(line));
  if (changes.length > 0)
    await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
  const { [OTHER]: _other, ...after } = await testbed.usersAt(target);
  return { changes, after, counts: drafted.facts.counts, plan: drafted.plan };
}

describe.each(known)('under %s', (collation) => {
  beforeAll(async () => {
    await testbed.sql('DELETE FROM users');
    await testbed.sql(`ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
  });

  describe.each(SAME_PERSON)('a user who is $what', ({ depot, users, usable }) => {
    it('is not deactivated, nor added a second time', async () => {
      const { changes, after } = await planned({ [users]: 'active' }, listed(depot));
      expect(changes).toEqual([]);
      expect(after).toEqual({ [users]: 'active' });
    });

    it(
      usable ? 'comes back as the user that stands there' : 'stays inactive: the row says nothing sure',
      async () => {
        const { changes, after } = await planned({ [users]: 'inactive' }, listed(depot));
        expect(changes).toEqual(usable ? [`reactivate ${users}`] : []);
        expect(after).toEqual({ [users]: usable ? 'active' : 'inactive' });
      },
    );
  });

  it.each([
    ['without dates', 'NULL', 0],
    ['today', 'UTC_TIMESTAMP()', 0],
    ['long before its plan was adjusted', 'UTC_TIMESTAMP() - INTERVAL 20 DAY', 1],
  ])('nobody is added who stands there oddly spelled since the preview, %s', async (_, at, omitted) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { [OTHER]: 'active' });
    const run = await present(
      testbed.bot,
      await draftRun(testbed.bot, target, [listed('new@dkm', 'also@dkm')]),
    );
    const held = await claim(testbed.bot, run);
    await testbed.sql('UPDATE sync_runs SET omitted_count = ? WHERE id = ?', [omitted, run.id]);
    await testbed.sql(
      `INSERT INTO users (location_id, email, created_at, updated_at) VALUES (?, 'NEW@dkm\t', ${at}, ${at})`,
      [target.locationId],
    );
    await expect(apply(testbed.bot, held)).rejects.toMatchObject({
      failure: { code: 'stale', total: 1, emails: ['new@dkm'] },
    });
    expect(await testbed.usersAt(target)).toEqual({ [OTHER]: 'active', 'NEW@dkm\t': 'active' });
  });

  it('an email that is looked at no further is spelled as the depot server would', async () => {
    const signs = [
      ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
      ...'éİıßÅ\u00a0\u2003\ufeff',
    ];
    const emails = signs.flatMap((sign) => [`${sign}a@b`, `a${sign}@b`, `a@b${sign}`]);
    const email = Prisma.sql`e.email COLLATE ${Prisma.raw(collation)}`;
    const [found] = await testbed.bot.db.$queryRaw<{ plain: bigint; wrong: bigint }[]>`
      SELECT COUNT(*) AS plain, COUNT(IF(CAST(${normalised(email)} AS BINARY) = CAST(e.email AS BINARY), NULL, 1)) AS wrong
      FROM JSON_TABLE(${JSON.stringify(emails)}, '$[*]' COLUMNS (email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$')) e
      WHERE ${isPlainText(email)}`;
    // 69 characters at three places; 33 blanks and control characters only inside.
    expect(found).toEqual({ plain: 3n * 69n + 33n, wrong: 0n });
  });

  it.each(TWO_USERS)(
    'two users who could both be meant stay, and the plan says so: $what',
    async ({ depot, users }) => {
      const { changes, after, counts } = await planned(users, listed(depot));
      expect(changes).toEqual([]);
      expect(after).toEqual(users);
      expect(counts.kept).toBeGreaterThan(0);
    },
  );

  it('whoever is spelled oddly and is not on the list is deactivated as anybody else', async () => {
    const { after } = await planned({ ' gone@dkm': 'active', 'Left@dkm\t': 'active' }, listed('stays@dkm'));
    expect(after).toEqual({ ' gone@dkm': 'inactive', 'Left@dkm\t': 'inactive', 'stays@dkm': 'active' });
  });

  it('whoever the list has as inactive is deactivated, however spelled', async () => {
    const off = parseRow({ id_user: 9, email: ' Off@dkm', status_user: 0 }, 1);
    const { after } = await planned({ ' Off@dkm': 'active' }, [...listed(), off]);
    expect(after).toEqual({ ' Off@dkm': 'inactive' });
  });
});

describe('a user whom the application spells oddly between two statements of a draft', () => {
  it.each([
    ['who was named until then', "UPDATE users SET email = 'here@dkm\\t' WHERE email = 'here@dkm'"],
    [
      'who was not there until then',
      "INSERT IGNORE INTO users (location_id, email) SELECT location_id, ' new@dkm' FROM users WHERE email = 'gone@dkm'",
    ],
    ['who had another name until then', "UPDATE users SET email = 'lead@dkm' WHERE email = 'else@dkm'"],
  ])('%s is not deactivated', async (_, change) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'here@dkm': 'active', 'else@dkm': 'active', 'gone@dkm': 'active' });
    const list = listed('here@dkm', 'new@dkm', '<lead@dkm');
    const { lease, run } = await draftRun(testbed.bot, target, [list]);
    // A plan that is drafted again deletes the first one, after it has looked at the spellings.
    await testbed.sql(`CREATE TRIGGER meanwhile AFTER DELETE ON sync_changes FOR EACH ROW ${change}`);
    await testbed.bot.plans
      .draft(lease, { reads: [1, 2], rules: rules() })
      .finally(() => testbed.sql('DROP TRIGGER meanwhile'));
    const lines = await planLines(testbed.bot, run.id);
    expect(lines).toContain('deactivate gone@dkm');
    expect(lines.filter((line) => /^deactivate.*(here|new|lead)/.test(line))).toEqual([]);
  });
});
