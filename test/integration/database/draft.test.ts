import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { someoneWaits } from './support/lock-wait.ts';
import { listOf, sourceRow } from './support/rows.ts';
import { draftRun, factsOf, NO_COUNTS, openRun, planLines, rules, stage } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

type Protection = { readonly protectedEmails?: readonly string[] };

const testbed = useTestbed();

describe('a plan', () => {
  it('adds, reactivates, keeps and deactivates as the design says', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'back@dkm': 'inactive',
      'stays@dkm': 'active',
      'gone@dkm': 'active',
      'admin@dkm': 'active',
      'long-gone@dkm': 'inactive',
    });
    const list = listOf('new@dkm', 'back@dkm', 'stays@dkm');
    const { plan, facts } = await draftRun(testbed.bot, target, [list], ['admin@*']);
    expect(plan).toEqual([
      'add new@dkm',
      'reactivate back@dkm',
      'deactivate gone@dkm',
      'protected admin@dkm',
    ]);
    expect(facts).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      active: 3,
      recentlyDeactivated: 0,
      counts: {
        ...NO_COUNTS,
        source: 3,
        add: 1,
        reactivate: 1,
        deactivate: 1,
        protected: 1,
        unchanged: 1,
        alreadyInactive: 1,
      },
    });
  });

  it('tells the status before and after each change', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'back@dkm': 'inactive', 'gone@dkm': 'active', 'admin@dkm': 'active' });
    const { run } = await draftRun(testbed.bot, target, [listOf('new@dkm', 'back@dkm')], ['admin@dkm']);
    const changes = await testbed.bot.plans.list(run.id, undefined, 0, 10);
    expect(
      changes.map(({ seq, action, statusBefore, statusAfter }) => [seq, action, statusBefore, statusAfter]),
    ).toEqual([
      [1, 'add', undefined, 'active'],
      [2, 'reactivate', 'inactive', 'active'],
      [3, 'deactivate', 'active', 'inactive'],
      [4, 'protected', 'active', 'active'],
    ]);
  });

  it('lists the emails of one kind in alphabetical order, whatever the order of the list', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'z@dkm': 'active',
      'y@dkm': 'active',
      'n@dkm': 'inactive',
      'm@dkm': 'inactive',
    });
    const { plan } = await draftRun(testbed.bot, target, [
      listOf('c@dkm', 'n@dkm', 'a@dkm', 'm@dkm', 'b@dkm'),
    ]);
    expect(plan).toEqual([
      'add a@dkm',
      'add b@dkm',
      'add c@dkm',
      'reactivate m@dkm',
      'reactivate n@dkm',
      'deactivate y@dkm',
      'deactivate z@dkm',
    ]);
  });

  it('counts nothing where the list and the location are empty', async () => {
    const { plan, facts } = await draftRun(testbed.bot, await testbed.location(), [[]]);
    expect(plan).toEqual([]);
    expect(facts.counts).toEqual(NO_COUNTS);
  });

  it('takes a user who is inactive at the source for absent', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'off@dkm': 'active', 'off2@dkm': 'inactive' });
    const off = (id: number, email: string) => sourceRow({ id, email, active: false });
    const list = [
      off(1, 'off@dkm'),
      off(2, 'off2@dkm'),
      off(3, 'never@dkm'),
      sourceRow({ id: 4, email: 'on@dkm' }),
    ];
    const { plan, facts } = await draftRun(testbed.bot, target, [list]);
    expect(plan).toEqual(['add on@dkm', 'deactivate off@dkm']);
    expect(facts.counts).toMatchObject({ source: 4, alreadyInactive: 1, unchanged: 0 });
  });

  it('adds at one location although the email stands at another one', async () => {
    const [here, there] = [await testbed.location(), await testbed.location()];
    await testbed.addUsers(there, { 'vendor1@dkm': 'active', 'old@dkm': 'active' });
    const { plan, facts } = await draftRun(testbed.bot, here, [listOf('vendor1@dkm')]);
    expect(plan).toEqual(['add vendor1@dkm']);
    expect(facts.active).toBe(0);
  });

  it('is the same when it is drafted again, in place of the first draft', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const { lease, facts, plan, run } = await draftRun(testbed.bot, target, [listOf('a@dkm', 'b@dkm')]);
    expect(await testbed.bot.plans.draft(lease, { reads: [1, 2], rules: rules() })).toEqual({
      outcome: 'drafted',
      facts,
    });
    expect(await testbed.bot.plans.list(run.id, undefined, 0, 10)).toHaveLength(plan.length);
  });

  it('waits for an execution at its location, so that all its counts are of one picture', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active' });
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, listOf('stays@dkm'));
    const execution = await connect(testbed.database.url);
    await execution.beginTransaction();
    await execution.query('SELECT id FROM locations WHERE id = ? FOR UPDATE', [target.locationId]);
    await execution.query("INSERT INTO users (location_id, email) VALUES (?, 'new@dkm')", [
      target.locationId,
    ]);
    const drafting = testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() });
    await someoneWaits(testbed).finally(() => execution.commit());
    await execution.end();
    expect(await drafting).toMatchObject({ facts: { active: 2, counts: { deactivate: 1, unchanged: 1 } } });
  });

  it('counts users who stay inactive, because two could be meant, as kept alone', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      ' Lead@dkm': 'inactive',
      'lead@dkm\t': 'inactive',
      'off@dkm': 'inactive',
    });
    const { facts } = await draftRun(testbed.bot, target, [listOf('lead@dkm')]);
    expect(facts.counts).toMatchObject({ add: 0, reactivate: 0, kept: 2, alreadyInactive: 1 });
  });
});

describe('rows of the list that are no users', () => {
  const rows = [
    sourceRow({ id: 12, email: undefined, skip: 'no_email' }),
    sourceRow({ id: 7, email: undefined, skip: 'bad_email', rawEmail: 'not an email' }),
    sourceRow({ id: 9, email: 'unclear@dkm', skip: 'bad_status', rawEmail: 'unclear@dkm' }),
    sourceRow({ id: 1, email: 'fine@dkm' }),
  ];

  it('are listed at the end with their id and reason, ordered by id', async () => {
    const { run, facts } = await draftRun(testbed.bot, await testbed.location(), [rows]);
    const skipped = await testbed.bot.plans.list(run.id, 'skipped', 0, 10);
    expect(skipped.map(({ seq, email, detail, sourceId }) => [seq, email, detail, sourceId])).toEqual([
      [2, 'not an email', 'bad_email', 7n],
      [3, 'unclear@dkm', 'bad_status', 9n],
      [4, '', 'no_email', 12n],
    ]);
    expect(facts.counts).toMatchObject({ source: 4, add: 1, skipped: 3, duplicates: 0 });
  });

  it('neither add, reactivate nor deactivate a user whose status at the source is unclear', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'unclear@dkm': 'active', 'unclear2@dkm': 'inactive' });
    const second = sourceRow({ id: 10, email: 'unclear2@dkm', skip: 'bad_status', active: true });
    const { plan, facts } = await draftRun(testbed.bot, target, [[...rows, second]]);
    expect(plan).toEqual([
      'add fine@dkm',
      'skipped not an email',
      'skipped unclear@dkm',
      'skipped unclear2@dkm',
      'skipped ',
    ]);
    expect(facts.counts).toMatchObject({ unchanged: 1, alreadyInactive: 1 });
  });
});

describe('emails that the list repeats', () => {
  it('are planned once and counted', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'back@dkm': 'inactive', 'stays@dkm': 'active' });
    const list = listOf('new@dkm', 'new@dkm', 'new@dkm', 'back@dkm', 'back@dkm', 'stays@dkm', 'stays@dkm');
    const { plan, facts } = await draftRun(testbed.bot, target, [list]);
    expect(plan).toEqual(['add new@dkm', 'reactivate back@dkm']);
    expect(facts.counts).toMatchObject({ source: 7, duplicates: 4, unchanged: 1 });
  });

  it('are planned once also where only one row repeats another', async () => {
    const { plan, facts } = await draftRun(testbed.bot, await testbed.location(), [
      listOf('new@dkm', 'new@dkm'),
    ]);
    expect(plan).toEqual(['add new@dkm']);
    expect(facts.counts).toMatchObject({ source: 2, add: 1, duplicates: 1 });
  });

  it('are no duplicates where one of the two rows is inactive at the source: the user is there', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'twice@dkm': 'active' });
    const list = [...listOf('twice@dkm'), sourceRow({ id: 2, email: 'twice@dkm', active: false })];
    const { plan, facts } = await draftRun(testbed.bot, target, [list]);
    expect(plan).toEqual([]);
    expect(facts.counts).toMatchObject({ duplicates: 0, unchanged: 1 });
  });
});

describe('one read', () => {
  it('plans where it leaves nobody out who is active here', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'stays@dkm': 'active',
      'back@dkm': 'inactive',
      'long-gone@dkm': 'inactive',
    });
    const opened = await openRun(testbed.bot, target);
    await stage(testbed.bot, opened, 1, listOf('stays@dkm', 'back@dkm', 'new@dkm'));
    const drafted = await testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
    expect(drafted).toMatchObject({ outcome: 'drafted', facts: { counts: { add: 1, reactivate: 1 } } });
    expect(await planLines(testbed.bot, opened.run.id)).toEqual(['add new@dkm', 'reactivate back@dkm']);
  });

  it('plans where everybody whom it leaves out is there under another spelling, also when drafted again', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { ' ODD@dkm': 'active', 'stays@dkm': 'active' });
    const opened = await openRun(testbed.bot, target);
    await stage(testbed.bot, opened, 1, listOf('odd@dkm', 'stays@dkm'));
    for (const _ of ['first', 'again']) {
      const drafted = await testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
      expect(drafted).toMatchObject({ outcome: 'drafted', facts: { counts: { unchanged: 2 } } });
    }
  });

  it.each([
    ['leaves someone out', {}],
    ['leaves someone out whom a setting protects', { protectedEmails: ['gone@*'] }],
  ])('proves nothing, and writes nothing, where it %s', async (_, { protectedEmails = [] }: Protection) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active', 'gone@dkm': 'active' });
    const opened = await openRun(testbed.bot, target);
    await stage(testbed.bot, opened, 1, listOf('stays@dkm', 'new@dkm'));
    const drafted = await testbed.bot.plans.draft(opened.lease, {
      reads: [1],
      rules: rules({ protectedEmails }),
    });
    expect(drafted).toEqual({ outcome: 'unproven' });
    expect(await planLines(testbed.bot, opened.run.id)).toEqual([]);
  });

  it('leaves nobody out whose status at the source is unclear', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active', 'unclear@dkm': 'active' });
    const opened = await openRun(testbed.bot, target);
    const unclear = sourceRow({ id: 2, email: 'unclear@dkm', skip: 'bad_status', rawEmail: 'unclear@dkm' });
    await stage(testbed.bot, opened, 1, [...listOf('stays@dkm'), unclear]);
    const drafted = await testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
    expect(drafted).toMatchObject({ outcome: 'drafted', facts: { counts: { unchanged: 2, skipped: 1 } } });
  });
});

describe('a list that names nobody', () => {
  it.each([
    ['empty', []],
    ['of users who are all inactive at the source', [sourceRow({ id: 1, email: 'a@dkm', active: false })]],
    ['of rows that are no users', [sourceRow({ id: 1, email: undefined, skip: 'no_email' })]],
  ])('plans nothing while users are active here: %s', async (_, rows) => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'a@dkm': 'active', 'b@dkm': 'active', 'c@dkm': 'inactive' });
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, rows);
    for (const reads of [[1], [1, 2]]) {
      expect(await testbed.bot.plans.draft(opened.lease, { reads, rules: rules() })).toEqual({
        outcome: 'empty',
        active: 2,
        listed: rows.length,
      });
    }
    expect(await planLines(testbed.bot, opened.run.id)).toEqual([]);
  });
});

describe('two reads', () => {
  it('deactivate only whom neither has, and add whom the last one has', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'only-first@dkm': 'active',
      'only-second@dkm': 'active',
      'neither@dkm': 'active',
      'back-first@dkm': 'inactive',
      'back-second@dkm': 'inactive',
    });
    const first = listOf('only-first@dkm', 'back-first@dkm', 'new-first@dkm');
    const second = listOf('only-second@dkm', 'back-second@dkm', 'new-second@dkm');
    const { plan, facts } = await draftRun(testbed.bot, target, [first, second]);
    expect(plan).toEqual(['add new-second@dkm', 'reactivate back-second@dkm', 'deactivate neither@dkm']);
    expect(facts.counts).toMatchObject({ source: 3, unchanged: 2, alreadyInactive: 1, duplicates: 0 });
  });

  it('deactivate nobody who became active here while the list was read again', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'stays@dkm': 'active',
      'gone@dkm': 'active',
      'rehired@dkm': 'inactive',
    });
    const opened = await openRun(testbed.bot, target);
    const list = [...listOf('stays@dkm'), sourceRow({ id: 2, email: 'rehired@dkm', active: false })];
    await stage(testbed.bot, opened, 1, list);
    const once = await testbed.bot.plans.draft(opened.lease, { reads: [1], rules: rules() });
    expect(once).toEqual({ outcome: 'unproven' });
    await testbed.addUsers(target, { 'new@dkm': 'active' });
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ? AND email = 'rehired@dkm'", [
      target.locationId,
    ]);
    await stage(testbed.bot, opened, 2, list);
    const { counts } = await factsOf(
      testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() }),
    );
    expect(await planLines(testbed.bot, opened.run.id)).toEqual(['deactivate gone@dkm']);
    expect(counts).toMatchObject({ deactivate: 1, unchanged: 3 });
  });

  it('deactivate nobody who became active here meanwhile, also where nobody was absent before', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'stays@dkm': 'active' });
    const opened = await openRun(testbed.bot, target);
    for (const readNo of [1, 2]) await stage(testbed.bot, opened, readNo, listOf('stays@dkm'));
    const noted = await testbed.bot.plans.draft(opened.lease, {
      reads: [1],
      rules: rules(),
      notesOnly: true,
    });
    expect(noted).toEqual({ outcome: 'unproven' });
    expect(await planLines(testbed.bot, opened.run.id)).toEqual([]);
    await testbed.addUsers(target, { 'new@dkm': 'active' });
    await factsOf(testbed.bot.plans.draft(opened.lease, { reads: [1, 2], rules: rules() }));
    expect(await planLines(testbed.bot, opened.run.id)).toEqual([]);
  });

  it('take what is skipped and repeated from the last one', async () => {
    const first = [
      sourceRow({ id: 1, email: undefined, skip: 'no_email' }),
      ...listOf('a@dkm', 'a@dkm').slice(1),
    ];
    const second = [sourceRow({ id: 2, email: undefined, skip: 'bad_email', rawEmail: 'x' })];
    const { plan, facts } = await draftRun(testbed.bot, await testbed.location(), [first, second]);
    expect(plan).toEqual(['skipped x']);
    expect(facts.counts).toMatchObject({ source: 1, skipped: 1, duplicates: 0 });
  });
});
