import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/sync/runs.ts';
import { useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claim,
  draftRun,
  present,
  readyRun,
  rules,
  statusOf,
  step,
} from './support/runs.ts';

const room = useRoom();

const LIST = listOf('new@dkm');

const outcomes = (claims: readonly Claim[]) => claims.map(({ outcome }) => outcome).sort();

describe('a run that is confirmed', () => {
  it('is executed by one of fifty clicks on five processes, and the others learn that it is not ready', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    const processes = [room.bot, ...Array.from({ length: 4 }, () => room.another())];
    const clicks = Array.from({ length: 10 }, () => processes).flat();
    const claims = await Promise.all(
      clicks.map(({ runs }) => runs.claim(run.id, BUDI, undefined, step('confirmed'), rules())),
    );
    expect(outcomes(claims)).toEqual(['claimed', ...Array.from({ length: 49 }, () => 'not_ready')]);
    for (const claimed of claims) expect(claimed).toMatchObject({ run: { id: run.id, status: 'executing' } });
    const trail = await room.sql("SELECT seq FROM audit_logs WHERE run_id = ? AND step = 'confirmed'", [
      run.id,
    ]);
    expect(trail).toHaveLength(1);
  });

  it('remembers who confirmed it and why, under a lease of its own', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    const claimed = await room.bot.runs.claim(run.id, BUDI, 'the depot closed', step('confirmed'), rules());
    expect(claimed).toMatchObject({
      outcome: 'claimed',
      lease: { runId: run.id, owner: room.bot.owner, attempt: 1 },
      run: { status: 'executing', confirmedBy: BUDI, reason: 'the depot closed', requestedBy: AYU },
    });
  });

  it('is too late once its time is over', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    await room.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    const refused = await room.bot.runs.claim(run.id, BUDI, undefined, step('confirmed'), rules());
    expect(refused).toMatchObject({ outcome: 'expired', run: { id: run.id } });
    expect(await statusOf(room.bot, run)).toBe('ready');
  });

  it.each(['reading', 'executing', 'completed', 'cancelled', 'expired', 'superseded', 'failed'])(
    'is not executed where it is %s',
    async (status) => {
      const run = await readyRun(room.bot, await room.location(), LIST);
      await room.sql('UPDATE sync_runs SET status = ? WHERE id = ?', [status, run.id]);
      const refused = await room.bot.runs.claim(run.id, BUDI, undefined, step('confirmed'), rules());
      expect(refused).toMatchObject({ outcome: 'not_ready', run: { id: run.id, status } });
      expect(await statusOf(room.bot, run)).toBe(status);
    },
  );
});

describe('a location', () => {
  /** Two ready runs of one location, as stand there where one was presented while the other was being claimed. */
  async function twoReady() {
    const target = await room.location();
    const one = await readyRun(room.bot, target, LIST);
    const other = await readyRun(room.bot, target, LIST);
    await room.sql("UPDATE sync_runs SET status = 'ready' WHERE id = ?", [one.id]);
    return { one, other };
  }

  it('has one run executing at a time; who comes second is told which', async () => {
    const { one, other } = await twoReady();
    await claim(room.bot, one);
    const refused = await room.bot.runs.claim(other.id, BUDI, undefined, step('confirmed'), rules());
    expect(refused).toMatchObject({ outcome: 'location_busy', holder: { id: one.id, status: 'executing' } });
    expect(await statusOf(room.bot, other)).toBe('ready');
  });

  it('has one run executing where two are confirmed at the same instant', async () => {
    const { one, other } = await twoReady();
    const second = room.another();
    const claims = await Promise.all([
      room.bot.runs.claim(one.id, BUDI, undefined, step('confirmed'), rules()),
      second.runs.claim(other.id, AYU, undefined, step('confirmed'), rules()),
    ]);
    expect(outcomes(claims)).toEqual(['claimed', 'location_busy']);
    const executing = await room.sql(
      "SELECT id FROM sync_runs WHERE status = 'executing' AND location_id = ?",
      [one.locationId],
    );
    expect(executing).toHaveLength(1);
  });

  it('is free again once the run has ended', async () => {
    const { one, other } = await twoReady();
    const { lease } = await claim(room.bot, one);
    await room.bot.runs.fail(lease, { code: 'unexpected' }, step('failed'));
    await apply(room.bot, await claim(room.bot, other));
    expect(await statusOf(room.bot, other)).toBe('completed');
  });

  it('does not keep another one waiting', async () => {
    const [here, there] = [
      await readyRun(room.bot, await room.location(), LIST),
      await readyRun(room.bot, await room.location(), LIST),
    ];
    const claimed = await Promise.all([claim(room.bot, here), claim(room.bot, there)]);
    const done = await Promise.all(claimed.map((each) => apply(room.bot, each)));
    expect(done.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });
});

describe('a run that is presented', () => {
  it('is ready, with its counts, its hash and its end', async () => {
    const target = await room.location();
    await room.addUsers(target, { 'gone@dkm': 'active', 'off@dkm': 'inactive' });
    const drafted = await draftRun(room.bot, target, [LIST]);
    const run = await present(room.bot, drafted, 45);
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
    const run = await present(room.bot, await draftRun(room.bot, await room.location(), [[]]));
    expect(run).toMatchObject({ status: 'completed', expiresAt: undefined });
    expect(run.finishedAt).toEqual(run.readyAt);
  });

  it('takes the place of every older one that waits at its location, and of no other', async () => {
    const [here, there] = [await room.location(), await room.location()];
    const older = await readyRun(room.bot, here, LIST);
    const beside = await readyRun(room.bot, there, LIST);
    const newer = await readyRun(room.bot, here, LIST);
    expect(await room.bot.runs.find(older.id)).toMatchObject({ status: 'superseded', nextRunId: newer.id });
    expect(await statusOf(room.bot, beside)).toBe('ready');
    const notices = await room.sql<{ kind: string }>(
      'SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id',
      [older.id],
    );
    expect(notices.map(({ kind }) => kind)).toEqual(['message', 'message']);
    const [last] = await room.sql(
      'SELECT step, reason FROM audit_logs WHERE run_id = ? ORDER BY seq DESC LIMIT 1',
      [older.id],
    );
    expect(last).toEqual({ step: 'superseded', reason: `by run ${newer.id}` });
  });

  it('comes with those whose place it takes, as they are then', async () => {
    const target = await room.location();
    const older = await readyRun(room.bot, target, LIST);
    const { lease, facts } = await draftRun(room.bot, target, [LIST]);
    const plan = { ...facts, guard: { tripped: false } } as const;
    const { run, superseded } = await room.bot.runs.present(lease, plan, 30, step('previewed'));
    expect(run).toEqual(await room.bot.runs.find(lease.runId));
    expect(superseded).toEqual([await room.bot.runs.find(older.id)]);
  });

  it('takes the place of one that was asked for later, too', async () => {
    const target = await room.location();
    const slow = await draftRun(room.bot, target, [LIST]);
    const fast = await readyRun(room.bot, target, LIST);
    const run = await present(room.bot, slow);
    expect([await statusOf(room.bot, fast), run.status]).toEqual(['superseded', 'ready']);
  });

  it('leaves one that executes alone', async () => {
    const target = await room.location();
    const executing = await claim(room.bot, await readyRun(room.bot, target, LIST));
    await readyRun(room.bot, target, LIST);
    expect((await apply(room.bot, executing)).status).toBe('completed');
  });

  it('is the only one left of several that are presented at the same instant', async () => {
    const target = await room.location();
    const processes = [room.bot, room.another(), room.another()];
    const drafts = await Promise.all(processes.map((each) => draftRun(each, target, [LIST])));
    await Promise.all(drafts.map((drafted, index) => present(processes[index] ?? room.bot, drafted)));
    const statuses = await Promise.all(drafts.map(({ run }) => statusOf(room.bot, run)));
    expect(statuses.sort()).toEqual(['ready', 'superseded', 'superseded']);
  });
});
