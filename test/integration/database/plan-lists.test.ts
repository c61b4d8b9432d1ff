import { describe, expect, it } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import { listOf, sourceRow } from './support/rows.ts';
import { apply, claim, draftRun, present } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

async function plannedRun() {
  const target = await testbed.location();
  await testbed.addUsers(target, {
    'c-stays@dkm': 'active',
    'a-stays@dkm': 'active',
    'B-stays@dkm': 'active',
    'gone@dkm': 'active',
    'unclear@dkm': 'active',
    'admin@dkm': 'active',
    'old@dkm': 'inactive',
  });
  const list = [
    ...listOf('a-stays@dkm', 'b-stays@dkm', 'c-stays@dkm', 'new1@dkm', 'new2@dkm'),
    sourceRow({ id: 9, email: 'unclear@dkm', skip: 'bad_status', rawEmail: 'unclear@dkm' }),
  ];
  return { target, drafted: await draftRun(testbed.bot, target, [list], ['admin@dkm']) };
}

describe('the changes of a plan', () => {
  it('are listed page by page, from after a position', async () => {
    const { run } = (await plannedRun()).drafted;
    const seqs = async (after: number, limit: number) =>
      (await testbed.bot.plans.list(run.id, undefined, after, limit)).map(({ seq }) => seq);
    expect([await seqs(0, 2), await seqs(2, 2), await seqs(4, 2)]).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('are listed of one kind', async () => {
    const { run } = (await plannedRun()).drafted;
    const added = await testbed.bot.plans.list(run.id, 'add', 1, 10);
    expect(added.map(({ email }) => email)).toEqual(['new2@dkm']);
  });
});

describe('the unchanged users of a run', () => {
  it('are those that its count tells of, in order', async () => {
    const { run, facts } = (await plannedRun()).drafted;
    const unchanged = await testbed.bot.plans.listUnchanged(run, '', 10);
    expect(unchanged).toEqual(['a-stays@dkm', 'B-stays@dkm', 'c-stays@dkm', 'unclear@dkm']);
    expect(unchanged).toHaveLength(facts.counts.unchanged);
  });

  it('are listed page by page, from after an email', async () => {
    const { run } = (await plannedRun()).drafted;
    expect(await testbed.bot.plans.listUnchanged(run, 'a-stays@dkm', 2)).toEqual([
      'B-stays@dkm',
      'c-stays@dkm',
    ]);
  });

  it('are all of them, also one spelled with a tab, and one beside another with a blank behind it', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { '\tbudi@dkm': 'active', 'ani@dkm': 'active' });
    const list = listOf('budi@dkm', 'ani@dkm', 'new@dkm');
    const { run, facts } = await draftRun(testbed.bot, target, [list]);
    const unchanged = await testbed.bot.plans.listUnchanged(run, '', 10);
    expect(unchanged.toSorted()).toEqual(['\tbudi@dkm', 'ani@dkm']);
    expect(unchanged).toHaveLength(facts.counts.unchanged);
  });

  it('are the same after the run was executed', async () => {
    const { drafted } = await plannedRun();
    const before = await testbed.bot.plans.listUnchanged(drafted.run, '', 10);
    const done = await apply(testbed.bot, await claim(testbed.bot, await present(testbed.bot, drafted)));
    expect(await testbed.bot.plans.listUnchanged(done, '', 10)).toEqual(before);
  });
});

describe('a plan that is drafted while users change', () => {
  it('counts nobody less than once', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
    const lock = `${testbed.database.name} meanwhile`;
    // The last rows that a draft writes are the skipped ones: it has planned by then, and has not yet counted.
    await testbed.sql(`CREATE TRIGGER meanwhile BEFORE INSERT ON sync_changes FOR EACH ROW
      SET @meanwhile = IF(NEW.action = 'skipped', GET_LOCK('${lock}', 10), NULL)`);
    await testbed.sql(`DO GET_LOCK('${lock}', 10)`);
    const nobody = sourceRow({ id: 1, email: undefined, skip: 'no_email' });
    const drafting = draftRun(testbed.bot, target, [[nobody, sourceRow({ id: 2, email: 'stays@dkm' })]]);
    await until(async () => (await processes()).some(({ State }) => State === 'User lock'), {
      failure: async () => JSON.stringify(await processes()),
    });
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [target.locationId]);
    await testbed.sql(`DO RELEASE_LOCK('${lock}')`);
    const drafted = await drafting;
    await testbed.sql('DROP TRIGGER meanwhile');
    expect(drafted.facts).toMatchObject({ active: 0, counts: { deactivate: 1, unchanged: 0 } });
    expect((await present(testbed.bot, drafted)).status).toBe('ready');
  });

  const processes = async () =>
    (await testbed.sql<{ db: string; State: string }>('SHOW PROCESSLIST')).filter(
      ({ db }) => db === testbed.database.name,
    );
});
