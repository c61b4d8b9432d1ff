import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import { type Actor, type Run, SYSTEM } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type Core, type CoreOptions, createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();
const running = new AbortController().signal;

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
});

const FROZEN: CoreOptions = { frozenUntil: () => new Date('2030-01-01') };
const TWO = (): CoreOptions => ({ approvals: { [target.name]: 2 } });

async function preview(
  options: CoreOptions,
  actor: Actor = AYU,
  channelId = 'C1',
): Promise<{ core: Core; run: Run }> {
  const source = scriptedSource(whole(listOf('new@dkm')));
  const core = createCore(testbed.bot, { targets: [target], source, ...options });
  const request = { target: target.name, channelId, actor, requestKey: `${target.name} asks` };
  const requested = await core.preview.request(request);
  if (requested.outcome !== 'requested') throw new Error(requested.outcome);
  await core.preview.read(requested, running);
  return { core, run: requested.run };
}

const declared = (words: Partial<{ target: string; reason: string }> = {}) => ({
  target: target.name,
  reason: 'the gate stands open',
  alone: true,
  ...words,
});

describe('an admin who confirms alone', () => {
  it.each([
    ['an admin', 'people', TWO, AYU],
    ['the schedule', 'people', TWO, SYSTEM],
    ['an admin', 'frozen', () => FROZEN, AYU],
    ['an admin', 'frozen_and_people', () => ({ ...FROZEN, ...TWO() }), AYU],
    ['the other admin needed', 'frozen', () => ({ ...FROZEN, ...TWO() }), BUDI],
  ] as const)(
    'is let through where the run of %s is held up (%s), with a row of its own, and all are told',
    async (_whose, lack, options, asked) => {
      const { core, run } = await preview(options(), asked);
      const confirmed = await core.execution.confirm(
        { runId: run.id, actor: AYU, message: undefined },
        { declaration: declared() },
      );
      if (confirmed.outcome !== 'claimed') throw new Error(JSON.stringify(confirmed));
      await core.execution.execute(confirmed, running);
      expect(await testbed.bot.runs.find(run.id)).toMatchObject({
        status: 'completed',
        alone: true,
        reason: 'the gate stands open',
      });
      const rows = await testbed.sql<{ step: string; outcome: string; reason: string }>(
        "SELECT step, outcome, reason FROM audit_logs WHERE run_id = ? AND step IN ('broke_glass', 'confirmed') ORDER BY seq",
        [run.id],
      );
      expect(rows).toMatchObject([
        { step: 'broke_glass', outcome: lack, reason: 'the gate stands open' },
        { step: 'confirmed' },
      ]);
      const calls =
        "SELECT kind FROM sync_outbox WHERE run_id = ? AND kind = 'call' AND reason = 'broke_glass'";
      expect(await testbed.sql(calls, [run.id])).toHaveLength(1);
    },
  );

  it.each([
    ['another target is typed', { target: 'prod' }, 'target_mismatch'],
    ['no reason is given', { reason: '  ' }, 'reason_missing'],
  ])('is refused where %s', async (_, words, code) => {
    const { core, run } = await preview(TWO());
    const confirmed = await core.execution.confirm(
      { runId: run.id, actor: BUDI, message: undefined },
      { declaration: declared(words) },
    );
    expect(confirmed).toMatchObject({ outcome: 'refused', refusal: { code } });
  });

  it('confirms as anybody does where the click completes the people, and the reason is kept', async () => {
    const { core, run } = await preview(TWO(), SYSTEM);
    const approved = await core.execution.confirm({ runId: run.id, actor: AYU, message: undefined });
    expect(approved.outcome).toBe('approved');
    const confirmed = await core.execution.confirm(
      { runId: run.id, actor: BUDI, message: undefined },
      { declaration: declared(), ifApproved: 'stays' },
    );
    expect(confirmed).toMatchObject({
      outcome: 'claimed',
      run: { alone: false, reason: 'the gate stands open' },
    });
    const calls = "SELECT 1 FROM sync_outbox WHERE run_id = ? AND reason = 'broke_glass'";
    expect(await testbed.sql(calls, [run.id])).toEqual([]);
  });

  it('confirms as anybody does where the freeze has ended meanwhile, and the reason is kept', async () => {
    const { core, run } = await preview({});
    const confirmed = await core.execution.confirm(
      { runId: run.id, actor: AYU, message: undefined },
      { declaration: declared() },
    );
    expect(confirmed).toMatchObject({ run: { alone: false, reason: 'the gate stands open' } });
  });

  it('is refused where BREAK_GLASS is off, and so is an operator', async () => {
    const { core, run } = await preview({ ...TWO(), breakGlass: false });
    const click = { runId: run.id, actor: BUDI, message: undefined };
    expect(await core.execution.confirm(click, { declaration: declared() })).toMatchObject({
      refusal: { code: 'break_glass_off' },
    });
    const operator = { ...click, actor: { id: 'cli:sari', name: 'sari' } };
    const words = { target: target.name, reason: 'Slack is down' };
    expect(await core.execution.confirm(operator, { declaration: words })).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
  });

  it('is what an operator at the command line always does, by the reason alone', async () => {
    const { core, run } = await preview({ ...TWO(), ...FROZEN });
    const confirmed = await core.execution.confirm(
      { runId: run.id, actor: { id: 'cli:sari', name: 'sari' }, message: undefined },
      { declaration: { target: target.name, reason: 'Slack is down' } },
    );
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { alone: true, reason: 'Slack is down' } });
  });

  it('is refused in a direct conversation, which no other admin sees', async () => {
    const { core, run } = await preview(TWO(), AYU, 'D0AYU');
    const click = { runId: run.id, actor: AYU, message: undefined };
    expect(await core.execution.confirm(click, { declaration: declared() })).toMatchObject({
      refusal: { code: 'alone_unseen' },
    });
  });

  it('is nothing special where nothing is lacking', async () => {
    const { core, run } = await preview({});
    const confirmed = await core.execution.confirm(
      { runId: run.id, actor: BUDI, message: undefined },
      { declaration: declared() },
    );
    expect(confirmed).toMatchObject({ outcome: 'claimed', run: { alone: false } });
  });
});
