import { beforeEach, describe, expect, it } from 'vitest';
import { createCancel } from '../../src/sync/cancel.ts';
import type { Click } from '../../src/sync/click.ts';
import type { Declaration } from '../../src/sync/execute.ts';
import type { Target } from '../../src/sync/ports.ts';
import type { Actor, Run } from '../../src/sync/run.ts';
import type { GuardVerdict } from '../../src/sync/safety.ts';
import { useRoom } from '../database/support/room.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI, claim, draftRun, readyRun, step } from '../database/support/runs.ts';
import { createCore } from './support/core.ts';

const room = useRoom();

const TRIPPED: GuardVerdict = {
  tripped: true,
  why: 'everyone',
  deactivate: 1,
  recentlyDeactivated: 0,
  active: 1,
};
const running = new AbortController().signal;

let target: Target;
beforeEach(async () => {
  target = await room.location();
  await room.addUsers(target, { 'gone@dkm': 'active' });
});

/** A preview that Ayu asked for and that stands in a message. */
async function shown(guard: GuardVerdict = { tripped: false }): Promise<Run> {
  const { lease, facts } = await draftRun(room.bot, target, [listOf('new@dkm')]);
  const run = await room.bot.runs.present(lease, { ...facts, guard }, 30, step('previewed'));
  await room.bot.runs.attachMessage(run.id, '1.1');
  return { ...run, messageTs: '1.1' };
}

const click = (run: Run, actor: Actor = BUDI): Click => ({
  runId: run.id,
  actor,
  message: { channelId: 'C1', ts: '1.1' },
});

const lastRefusal = async () =>
  (await room.sql('SELECT step, outcome, actor_id, run_id FROM audit_logs ORDER BY seq DESC LIMIT 1'))[0];

describe('Confirm', () => {
  const confirm = (click: Click, declaration: Declaration | undefined) =>
    createCore(room.bot).execution.confirm(click, declaration);
  const twoPerson = () => createCore(room.bot, { twoPersonTargets: [target.name] }).execution;

  it('claims the run for whoever clicked, and writes that down', async () => {
    const run = await shown();
    const confirmed = await confirm(click(run), undefined);
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { status: 'executing', confirmedBy: BUDI } });
    expect(await lastRefusal()).toEqual({
      step: 'confirmed',
      outcome: 'executing',
      actor_id: BUDI.id,
      run_id: run.id,
    });
  });

  it('is refused a second time', async () => {
    const run = await shown();
    await confirm(click(run), undefined);
    const again = await confirm(click(run), undefined);
    expect(again).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'not_ready', run: { status: 'executing' } },
    });
    expect(await lastRefusal()).toEqual({
      step: 'refused',
      outcome: 'not_ready',
      actor_id: BUDI.id,
      run_id: run.id,
    });
  });

  it('is refused for a run that nobody knows', async () => {
    const unknown = { runId: 999_999, actor: BUDI, message: undefined };
    expect(await confirm(unknown, undefined)).toEqual({
      outcome: 'refused',
      refusal: { code: 'run_not_found' },
    });
  });

  it.each([
    ['another channel', { channelId: 'C2', ts: '1.1' }],
    ['another message', { channelId: 'C1', ts: '2.2' }],
  ])('is refused where it comes from %s', async (_, message) => {
    const forged = { ...click(await shown()), message };
    expect(await confirm(forged, undefined)).toEqual({
      outcome: 'refused',
      refusal: { code: 'wrong_message' },
    });
  });

  it('is refused once the time is over', async () => {
    const run = await shown();
    await room.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    expect(await confirm(click(run), undefined)).toMatchObject({
      refusal: { code: 'expired', run: { id: run.id } },
    });
  });

  it('is refused while another run executes at the location, and names it', async () => {
    const holder = await claim(room.bot, await readyRun(room.bot, target, listOf('a@dkm')));
    const run = await shown();
    expect(await confirm(click(run), undefined)).toMatchObject({
      refusal: { code: 'location_busy', holder: { id: holder.run.id } },
    });
  });

  it('needs a second person where the target says so, and takes one', async () => {
    const run = await shown();
    expect(await twoPerson().confirm(click(run, AYU), undefined)).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
    expect(await twoPerson().confirm(click(run, BUDI), undefined)).toMatchObject({ outcome: 'claimed' });
  });

  it('needs the target and a reason where the guard has tripped, and remembers the reason', async () => {
    const run = await shown(TRIPPED);
    const declare = async (declared: string, reason: string) =>
      confirm(click(run), { target: declared, reason });
    expect(await confirm(click(run), undefined)).toMatchObject({ refusal: { code: 'guard_tripped' } });
    expect(await declare('prod', 'a reason')).toEqual({
      outcome: 'refused',
      refusal: { code: 'target_mismatch', expected: target.name },
    });
    expect(await declare(target.name, ' \n')).toMatchObject({ refusal: { code: 'reason_missing' } });
    const confirmed = await declare(` ${target.name.toUpperCase()} `, 'the depot closed');
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { reason: 'the depot closed' } });
    const [entry] = await room.sql("SELECT reason FROM audit_logs WHERE run_id = ? AND step = 'confirmed'", [
      run.id,
    ]);
    expect(entry).toEqual({ reason: 'the depot closed' });
  });

  it('keeps no reason where none was needed', async () => {
    const confirmed = await confirm(click(await shown()), { target: 'anything', reason: 'just so' });
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { reason: undefined } });
  });

  it('objects in this order: not ready, second person, guard, target, reason', async () => {
    const run = await shown(TRIPPED);
    const codes: unknown[] = [];
    const ask = async (actor: Actor, declaration?: { target: string; reason: string }) => {
      const answer = await twoPerson().confirm(click(run, actor), declaration);
      codes.push(answer.outcome === 'refused' ? answer.refusal.code : answer.outcome);
    };
    const wrong = { target: 'prod', reason: '' };
    await ask(AYU, wrong);
    await ask(BUDI);
    await ask(BUDI, wrong);
    await ask(BUDI, { ...wrong, target: target.name });
    await createCancel(room.bot)(click(run));
    await ask(AYU, wrong);
    expect(codes).toEqual([
      'second_person_needed',
      'guard_tripped',
      'target_mismatch',
      'reason_missing',
      'not_ready',
    ]);
  });
});

describe('an execution', () => {
  it('takes the buttons away, applies the plan and completes the run', async () => {
    const core = createCore(room.bot);
    const confirmed = await core.execution.confirm(click(await shown()), undefined);
    if (confirmed.outcome !== 'claimed') throw new Error('The click was refused');
    await core.execution.execute(confirmed, running);
    expect(core.progress.calls).toEqual(['executing']);
    expect(await room.usersAt(target)).toEqual({ 'gone@dkm': 'inactive', 'new@dkm': 'active' });
    expect(core.logger.lines).toEqual(['info: run completed']);
  });

  it('fails as stale where a user has changed since, and changes nobody', async () => {
    const core = createCore(room.bot);
    const claimed = await claim(room.bot, await shown());
    await room.sql("UPDATE users SET status = 'inactive' WHERE location_id = ?", [target.locationId]);
    await core.execution.execute(claimed, running);
    expect(await room.bot.runs.find(claimed.run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'stale', total: 1, emails: ['gone@dkm'] },
    });
    expect(await room.usersAt(target)).toEqual({ 'gone@dkm': 'inactive' });
  });

  it('is done to its end though this process was told to stop', async () => {
    const claimed = await claim(room.bot, await shown());
    await createCore(room.bot).execution.execute(claimed, AbortSignal.abort());
    expect((await room.bot.runs.find(claimed.run.id))?.status).toBe('completed');
  });
});

describe('Cancel', () => {
  it('ends a preview, and is refused afterwards', async () => {
    const run = await shown();
    const cancel = createCancel(room.bot);
    expect(await cancel(click(run))).toMatchObject({
      outcome: 'cancelled',
      run: { status: 'cancelled', cancelledBy: BUDI },
    });
    expect(await cancel(click(run))).toMatchObject({
      refusal: { code: 'not_ready', run: { status: 'cancelled' } },
    });
    expect(await lastRefusal()).toMatchObject({ step: 'refused', outcome: 'not_ready', run_id: run.id });
  });
});
