import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { move } from '../../../src/database/transition.ts';
import { LeaseLostError } from '../../../src/sync/failures/errors.ts';
import { PlannedEarlierError } from '../../../src/sync/failures/stale-errors.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import { type RunStatus, TRANSITIONS } from '../../../src/sync/run/run.ts';
import { someoneWaits } from './support/lock-wait.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  claimOf,
  draftRun,
  NO_COUNTS,
  openRun,
  present,
  rules,
  statusOf,
  step,
  takingUp,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const STATUSES = Object.keys(TRANSITIONS) as RunStatus[];

/** A run that stands there, its lease and its time over. */
async function put(status: RunStatus): Promise<LeasedRun> {
  const opened = await openRun(testbed.bot, await testbed.location());
  await testbed.sql(
    "UPDATE sync_runs SET status = ?, expires_at = UTC_TIMESTAMP(3), lease_until = '2025-01-01' WHERE id = ?",
    [status, opened.run.id],
  );
  return opened;
}

describe('the status of a run', () => {
  it.each(STATUSES)('changes from %s as the table of transitions allows, and no other way', async (from) => {
    const { run } = await put(from);
    for (const to of STATUSES) {
      const moving = testbed.bot.db.$transaction((tx) => move(tx, { runId: run.id, from, to }));
      if (TRANSITIONS[from].includes(to)) expect(await moving).toBe(true);
      else await expect(moving).rejects.toThrow(`never goes from ${from} to ${to}`);
      await testbed.sql('UPDATE sync_runs SET status = ?, executing_location_id = NULL WHERE id = ?', [
        from,
        run.id,
      ]);
    }
  });

  it('does not change where it is another one than was thought', async () => {
    const { run } = await put('cancelled');
    const moving = testbed.bot.db.$transaction((tx) =>
      move(tx, { runId: run.id, from: 'ready', to: 'executing' }),
    );
    expect(await moving).toBe(false);
    expect(await statusOf(testbed.bot, run)).toBe('cancelled');
  });

  it.each(STATUSES)('changes from %s as the table allows, whatever is done to the run', async (from) => {
    const { runs, plans } = testbed.bot;
    const plan = {
      counts: { ...NO_COUNTS, add: 1 },
      hash: 'f'.repeat(64),
      guard: { tripped: false },
    } as const;
    const deeds: readonly ((claimed: LeasedRun) => Promise<unknown>)[] = [
      ({ lease }) => runs.present(lease, plan, 30, step('previewed')),
      ({ lease }) => runs.present(lease, { ...plan, counts: NO_COUNTS }, 30, step('previewed')),
      ({ run }) => runs.claim(claimOf(run.id, AYU, undefined, step('confirmed'), rules())),
      ({ run }) => runs.cancel(run.id, AYU, step('cancelled')),
      ({ lease }) => runs.fail(lease, { code: 'unexpected' }, step('failed')),
      ({ lease }) => plans.apply(lease, step('completed'), rules()),
      () => runs.expireDue(step('expired')),
      () => runs.takeOver(takingUp()),
    ];
    for (const deed of deeds) {
      const claimed = await put(from);
      // What may not be done is refused, and by nothing else than the run's status and its plan.
      const refusal = await deed(claimed).then(
        () => undefined,
        (error: Error) => error,
      );
      expect([undefined, LeaseLostError, PlannedEarlierError]).toContain(refusal?.constructor);
      expect([from, ...TRANSITIONS[from]]).toContain(await statusOf(testbed.bot, claimed.run));
    }
  });
});

describe('a preview that is shown', () => {
  it('waits for another one of its location that is being shown, and takes its place', async () => {
    const target = await testbed.location();
    const [older, newer] = [
      await draftRun(testbed.bot, target, [listOf('a@dkm')]),
      await draftRun(testbed.bot, target, [listOf('b@dkm')]),
    ];
    const showing = await connect(testbed.database.url);
    await showing.beginTransaction();
    await showing.query('SELECT id FROM locations WHERE id = ? FOR UPDATE', [target.locationId]);
    await showing.query("UPDATE sync_runs SET status = 'ready' WHERE id = ?", [older.run.id]);
    const shown = present(testbed.bot, newer);
    await someoneWaits(testbed).finally(() => showing.commit());
    await showing.end();
    expect((await shown).status).toBe('ready');
    expect(await statusOf(testbed.bot, older.run)).toBe('superseded');
  });
});
