import { beforeEach, describe, expect, it } from 'vitest';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { PlannedEarlierError } from '../../../src/sync/failures/stale-errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { gradeOf } from '../../../src/sync/rules/rules.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import { apply, claim, readyRun, step } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** What a newer version may store in a run, by column. */
const OF_TOMORROW = {
  failure: '{"code":"of_tomorrow"}',
  auto_held: 'of_tomorrow',
  guard: '{"tripped":true,"why":"of_tomorrow"}',
  undecided: '{"doubt":"of_tomorrow","users":1}',
  repeats: '{"of":"tomorrow"}',
  absence: '["of tomorrow"]',
  rules: '{"of":"tomorrow"}',
};

let target: Target;
let run: Run;
beforeEach(async () => {
  target = await testbed.location();
  run = await readyRun(testbed.bot, target, listOf('new@dkm'));
});

async function store(column: string, value: string): Promise<Run> {
  await testbed.sql(`UPDATE sync_runs SET ${column} = ? WHERE id = ?`, [value, run.id]);
  const stored = await testbed.bot.runs.find(run.id);
  if (stored === undefined) throw new Error('The run is gone');
  return stored;
}

/** Whether a rule could apply the run by itself, as this version sees it. */
async function isLeftToPeople(): Promise<boolean> {
  const waiting = await testbed.bot.runs.awaitingRule();
  return waiting.every((each) => each.run.id !== run.id || each.run.autoHeld !== undefined);
}

describe('a run in which a newer version stored what this version does not know', () => {
  it.each(Object.entries(OF_TOMORROW))(
    'is listed, and expires with the others: %s',
    async (column, value) => {
      await store(column, value);
      const overview = createOverview(testbed.bot.db, new Map([[target.name, target.name]]));
      expect((await overview.history(target.name, undefined, 10)).map(({ id }) => id)).toEqual([run.id]);
      await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
      const expired = await testbed.bot.runs.expireDue(step('expired', ['message']));
      expect(expired.map(({ id }) => id)).toEqual([run.id]);
    },
  );

  it('failed for an unexpected reason, or was held because the rule was refused', async () => {
    expect(await store('failure', OF_TOMORROW.failure)).toMatchObject({ failure: { code: 'unexpected' } });
    expect(await store('auto_held', OF_TOMORROW.auto_held)).toMatchObject({ autoHeld: 'refused' });
  });

  it.each([OF_TOMORROW.guard, '{"tripped":"perhaps"}', 'null', 'no JSON'])(
    'needs the reason of the gravest plan: the guard %s',
    async (guard) => {
      expect(gradeOf((await store('guard', guard)).guard)).toBe('everyone');
    },
  );

  it.each([
    ['the cause', { why: 'of_tomorrow' }],
    ['a limit', { why: 'limits', limits: { count: 5, percent: 20, hours: 48 } }],
  ])(
    'needs the reason of the gravest plan, and keeps its numbers, where %s of its guard is unknown',
    async (_what, unknown) => {
      const facts = { deactivate: 7, recentlyDeactivated: 4, active: 50 };
      const { guard } = await store('guard', JSON.stringify({ tripped: true, ...unknown, ...facts }));
      expect(guard).toEqual({ tripped: true, why: 'everyone', ...facts });
    },
  );

  it.each(['undecided', 'repeats', 'absence', 'rules'] as const)(
    'is not applied by a rule, because %s may say why not',
    async (column) => {
      await testbed.sql("UPDATE sync_runs SET auto_rule = 'at=add:20' WHERE id = ?", [run.id]);
      expect(await isLeftToPeople()).toBe(false);
      expect(await store(column, OF_TOMORROW[column])).toMatchObject({ autoHeld: 'unproven' });
      expect(await isLeftToPeople()).toBe(true);
    },
  );

  const known = { limits: [{ count: 5, percent: 20 }], protectedEmails: [], people: 1 };
  it.each([
    ['rules', OF_TOMORROW.rules],
    ['confirm_rules', OF_TOMORROW.rules],
    ['rules', JSON.stringify({ ...known, mostPerDay: 3 })],
    ['confirm_rules', JSON.stringify({ ...known, limits: [{ count: 5, percent: 20, hours: 48 }] })],
  ])(
    'is not executed where these rules are unknown, or one of their limits: %s, %s',
    async (column, value) => {
      const claimed = await claim(testbed.bot, run);
      await store(column, value);
      await expect(apply(testbed.bot, claimed)).rejects.toThrow(PlannedEarlierError);
      expect(await testbed.usersAt(target)).toEqual({});
    },
  );
});
