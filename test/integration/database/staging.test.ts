import { beforeAll, describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../../src/sync/failures/errors.ts';
import type { Lease } from '../../../src/sync/ports/runs.ts';
import type { SourceRow } from '../../../src/sync/ports/source.ts';
import { listOf, sourceRow } from './support/rows.ts';
import { apply, claim, draftRun, openRun, present, stage, takingUp } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const HOSTILE = [
  '😀🏳️‍🌈@dkm',
  'back\\slash\\@dkm',
  'quote"\'`@dkm',
  "'); DROP TABLE users; -- @dkm",
  '{"email":"x"}],[@dkm',
  '\\u0041\\n\\"@dkm',
  '$1?:name%_*@dkm',
  'e\u0301@dkm',
  'é@dkm',
  '中文@例え.jp',
  'ß@dkm',
  '<b>&amp;</b>@dkm',
  `${'a'.repeat(251)}@dkm`,
  `${'😀'.repeat(251)}@dkm`,
  '\u{10fffd}@dkm',
];

const staged = (runId: number) =>
  testbed.sql<{ read_no: number; page_no: number; row_no: number; source_id: number; email: string }>(
    'SELECT * FROM sync_staged_users WHERE run_id = ? ORDER BY read_no, page_no, row_no',
    [runId],
  );

describe('emails that look like something else', () => {
  beforeAll(() =>
    testbed.sql('ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin').then(() => {}),
  );

  it('come out of the list, the plan and users exactly as they went in', async () => {
    const target = await testbed.location();
    const drafted = await draftRun(testbed.bot, target, [listOf(...HOSTILE)]);
    const first = (await staged(drafted.run.id)).filter(({ read_no }) => read_no === 1);
    expect(first.map(({ email }) => email)).toEqual(HOSTILE);
    expect(new Set(drafted.plan)).toEqual(new Set(HOSTILE.map((email) => `add ${email}`)));
    await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
    expect(new Set(Object.keys(await testbed.usersAt(target)))).toEqual(new Set(HOSTILE));
  });

  it('are found again in users', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, Object.fromEntries(HOSTILE.map((email) => [email, 'active'])));
    const { plan, facts } = await draftRun(testbed.bot, target, [listOf(...HOSTILE)]);
    expect(plan).toEqual([]);
    expect(facts.counts.unchanged).toBe(HOSTILE.length);
  });

  it('are listed as they are where they are no emails', async () => {
    const broken = ['tab\tand\nline', '\u0001\u0007', '\u202eright', '\ufffd', ' blanks ', '"', '\\'];
    const rows = broken.map((rawEmail, index) =>
      sourceRow({ id: index + 1, email: undefined, skip: 'bad_email', rawEmail }),
    );
    const { run } = await draftRun(testbed.bot, await testbed.location(), [rows]);
    const skipped = await testbed.bot.plans.list(run.id, 'skipped', 0, 100);
    expect(skipped.map(({ email }) => email)).toEqual(broken);
  });
});

describe('the pages of a read', () => {
  it('are kept with their page and their order, in whatever sequence they come', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.staging.add(lease, 1, [{ page: 2, rows: [sourceRow({ id: 3, email: 'c@dkm' })] }]);
    await testbed.bot.staging.add(lease, 1, [{ page: 1, rows: listOf('b@dkm', 'a@dkm') }]);
    expect(
      (await staged(run.id)).map(({ page_no, row_no, source_id, email }) => [
        page_no,
        row_no,
        source_id,
        email,
      ]),
    ).toEqual([
      [1, 1, 1, 'b@dkm'],
      [1, 2, 2, 'a@dkm'],
      [2, 1, 3, 'c@dkm'],
    ]);
  });

  it('are kept in the same way where several come together, however many', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    const users = Array.from({ length: 5_500 }, (_, index) => `user${index}@dkm`);
    const rows = listOf(...users);
    const pages = Array.from({ length: 11 }, (_, index) => ({
      page: index + 1,
      rows: rows.slice(index * 500, (index + 1) * 500),
    }));
    await testbed.bot.staging.add(lease, 1, [{ page: 12, rows: [] }, ...pages.toReversed()]);
    expect(await staged(run.id)).toMatchObject(
      users.map((email, index) => ({
        page_no: 1 + Math.floor(index / 500),
        row_no: 1 + (index % 500),
        source_id: rows[index]?.id,
        email,
      })),
    );
  });

  it('may hold the same user twice, and then count as one', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    const twice = [...listOf('a@dkm', 'b@dkm'), sourceRow({ id: 2, email: 'b@dkm' })];
    await stage(testbed.bot, opened, 1, twice);
    await testbed.bot.staging.add(opened.lease, 1, [{ page: 2, rows: listOf('a@dkm') }]);
    expect(await testbed.bot.staging.countDistinct(opened.run.id, 1)).toBe(2);
  });

  it('are counted for their own read and run alone', async () => {
    const [one, other] = [
      await openRun(testbed.bot, await testbed.location()),
      await openRun(testbed.bot, await testbed.location()),
    ];
    await stage(testbed.bot, one, 1, listOf('a@dkm', 'b@dkm'));
    await stage(testbed.bot, one, 2, listOf('a@dkm'));
    await stage(testbed.bot, other, 1, listOf('a@dkm', 'b@dkm', 'c@dkm'));
    const count = (runId: number, readNo: number) => testbed.bot.staging.countDistinct(runId, readNo);
    expect([await count(one.run.id, 1), await count(one.run.id, 2), await count(one.run.id, 3)]).toEqual([
      2, 1, 0,
    ]);
  });

  it('may be empty', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    await stage(testbed.bot, opened, 1, []);
    expect(await staged(opened.run.id)).toEqual([]);
  });

  it('are kept once: a page that comes again is refused', async () => {
    const opened = await openRun(testbed.bot, await testbed.location());
    await stage(testbed.bot, opened, 1, listOf('a@dkm'));
    await expect(stage(testbed.bot, opened, 1, listOf('a@dkm', 'b@dkm'))).rejects.toThrow();
    expect(await staged(opened.run.id)).toHaveLength(1);
  });

  it.each<[string, (lease: Lease) => Lease]>([
    ['another process', (lease) => ({ ...lease, owner: '00000000-0000-4000-8000-000000000000' })],
    ['an earlier attempt', (lease) => ({ ...lease, attempt: 0 })],
  ])('are refused from %s', async (_, foreign) => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    const late = testbed.bot.staging.add(foreign(lease), 1, [{ page: 1, rows: listOf('a@dkm') }]);
    await expect(late).rejects.toThrow(LeaseLostError);
    expect(await staged(run.id)).toEqual([]);
  });

  it('are refused once the plan was presented', async () => {
    const drafted = await draftRun(testbed.bot, await testbed.location(), [listOf('a@dkm')]);
    await present(testbed.bot, drafted);
    await expect(stage(testbed.bot, drafted, 2, listOf('b@dkm'))).rejects.toThrow(LeaseLostError);
  });

  it('are cleared of one run alone, however many they are', async () => {
    const [one, other] = [
      await openRun(testbed.bot, await testbed.location()),
      await openRun(testbed.bot, await testbed.location()),
    ];
    await stage(testbed.bot, one, 1, listOf(...Array.from({ length: 10_001 }, (_, n) => `user${n}@dkm`)));
    await stage(testbed.bot, other, 1, listOf('a@dkm'));
    await testbed.bot.staging.clear(one.lease);
    expect([(await staged(one.run.id)).length, (await staged(other.run.id)).length]).toEqual([0, 1]);
  });

  it('are not cleared by a process that has lost the run', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.runs.release(lease);
    const successor = (await testbed.another().runs.takeOver(takingUp())).find(
      (taken) => taken.run.id === run.id,
    );
    if (successor === undefined) throw new Error('Nobody took the run over');
    await testbed.bot.staging.add(successor.lease, 1, [{ page: 1, rows: listOf('a@dkm') }]);
    await expect(testbed.bot.staging.clear(lease)).rejects.toThrow(LeaseLostError);
    expect(await staged(run.id)).toHaveLength(1);
  });
});

describe('two reads', () => {
  const user = (email: string, changed: Partial<SourceRow> = {}) => sourceRow({ id: 1, email, ...changed });
  const skipped = (rawEmail: string) => sourceRow({ id: 2, email: undefined, skip: 'bad_email', rawEmail });
  const [jose, josé] = [user('jose@dkm'), user('josé@dkm')];

  it.each<[string, boolean, SourceRow[], SourceRow[]]>([
    ['have the same rows in another order', true, [jose, skipped('x')], [skipped('x'), jose]],
    ['repeat a row alike', true, [jose, jose, skipped('x')], [jose, skipped('x'), jose]],
    ['repeat a row otherwise', false, [jose, jose, skipped('x')], [jose, skipped('x'), skipped('x')]],
    ['differ in an accent', false, [jose], [josé]],
    ['differ in who is active', false, [jose], [user('jose@dkm', { active: false })]],
    ['differ in a text that is no email', false, [skipped('x')], [skipped('y')]],
    ['differ in that one has a row more', false, [jose], [jose, skipped('x')]],
  ])('that %s: the same is %s', async (_, areSame, one, other) => {
    const opened = await openRun(testbed.bot, await testbed.location());
    await stage(testbed.bot, opened, 1, one);
    await stage(testbed.bot, opened, 2, other);
    expect(await testbed.bot.staging.sameRows(opened.run.id, 1, 2)).toBe(areSame);
  });
});
