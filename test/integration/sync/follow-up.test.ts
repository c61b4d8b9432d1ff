import { describe, expect, it } from 'vitest';
import { createBatches } from '../../../src/database/runs/request.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Click } from '../../../src/sync/run/click.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { createRetry } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { createRollback } from '../../../src/sync/use-cases/rollback.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claimedRun,
  draftRun,
  openRun,
  present,
  readyRun,
  rolledBack,
  step,
} from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';

const testbed = useTestbed();

const click = ({ id }: Run): Click => ({ runId: id, actor: BUDI, message: undefined });
const useCases = (target: Target) => {
  const ports = { ...testbed.bot, ...createCore(testbed.bot, { targets: [target] }) };
  return { retry: createRetry(ports), rollback: createRollback(ports) };
};
const failed = async (target: Target) => {
  const { lease } = await openRun(testbed.bot, target, { channelId: 'C7' });
  return testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
};
const completed = async (target: Target, ...emails: string[]) =>
  apply(
    testbed.bot,
    await claimedRun(testbed.bot, target, listOf(...(emails.length > 0 ? emails : ['new@dkm']))),
  );

describe('Try Again', () => {
  it('opens a new run in the channel of the failed one, once', async () => {
    const target = await testbed.location();
    const { retry } = useCases(target);
    const run = await failed(target);
    const answers = await Promise.all([retry(click(run)), retry(click(run)), retry(click(run))]);
    const opened = answers.filter((answer) => answer.outcome === 'requested');
    expect(opened).toHaveLength(1);
    expect(await testbed.bot.runs.find(run.id)).toMatchObject({ nextRunId: opened[0]?.run.id });
    expect(opened[0]?.run).toMatchObject({ status: 'reading', channelId: 'C7', requestedBy: BUDI });
    for (const answer of answers) {
      if (answer.outcome !== 'requested')
        expect(answer).toMatchObject({ refusal: { code: 'already_followed' } });
    }
  });

  it('of a batch opens a run of the batch', async () => {
    const target = await testbed.location();
    const batches = createBatches(testbed.bot.db, testbed.bot.owner);
    const asked = { targets: [target.name], channelId: 'C1', actor: AYU, requestKey: `all ${target.name}` };
    const batchId = await batches.open(asked);
    const run = await failed(target);
    await testbed.sql('UPDATE sync_runs SET batch_id = ? WHERE id = ?', [batchId, run.id]);
    expect(await useCases(target).retry(click(run))).toMatchObject({ run: { batchId } });
  });

  it.each(['cancelled', 'expired', 'superseded'])('opens a new run after one that was %s', async (status) => {
    const target = await testbed.location();
    const run = await readyRun(testbed.bot, target, listOf('new@dkm'));
    await testbed.sql('UPDATE sync_runs SET status = ? WHERE id = ?', [status, run.id]);
    const { retry } = useCases(target);
    expect(await retry(click(run))).toMatchObject({ outcome: 'requested', run: { target: target.name } });
    expect(await retry({ ...click(run), actor: AYU })).toMatchObject({
      refusal: { code: 'already_followed' },
    });
  });

  it('opens a new run after one that found nothing to change; none after one that changed users', async () => {
    const target = await testbed.location();
    const { retry } = useCases(target);
    const idle = await present(testbed.bot, await draftRun(testbed.bot, target, [[]]));
    expect(await retry(click(idle))).toMatchObject({ outcome: 'requested' });
    const done = await completed(await testbed.location());
    expect(await retry(click(done))).toMatchObject({ refusal: { code: 'not_failed' } });
  });

  it('is refused for a rollback whose run was taken back meanwhile', async () => {
    const target = await testbed.location();
    const { retry, rollback } = useCases(target);
    const done = await completed(target);
    const request = { runId: done.id, channelId: 'C1', actor: AYU, requestKey: `back ${done.id}` };
    const opened = await rollback(request);
    if (opened.outcome !== 'requested') throw new Error('The rollback was refused');
    const failedRun = await testbed.bot.runs.fail(opened.lease, { code: 'unexpected' }, step('failed'));
    await rolledBack(testbed.bot, target, done);
    expect(await retry(click(failedRun))).toMatchObject({ refusal: { code: 'taken_back' } });
  });

  it('is refused for a run that has not failed', async () => {
    const target = await testbed.location();
    const run = await readyRun(testbed.bot, target, listOf('new@dkm'));
    expect(await useCases(target).retry(click(run))).toMatchObject({ refusal: { code: 'not_failed' } });
  });

  it('is refused where the location is gone, and can be pressed again', async () => {
    const target = await testbed.location();
    const run = await failed(target);
    const elsewhere = useCases(await testbed.location());
    expect(await elsewhere.retry(click(run))).toMatchObject({ refusal: { code: 'location_missing' } });
    expect(await useCases(target).retry(click(run))).toMatchObject({ outcome: 'requested' });
  });

  it('takes back the same run where a rollback has failed', async () => {
    const target = await testbed.location();
    const done = await completed(target);
    const { retry, rollback } = useCases(target);
    const back = await rollback({
      runId: done.id,
      channelId: 'C1',
      actor: AYU,
      requestKey: `roll back ${done.id}`,
    });
    if (back.outcome !== 'requested') throw new Error('The rollback was refused');
    const run = await testbed.bot.runs.fail(back.lease, { code: 'unexpected' }, step('failed'));
    expect(await retry(click(run))).toMatchObject({ outcome: 'requested', run: { reverts: done.id } });
  });
});

describe('Roll Back', () => {
  /** The newest audit row. */
  const lastEntry = async () =>
    (
      await testbed.sql(
        'SELECT step, outcome, actor_id AS actor, run_id AS run, target FROM audit_logs ORDER BY seq DESC LIMIT 1',
      )
    )[0];
  const request = (run: Run | undefined, requestKey: string) => ({
    runId: run?.id,
    channelId: 'C1',
    actor: BUDI,
    requestKey,
  });

  it.each([
    ['another location', async () => ({ codes: await testbed.location() })],
    ['no location', async () => ({ codes: undefined })],
  ])('goes to the location of the named run where the target means %s by now', async (_, elsewhere) => {
    const target = await testbed.location();
    const done = await completed(target);
    const { codes } = await elsewhere();
    const core = createCore(testbed.bot, { codes: codes === undefined ? {} : { [target.name]: codes.name } });
    const rollback = createRollback({ ...testbed.bot, ...core });
    const named = { ...request(undefined, `named ${codes?.name}`), target: target.name };
    expect(await rollback(named)).toMatchObject({ run: { reverts: done.id } });
    await testbed.sql("UPDATE sync_runs SET status = 'failed', reading_of = NULL WHERE reverts_run_id = ?", [
      done.id,
    ]);
    const opened = await rollback(request(done, `renamed ${codes?.name}`));
    if (opened.outcome !== 'requested') throw new Error(opened.outcome);
    expect(opened.run).toMatchObject({
      locationId: target.locationId,
      reverts: done.id,
      target: target.name,
    });
    await core.preview.read(opened, new AbortController().signal);
    expect(await testbed.bot.runs.find(opened.run.id)).toMatchObject({
      status: 'ready',
      counts: { deactivate: 1 },
    });
  });

  it('opens a run that takes the named one back', async () => {
    const target = await testbed.location();
    const done = await completed(target);
    const { rollback } = useCases(target);
    const message = { channelId: done.channelId, ts: '9.9' };
    expect(await rollback({ ...request(done, 'forged'), message })).toMatchObject({
      refusal: { code: 'wrong_message' },
    });
    expect(await lastEntry()).toMatchObject({ outcome: 'wrong_message', run: done.id, target: null });
    const opened = await rollback({ ...request(done, 'named'), channelId: 'C2' });
    expect(opened).toMatchObject({
      outcome: 'requested',
      run: { status: 'reading', reverts: done.id, target: target.name, channelId: 'C2' },
    });
    const [entry] = await testbed.sql(
      "SELECT outcome, reason, facts FROM audit_logs WHERE step = 'requested' ORDER BY seq DESC LIMIT 1",
    );
    expect(entry).toEqual({
      outcome: 'rollback',
      reason: null,
      facts: JSON.stringify({ kind: 'rollback', ofRunId: done.id }),
    });
  });

  it('takes the newest sync that changed something and stands where none is named', async () => {
    const target = await testbed.location();
    const { rollback } = useCases(target);
    const [first, second] = [await completed(target), await completed(target, 'new@dkm', 'more@dkm')];
    await present(testbed.bot, await draftRun(testbed.bot, target, [listOf('new@dkm', 'more@dkm')]));
    expect(await rollback(request(undefined, 'newest'))).toMatchObject({ run: { reverts: second.id } });
    await rolledBack(testbed.bot, target, second);
    // Typed again, it goes back further, and never takes the rollback back.
    expect(await rollback(request(undefined, 'again'))).toMatchObject({ run: { reverts: first.id } });
    await rolledBack(testbed.bot, target, first);
    expect(await rollback(request(undefined, 'thrice'))).toMatchObject({
      refusal: { code: 'nothing_completed' },
    });
  });

  it('takes the sync of a location back by any of its names', async () => {
    const target = await testbed.location();
    const done = await completed(target);
    const core = createCore(testbed.bot, { targets: [target], codes: { again: target.name } });
    const rollback = createRollback({ ...testbed.bot, ...core });
    expect(await rollback({ ...request(undefined, `of ${done.id}`), target: 'again' })).toMatchObject({
      run: { reverts: done.id },
    });
  });

  it('asks which is meant where several targets were synced recently, and takes the one that is named', async () => {
    const [one, other, older] = [
      await testbed.location(),
      await testbed.location(),
      await testbed.location(),
    ];
    const [done, last, old] = [await completed(one), await completed(other), await completed(older)];
    const goesBack = (minutes: number, { id }: Run) =>
      testbed.sql('UPDATE sync_runs SET finished_at = finished_at - INTERVAL ? MINUTE WHERE id = ?', [
        minutes,
        id,
      ]);
    await goesBack(23 * 60 + 50, done);
    await goesBack(30 * 60, old);
    const rollback = createRollback({
      ...testbed.bot,
      ...createCore(testbed.bot, { targets: [one, other, older] }),
    });
    const refused = await rollback(request(undefined, 'which'));
    expect(refused).toMatchObject({
      refusal: { code: 'several_syncs', runs: [{ id: last.id }, { id: done.id }] },
    });
    const named = await rollback({ ...request(undefined, 'that'), target: one.name });
    expect(named).toMatchObject({ outcome: 'requested', run: { reverts: done.id, target: one.name } });
    await goesBack(20, done);
    expect(await rollback(request(undefined, 'of two'))).toMatchObject({ run: { reverts: last.id } });
  });

  it('counts a sync although the row of its location is gone: no older sync is taken for the newest', async () => {
    const [gone, other] = [await testbed.location(), await testbed.location()];
    const [older, newer] = [await completed(other), await completed(gone)];
    const rollback = createRollback({
      ...testbed.bot,
      ...createCore(testbed.bot, { targets: [gone, other] }),
    });
    await testbed.sql('DELETE FROM users WHERE location_id = ?', [gone.locationId]);
    await testbed.sql('DELETE FROM locations WHERE id = ?', [gone.locationId]);
    await testbed.sql(
      'UPDATE sync_runs SET finished_at = finished_at - INTERVAL 2 DAY WHERE id NOT IN (?, ?)',
      [older.id, newer.id],
    );
    expect(await rollback(request(undefined, 'of both'))).toMatchObject({
      refusal: { code: 'several_syncs', runs: [{ id: newer.id }, { id: older.id }] },
    });
    expect(await rollback({ ...request(undefined, 'of the gone'), target: gone.name })).toMatchObject({
      outcome: 'requested',
      run: { reverts: newer.id },
    });
  });

  it('is refused for a run that was taken back, and says by which run; not for one that was done again', async () => {
    const target = await testbed.location();
    const { rollback } = useCases(target);
    const done = await completed(target);
    const back = await rolledBack(testbed.bot, target, done);
    const before = await testbed.sql('SELECT COUNT(*) AS n FROM sync_runs');
    const taken = await testbed.bot.runs.find(done.id);
    expect(await rollback(request(taken, 'twice'))).toMatchObject({
      refusal: { code: 'taken_back', by: back.id },
    });
    expect(await testbed.sql('SELECT COUNT(*) AS n FROM sync_runs')).toEqual(before);
    await rolledBack(testbed.bot, target, back);
    expect(await rollback(request(taken, 'once more'))).toMatchObject({ run: { reverts: done.id } });
  });

  it('is refused for a run that has not completed, or that changed nothing', async () => {
    const target = await testbed.location();
    const { rollback } = useCases(target);
    const idle = await present(testbed.bot, await draftRun(testbed.bot, target, [[]]));
    const waiting = await readyRun(testbed.bot, target, listOf('new@dkm'));
    for (const run of [idle, waiting]) {
      expect(await rollback(request(run, `of ${run.id}`))).toMatchObject({
        refusal: { code: 'not_completed' },
      });
      expect(await lastEntry()).toEqual({
        step: 'refused',
        outcome: 'not_completed',
        actor: BUDI.id,
        run: run.id,
        target: target.name,
      });
    }
  });

  it('is refused for a target that has no location and was never synced', async () => {
    const { rollback } = useCases(await testbed.location());
    expect(await rollback({ ...request(undefined, 'nowhere'), target: 'nowhere' })).toEqual({
      outcome: 'refused',
      refusal: { code: 'location_missing', target: 'nowhere' },
    });
    expect(await lastEntry()).toMatchObject({ outcome: 'location_missing', run: null, target: 'nowhere' });
  });

  it('is refused where nothing has completed yet', async () => {
    await testbed.sql('DELETE FROM sync_runs');
    const { rollback } = useCases(await testbed.location());
    expect(await rollback(request(undefined, 'nothing'))).toMatchObject({
      refusal: { code: 'nothing_completed' },
    });
  });
});
