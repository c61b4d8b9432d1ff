import { beforeEach, describe, expect, it } from 'vitest';
import { PlanAlteredError, PlannedEarlierError } from '../../../src/sync/failures/stale-errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import {
  apply,
  BUDI,
  claim,
  claimedRun,
  openRun,
  planLines,
  present,
  readyRun,
  rules,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

/** Confirm approves a whole run, and its hash covers all that is executed and all that judged it. */
const testbed = useTestbed();

let target: Target;
let elsewhere: Target;
let run: Run;

beforeEach(async () => {
  target = await testbed.location();
  elsewhere = await testbed.location();
  const users = { 'gone@dkm': 'active', 'stays@dkm': 'active' } as const;
  await testbed.addUsers(target, users);
  await testbed.addUsers(elsewhere, users);
  run = await readyRun(testbed.bot, target, listOf('new@dkm', 'stays@dkm'));
});

const JUDGED = JSON.stringify(rules({ protectedEmails: ['nobody@dkm'] }));

/** What somebody does to the row of a run that waits, `?` being the other location or new rules. */
const ALTERATIONS: readonly (readonly [string, string, () => unknown[]])[] = [
  ['the location is another one', 'location_id = ?', () => [elsewhere.locationId]],
  ['the target is another one', 'target = ?', () => [elsewhere.name]],
  [
    'target and location are another one’s',
    'target = ?, location_id = ?',
    () => [elsewhere.name, elsewhere.locationId],
  ],
  ['the rules are others', 'rules = ?', () => [JUDGED]],
  ['it is a rollback of a run', 'reverts_run_id = 1', () => []],
  ['somebody else is said to have asked for it', 'requested_by_id = ?', () => [BUDI.id]],
  ['its hash is another one', "plan_hash = REPEAT('0', 64)", () => []],
  ['it says that it adds more', 'add_count = add_count + 1', () => []],
  ['it says that it deactivates nobody', 'deactivate_count = 0', () => []],
];

const alter = (change: string, values: unknown[]) =>
  testbed.sql(`UPDATE sync_runs SET ${change} WHERE id = ?`, [...values, run.id]);

describe('a run that waits to be confirmed, and in whose row meanwhile', () => {
  it.each(ALTERATIONS)('%s, is not executed and changes nobody', async (_, change, values) => {
    await alter(change, values());
    const before = await testbed.everyUser();
    await expect(apply(testbed.bot, await claim(testbed.bot, run))).rejects.toThrow(PlanAlteredError);
    expect(await testbed.everyUser()).toEqual(before);
  });

  it.each(ALTERATIONS.filter(([, change]) => !change.includes('_count')))(
    '%s, gets no hash of its own by being adjusted',
    async (_, change, values) => {
      await alter(change, values());
      const omission = { emails: ['new@dkm'], actions: [] };
      const adjusting = { actor: BUDI, omission, requestKey: `adjust ${run.id}`, rules: rules() };
      expect(await testbed.bot.runs.adjust(run.id, adjusting)).toMatchObject({
        outcome: 'altered',
        run: { id: run.id },
      });
    },
  );
});

describe('a plan of a version whose hash did not bind all that', () => {
  const earlier = async () => {
    await testbed.sql("UPDATE sync_runs SET rules = NULL, plan_hash = REPEAT('a', 64) WHERE id = ?", [
      run.id,
    ]);
  };

  it('is not executed, and says so in words of its own', async () => {
    await earlier();
    const before = await testbed.everyUser();
    await expect(apply(testbed.bot, await claim(testbed.bot, run))).rejects.toThrow(PlannedEarlierError);
    expect(await testbed.everyUser()).toEqual(before);
  });

  it('is not adjusted', async () => {
    await earlier();
    const omission = { emails: ['new@dkm'], actions: [] };
    const adjusting = { actor: BUDI, omission, requestKey: `adjust ${run.id}`, rules: rules() };
    expect(await testbed.bot.runs.adjust(run.id, adjusting)).toMatchObject({ outcome: 'altered' });
  });

  it('can be taken back where it was executed by that version', async () => {
    const claimed = await claim(testbed.bot, run);
    const done = await apply(testbed.bot, claimed);
    await earlier();
    const opened = await openRun(testbed.bot, target);
    const facts = await testbed.bot.plans.invert(opened.lease, done.id, rules());
    const plan = await planLines(testbed.bot, opened.run.id);
    expect(plan).toEqual(['reactivate gone@dkm', 'deactivate new@dkm']);
    const back = await present(testbed.bot, { ...opened, facts, plan });
    await apply(testbed.bot, await claim(testbed.bot, back));
    expect(await testbed.usersAt(target)).toEqual({
      'gone@dkm': 'active',
      'stays@dkm': 'active',
      'new@dkm': 'inactive',
    });
  });
});

describe('a rollback', () => {
  it('changes nobody at a location that is not the one of the run that it takes back', async () => {
    const done = await apply(
      testbed.bot,
      await claimedRun(testbed.bot, target, listOf('new@dkm', 'stays@dkm')),
    );
    await testbed.addUsers(elsewhere, { 'new@dkm': 'active' });
    const opened = await openRun(testbed.bot, elsewhere);
    const { counts } = await testbed.bot.plans.invert(opened.lease, done.id, rules());
    expect(counts).toMatchObject({ deactivate: 0, reactivate: 0, skipped: 2 });
  });
});
