import { describe, expect, it } from 'vitest';
import type { ClaimOutcome } from '../../../src/sync/ports/runs.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claim,
  claimOf,
  draftRun,
  present,
  readyRun,
  rules,
  statusOf,
  step,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

const outcomes = (claims: readonly ClaimOutcome[]) => claims.map(({ outcome }) => outcome).sort();

describe('a run that is confirmed', () => {
  it('is executed by one of fifty clicks on five processes, and the others learn that it is not ready', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    const processes = [testbed.bot, ...Array.from({ length: 4 }, () => testbed.another())];
    const clicks = Array.from({ length: 10 }, () => processes).flat();
    const claims = await Promise.all(
      clicks.map(({ runs }) => runs.claim(claimOf(run.id, BUDI, undefined, step('confirmed'), rules()))),
    );
    expect(outcomes(claims)).toEqual(['claimed', ...Array.from({ length: 49 }, () => 'not_ready')]);
    for (const claimed of claims) expect(claimed).toMatchObject({ run: { id: run.id, status: 'executing' } });
    const trail = await testbed.sql("SELECT seq FROM audit_logs WHERE run_id = ? AND step = 'confirmed'", [
      run.id,
    ]);
    expect(trail).toHaveLength(1);
  });

  it('remembers who confirmed it and why, under a lease of its own', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    const claimed = await testbed.bot.runs.claim(
      claimOf(run.id, BUDI, 'the depot closed', step('confirmed'), rules()),
    );
    expect(claimed).toMatchObject({
      outcome: 'claimed',
      lease: { runId: run.id, owner: testbed.bot.owner, attempt: 1 },
      run: { status: 'executing', confirmedBy: BUDI, reason: 'the depot closed', requestedBy: AYU },
    });
  });

  it('is executed where more people stand behind it than it needs by now', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    const citra = { id: 'U-CITRA', name: 'Citra' };
    const confirm = (by: typeof citra, people: number) =>
      testbed.bot.runs.claim(
        claimOf(run.id, by, undefined, step('confirmed'), rules({ people }), [AYU, BUDI, citra]),
      );
    expect(await confirm(BUDI, 4)).toMatchObject({ outcome: 'approved', people: 2 });
    expect(await confirm(citra, 2)).toMatchObject({ outcome: 'claimed', run: { confirmedBy: citra } });
  });

  it('is too late once its time is over', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    const refused = await testbed.bot.runs.claim(
      claimOf(run.id, BUDI, undefined, step('confirmed'), rules()),
    );
    expect(refused).toMatchObject({ outcome: 'expired', run: { id: run.id } });
    expect(await statusOf(testbed.bot, run)).toBe('ready');
  });

  it.each(['reading', 'executing', 'completed', 'cancelled', 'expired', 'superseded', 'failed'])(
    'is not executed where it is %s',
    async (status) => {
      const run = await readyRun(testbed.bot, await testbed.location(), LIST);
      await testbed.sql('UPDATE sync_runs SET status = ? WHERE id = ?', [status, run.id]);
      const refused = await testbed.bot.runs.claim(
        claimOf(run.id, BUDI, undefined, step('confirmed'), rules()),
      );
      expect(refused).toMatchObject({ outcome: 'not_ready', run: { id: run.id, status } });
      expect(await statusOf(testbed.bot, run)).toBe(status);
    },
  );
});

describe('a location', () => {
  /** Two ready runs of one location, as stand there where one was presented while the other was being claimed. */
  async function twoReady() {
    const target = await testbed.location();
    const one = await readyRun(testbed.bot, target, LIST);
    const other = await readyRun(testbed.bot, target, LIST);
    await testbed.sql("UPDATE sync_runs SET status = 'ready' WHERE id = ?", [one.id]);
    return { one, other };
  }

  it('has one run executing at a time; who comes second is told which', async () => {
    const { one, other } = await twoReady();
    await claim(testbed.bot, one);
    const refused = await testbed.bot.runs.claim(
      claimOf(other.id, BUDI, undefined, step('confirmed'), rules()),
    );
    expect(refused).toMatchObject({ outcome: 'location_busy', holder: { id: one.id, status: 'executing' } });
    expect(await statusOf(testbed.bot, other)).toBe('ready');
  });

  it('has one run executing where two are confirmed at the same instant', async () => {
    const { one, other } = await twoReady();
    const second = testbed.another();
    const claims = await Promise.all([
      testbed.bot.runs.claim(claimOf(one.id, BUDI, undefined, step('confirmed'), rules())),
      second.runs.claim(claimOf(other.id, AYU, undefined, step('confirmed'), rules())),
    ]);
    expect(outcomes(claims)).toEqual(['claimed', 'location_busy']);
    const executing = await testbed.sql(
      "SELECT id FROM sync_runs WHERE status = 'executing' AND location_id = ?",
      [one.locationId],
    );
    expect(executing).toHaveLength(1);
  });

  it('is free again once the run has ended', async () => {
    const { one, other } = await twoReady();
    const { lease } = await claim(testbed.bot, one);
    await testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'));
    await apply(testbed.bot, await claim(testbed.bot, other));
    expect(await statusOf(testbed.bot, other)).toBe('completed');
  });

  it('does not keep another one waiting', async () => {
    const [here, there] = [
      await readyRun(testbed.bot, await testbed.location(), LIST),
      await readyRun(testbed.bot, await testbed.location(), LIST),
    ];
    const claimed = await Promise.all([claim(testbed.bot, here), claim(testbed.bot, there)]);
    const done = await Promise.all(claimed.map((each) => apply(testbed.bot, each)));
    expect(done.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });
});

describe('a run that is presented', () => {
  it('is ready, with its counts, its hash and its end', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'gone@dkm': 'active', 'off@dkm': 'inactive' });
    const drafted = await draftRun(testbed.bot, target, [LIST]);
    const run = await present(testbed.bot, drafted, 45);
    expect(run).toMatchObject({
      status: 'ready',
      counts: drafted.facts.counts,
      planHash: drafted.facts.hash,
      guard: { tripped: false },
      finishedAt: undefined,
    });
    expect((run.expiresAt?.getTime() ?? 0) - (run.readyAt?.getTime() ?? 0)).toBe(45 * 60_000);
  });

  it('is completed at once where nothing is to be done', async () => {
    const run = await present(testbed.bot, await draftRun(testbed.bot, await testbed.location(), [[]]));
    expect(run).toMatchObject({ status: 'completed', expiresAt: undefined });
    expect(run.finishedAt).toEqual(run.readyAt);
  });

  it('takes the place of every older one that waits at its location, and of no other', async () => {
    const [here, there] = [await testbed.location(), await testbed.location()];
    const older = await readyRun(testbed.bot, here, LIST);
    const beside = await readyRun(testbed.bot, there, LIST);
    const newer = await readyRun(testbed.bot, here, LIST);
    expect(await testbed.bot.runs.find(older.id)).toMatchObject({
      status: 'superseded',
      nextRunId: newer.id,
    });
    expect(await statusOf(testbed.bot, beside)).toBe('ready');
    const notices = await testbed.sql<{ kind: string }>(
      'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id',
      [older.id],
    );
    expect(notices.map(({ kind }) => kind)).toEqual(['message', 'message']);
    const [last] = await testbed.sql(
      'SELECT step, reason, facts FROM audit_logs WHERE run_id = ? ORDER BY seq DESC LIMIT 1',
      [older.id],
    );
    expect(last).toEqual({
      step: 'superseded',
      reason: null,
      facts: JSON.stringify({ kind: 'superseded', byRunId: newer.id }),
    });
  });

  it('comes with those whose place it takes, as they are then', async () => {
    const target = await testbed.location();
    const older = await readyRun(testbed.bot, target, LIST);
    const { lease, facts } = await draftRun(testbed.bot, target, [LIST]);
    const plan = { ...facts, guard: { tripped: false } } as const;
    const { run, superseded } = await testbed.bot.runs.present(lease, plan, 30, step('previewed'));
    expect(run).toEqual(await testbed.bot.runs.find(lease.runId));
    expect(superseded).toEqual([await testbed.bot.runs.find(older.id)]);
  });

  it('takes the place of one that was asked for later, too', async () => {
    const target = await testbed.location();
    const slow = await draftRun(testbed.bot, target, [LIST]);
    const fast = await readyRun(testbed.bot, target, LIST);
    const run = await present(testbed.bot, slow);
    expect([await statusOf(testbed.bot, fast), run.status]).toEqual(['superseded', 'ready']);
  });

  it('leaves one that executes alone', async () => {
    const target = await testbed.location();
    const executing = await claim(testbed.bot, await readyRun(testbed.bot, target, LIST));
    await readyRun(testbed.bot, target, LIST);
    expect((await apply(testbed.bot, executing)).status).toBe('completed');
  });

  it('is the only one left of several that are presented at the same instant', async () => {
    const target = await testbed.location();
    const processes = [testbed.bot, testbed.another(), testbed.another()];
    const drafts = await Promise.all(processes.map((each) => draftRun(each, target, [LIST])));
    await Promise.all(drafts.map((drafted, index) => present(processes[index] ?? testbed.bot, drafted)));
    const statuses = await Promise.all(drafts.map(({ run }) => statusOf(testbed.bot, run)));
    expect(statuses.sort()).toEqual(['ready', 'superseded', 'superseded']);
  });
});
