import { beforeEach, describe, expect, it } from 'vitest';
import { createBatches } from '../../../src/database/runs/request.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Declaration } from '../../../src/sync/rules/approval.ts';
import type { GuardVerdict } from '../../../src/sync/rules/rules.ts';
import type { Click } from '../../../src/sync/run/click.ts';
import type { Actor } from '../../../src/sync/run/run.ts';
import { createAdjust, createCancel } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { createBatchConfirmation } from '../../../src/sync/use-cases/batch.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI, claim, readyRun, rules } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { click, shown } from './support/shown.ts';

const testbed = useTestbed();

const TRIPPED: GuardVerdict = {
  tripped: true,
  why: 'everyone',
  deactivate: 1,
  recentlyDeactivated: 0,
  active: 1,
};

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
  await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
});

const lastRefusal = async () =>
  (await testbed.sql('SELECT step, outcome, actor_id, run_id FROM audit_logs ORDER BY seq DESC LIMIT 1'))[0];

describe('Confirm', () => {
  const confirm = (click: Click, declaration: Declaration | undefined) =>
    createCore(testbed.bot).execution.confirm(click, { declaration });
  const twoPerson = () => createCore(testbed.bot, { approvals: { [target.name]: 2 } }).execution;

  it('claims the run for whoever clicked, and writes that down', async () => {
    const run = await shown(testbed.bot, target);
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
    const run = await shown(testbed.bot, target);
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
    const forged = { ...click(await shown(testbed.bot, target)), message };
    expect(await confirm(forged, undefined)).toEqual({
      outcome: 'refused',
      refusal: { code: 'wrong_message' },
    });
  });

  it('waits for a moment until the message that was posted anew for it is stored', async () => {
    const run = await shown(testbed.bot, target);
    const anew = { channelId: run.channelId, ts: `${Number(run.messageTs) + 1}` };
    const confirming = confirm({ ...click(run), message: anew }, undefined);
    await testbed.bot.runs.attachMessage(run, anew.ts, run.messageTs);
    expect(await confirming).toMatchObject({ outcome: 'claimed' });
  });

  it('is refused where the run stands in no message yet', async () => {
    const unseen = await readyRun(testbed.bot, target, listOf('stays@dkm'));
    expect(unseen.messageTs).toBeUndefined();
    expect(await confirm(click(unseen), undefined)).toMatchObject({ refusal: { code: 'wrong_message' } });
  });

  it('is refused once the time is over', async () => {
    const run = await shown(testbed.bot, target);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    expect(await confirm(click(run), undefined)).toMatchObject({
      refusal: { code: 'expired', run: { id: run.id } },
    });
  });

  it('is refused while another run executes at the location, and names it', async () => {
    const holder = await claim(testbed.bot, await readyRun(testbed.bot, target, listOf('a@dkm')));
    const run = await shown(testbed.bot, target);
    expect(await confirm(click(run), undefined)).toMatchObject({
      refusal: { code: 'location_busy', holder: { id: holder.run.id } },
    });
  });

  it('needs a second person where the target says so, and takes one', async () => {
    const run = await shown(testbed.bot, target);
    expect(await twoPerson().confirm(click(run, AYU))).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
    expect(await twoPerson().confirm(click(run, BUDI))).toMatchObject({ outcome: 'claimed' });
  });

  it('needs the target and a reason where the guard has tripped, and remembers the reason', async () => {
    const run = await shown(testbed.bot, target, TRIPPED);
    const declare = async (declared: string, reason: string) =>
      confirm(click(run), { target: declared, reason });
    expect(await confirm(click(run), undefined)).toMatchObject({ refusal: { code: 'guard_tripped' } });
    expect(await declare('prod', 'a reason')).toEqual({
      outcome: 'refused',
      refusal: { code: 'target_mismatch', expected: target.name },
    });
    expect(await declare(`${target.name}2`, 'a reason')).toMatchObject({
      refusal: { code: 'target_mismatch' },
    });
    expect(await declare(target.name, ' \n')).toMatchObject({ refusal: { code: 'reason_missing' } });
    const confirmed = await declare(` ${target.name.toUpperCase()} `, 'the depot closed');
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { reason: 'the depot closed' } });
    const [entry] = await testbed.sql(
      "SELECT reason FROM audit_logs WHERE run_id = ? AND step = 'confirmed'",
      [run.id],
    );
    expect(entry).toEqual({ reason: 'the depot closed' });
  });

  it('keeps no reason where none was needed', async () => {
    const confirmed = await confirm(click(await shown(testbed.bot, target)), {
      target: 'anything',
      reason: 'just so',
    });
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { reason: undefined } });
  });

  it('objects in this order: not ready, second person, guard, target, reason', async () => {
    const run = await shown(testbed.bot, target, TRIPPED);
    const codes: unknown[] = [];
    const ask = async (actor: Actor, declaration?: { target: string; reason: string }) => {
      const answer = await twoPerson().confirm(click(run, actor), { declaration });
      codes.push(answer.outcome === 'refused' ? answer.refusal.code : answer.outcome);
    };
    const wrong = { target: 'prod', reason: '' };
    await ask(AYU, wrong);
    await ask(BUDI);
    await ask(BUDI, wrong);
    await ask(BUDI, { ...wrong, target: target.name });
    await createCancel({ ...testbed.bot, ...createCore(testbed.bot) })(click(run));
    await ask(AYU, wrong);
    expect(codes).toEqual([
      'second_person_needed',
      'guard_tripped',
      'target_mismatch',
      'reason_missing',
      'not_ready',
    ]);
  });

  it('that lacks what the message did not show has it drawn again, for a person and not for a rule', async () => {
    const run = await shown(testbed.bot, target);
    const drawn = async (actor: Actor) => {
      await testbed.sql('DELETE FROM sync_outbox WHERE run_id = ?', [run.id]);
      expect(await twoPerson().confirm(click(run, actor))).toMatchObject({
        refusal: { code: 'second_person_needed' },
      });
      return testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id]);
    };
    expect(await drawn({ id: 'rule:0123456789ab', name: 'add:20' })).toEqual([]);
    expect(await drawn(AYU)).toEqual([{ kind: 'message' }]);
  });

  it('is refused while executions are frozen, by the clock of the database, and executed afterwards', async () => {
    const until = new Date('2100-01-01T00:00:00Z');
    const asked: Date[] = [];
    const frozen = createCore(testbed.bot, {
      frozenUntil: (now) => {
        asked.push(now);
        return until;
      },
    }).execution;
    const run = await shown(testbed.bot, target);
    expect(await frozen.confirm(click(run))).toEqual({
      outcome: 'refused',
      refusal: { code: 'frozen', until },
    });
    const [row] = await testbed.sql<{ now: Date }>('SELECT UTC_TIMESTAMP(3) AS now');
    expect(Math.abs(Number(row?.now) - Number(asked[0]))).toBeLessThan(60_000);
    const over = createCore(testbed.bot, { frozenUntil: () => undefined }).execution;
    expect((await over.confirm(click(run))).outcome).toBe('claimed');
  });

  it('during a freeze withdraws an earlier approval of the same person, and executes nothing', async () => {
    const run = await shown(testbed.bot, target);
    const three = { approvals: { [target.name]: 3 } };
    expect((await createCore(testbed.bot, three).execution.confirm(click(run))).outcome).toBe('approved');
    const frozen = createCore(testbed.bot, { ...three, frozenUntil: () => new Date('2100-01-01') }).execution;
    expect((await frozen.confirm(click(run), { ifApproved: 'stays' })).outcome).toBe('refused');
    expect((await frozen.confirm(click(run))).outcome).toBe('withdrawn');
    expect(await testbed.bot.runs.approvals(run)).toEqual([]);
    expect(await frozen.confirm(click(run))).toMatchObject({ refusal: { code: 'frozen' } });
  });

  it('by the form that withdraws does so during a freeze too', async () => {
    const run = await shown(testbed.bot, target);
    const three = { approvals: { [target.name]: 3 } };
    await createCore(testbed.bot, three).execution.confirm(click(run));
    const frozen = createCore(testbed.bot, { ...three, frozenUntil: () => new Date('2100-01-01') }).execution;
    const withdrawn = await frozen.confirm(click(run), { ifApproved: 'only_withdraws' });
    expect(withdrawn.outcome).toBe('withdrawn');
  });
});

describe('Confirm All', () => {
  it('leaves out a run whose message Slack has not taken yet, and says of one that was confirmed that it is not ready', async () => {
    const batches = createBatches(testbed.bot.db, testbed.bot.owner);
    const asked = { targets: [target.name], channelId: 'C1', actor: AYU, requestKey: `all ${target.name}` };
    const batchId = (await batches.open(asked)) ?? 0;
    const message = { channelId: 'C1', ts: '5.5' };
    await batches.attachMessage(batchId, message.ts);
    const run = await readyRun(testbed.bot, target, listOf('gone@dkm', 'stays@dkm', 'new@dkm'));
    await testbed.sql('UPDATE sync_runs SET batch_id = ? WHERE id = ?', [batchId, run.id]);
    const confirmAll = createBatchConfirmation({ ...testbed.bot, ...createCore(testbed.bot), batches });
    const pressed = async () => {
      const all = await confirmAll({ batchId, runIds: [run.id], actor: BUDI, message });
      if (all.outcome !== 'open') throw new Error(all.refusal.code);
      for await (const { confirmation } of all.confirmations) return confirmation;
      return undefined;
    };
    expect(await pressed()).toMatchObject({ refusal: { code: 'wrong_message' } });
    await testbed.bot.runs.attachMessage(run, '1.1');
    expect(await pressed()).toMatchObject({ outcome: 'claimed' });
    expect(await pressed()).toMatchObject({ refusal: { code: 'not_ready' } });
  });
});

describe('Adjust', () => {
  it('is refused for a position that the plan does not have, as only a forged form names it', async () => {
    const run = await shown(testbed.bot, target);
    const adjust = createAdjust({ ...testbed.bot, rulesFor: async () => rules() });
    const left = (...picks: readonly number[]) => ({ picks, emails: ['gone@dkm'], actions: [] });
    expect(await adjust(click(run), left(1, 99), 'forged')).toEqual({
      outcome: 'refused',
      refusal: { code: 'not_in_plan', emails: ['#99'] },
    });
    expect(await testbed.bot.runs.find(run.id)).toMatchObject({ status: 'ready' });
  });

  it('says that the time of the plan is over, also before the run is marked as expired', async () => {
    const run = await shown(testbed.bot, target);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    const adjust = createAdjust({ ...testbed.bot, rulesFor: async () => rules() });
    const adjusted = await adjust(click(run), { emails: ['gone@dkm'], actions: [] }, 'too late');
    expect(adjusted).toMatchObject({ refusal: { code: 'expired', run: { id: run.id } } });
  });
});
