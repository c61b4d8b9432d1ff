import { beforeEach, describe, expect, it } from 'vitest';
import { type ObservedStep, observeSteps } from '../../src/ops/steps.ts';
import type { Claimed, Plans, Runs } from '../../src/sync/ports.ts';
import type { Run } from '../../src/sync/run.ts';
import { type BotProcess, useRoom } from '../database/support/room.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claim,
  claimedRun,
  openRun,
  readyRun,
  runDraft,
  step,
} from '../database/support/runs.ts';
import { recordLog } from '../sync/support/core.ts';

const room = useRoom();

const LIST = listOf('new@dkm', 'newer@dkm');

let seen: ObservedStep[];
/** A process whose steps are observed. */
let bot: BotProcess;

beforeEach(() => {
  seen = [];
  bot = { ...room.bot, ...observeSteps(room.bot, (each) => void seen.push(each), recordLog()) };
});

/** What was told of, as `requested 3` (the run's number). */
const told = () => seen.map(({ audit, run }) => `${audit.step} ${run?.id ?? ''}`.trim());

const steps = () => seen.map(({ audit }) => audit.step);

const endLease = ({ run }: Claimed) =>
  room.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE id = ?", [run.id]);

describe('the observer of steps', () => {
  it('is told of each step of a run, with the run as it is then, the target and who did it', async () => {
    const target = await room.location();
    const claimed = await claimedRun(bot, target, LIST);
    const done = await apply(bot, claimed);
    expect(steps()).toEqual(['requested', 'previewed', 'confirmed', 'completed']);
    expect(seen.map(({ run }) => run?.status)).toEqual(['reading', 'ready', 'executing', 'completed']);
    expect(seen.at(-1)?.run).toEqual(done);
    for (const { audit } of seen) expect(audit).toMatchObject({ runId: done.id, target: target.name });
    expect(seen.map(({ audit }) => audit.actor)).toEqual([AYU, AYU, AYU, BUDI]);
  });

  it('is told of what gives way to a newer preview, before that one', async () => {
    const target = await room.location();
    const older = await readyRun(room.bot, target, LIST);
    const newer = await readyRun(bot, target, LIST);
    expect(told()).toEqual([`requested ${newer.id}`, `superseded ${older.id}`, `previewed ${newer.id}`]);
  });

  it('is told of an adjusted plan, and of the one whose place it takes', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    const omission = { emails: ['new@dkm'], actions: [] };
    const judge = () => ({ tripped: false }) as const;
    const adjusted = await bot.runs.adjust(run.id, { actor: BUDI, omission, requestKey: 'once', judge });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    expect(told()).toEqual([`superseded ${run.id}`, `adjusted ${adjusted.run.id}`]);
    expect(seen.map(({ audit }) => audit.actor)).toEqual([BUDI, BUDI]);
  });

  it('is told of a failure with the error behind it', async () => {
    const { lease } = await openRun(room.bot, await room.location());
    const error = new Error('the innermost reason');
    await bot.runs.fail(lease, { code: 'unexpected' }, { ...step('failed'), error });
    expect(seen).toMatchObject([{ audit: { step: 'failed' }, run: { status: 'failed' }, error }]);
  });

  it('is told of previews that were cancelled or expired, and of runs taken over', async () => {
    const cancelled = await readyRun(room.bot, await room.location(), LIST);
    await bot.runs.cancel(cancelled.id, BUDI, step('cancelled'));
    const expired = await readyRun(room.bot, await room.location(), LIST);
    await room.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [expired.id]);
    await bot.runs.expireDue(step('expired'));
    const lapsed = await openRun(room.bot, await room.location());
    await endLease(lapsed);
    await bot.runs.takeOver(step('taken_over'));
    expect(told()).toEqual([
      `cancelled ${cancelled.id}`,
      `expired ${expired.id}`,
      `taken_over ${lapsed.run.id}`,
    ]);
  });

  it('is told of refusals, which are about no step', async () => {
    await bot.audit.append({ step: 'refused', actor: AYU, outcome: 'not_admin', reason: 'guest' });
    expect(seen).toEqual([
      { audit: { step: 'refused', actor: AYU, outcome: 'not_admin', reason: 'guest' }, run: undefined },
    ]);
  });

  it('is told of nothing that did not happen', async () => {
    const target = await room.location();
    const draft = runDraft(target);
    const run = await readyRun(room.bot, target, LIST);
    await claim(room.bot, run);
    await room.bot.runs.request(draft, step('requested'));
    await bot.runs.request(draft, step('requested'));
    await bot.runs.claim(run.id, BUDI, undefined, step('confirmed'));
    await bot.runs.cancel(run.id, BUDI, step('cancelled'));
    const lost = { runId: run.id, owner: 'somebody else', attempt: 1 };
    await expect(bot.runs.fail(lost, { code: 'unexpected' }, step('failed'))).rejects.toThrow();
    await expect(bot.plans.apply(lost, step('completed'))).rejects.toThrow();
    expect(told()).toEqual([]);
  });

  it('cannot harm a step that happened', async () => {
    const log = recordLog();
    const broken = observeSteps(
      room.bot,
      () => {
        throw new Error('no such label');
      },
      log,
    );
    const claimed = await claimedRun(room.bot, await room.location(), LIST);
    expect((await broken.plans.apply(claimed.lease, step('completed'))).status).toBe('completed');
    expect(log.lines).toEqual(['error: a step could not be observed']);
  });
});

describe('the observed ports', () => {
  it('answer as the others do', async () => {
    const run = await readyRun(room.bot, await room.location(), LIST);
    const answers = ({ runs, plans }: { runs: Runs; plans: Plans }): Promise<unknown[]> =>
      Promise.all([runs.find(run.id), plans.list(run.id, undefined, 0, 10), runs.findLastCompleted()]);
    expect(await answers(bot)).toEqual(await answers(room.bot));
    const claims = [bot, room.bot].map(({ runs }) => runs.claim(run.id, BUDI, undefined, step('confirmed')));
    const winners: Run[] = (await Promise.all(claims)).flatMap((each) =>
      each.outcome === 'claimed' ? each.run : [],
    );
    expect(winners).toHaveLength(1);
  });
});
