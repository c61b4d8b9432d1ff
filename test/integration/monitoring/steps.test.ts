import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { appendAudit } from '../../../src/database/audit/audit.ts';
import { inTransaction } from '../../../src/database/client.ts';
import { observedBy } from '../../../src/monitoring/step-log.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { RecordedStep } from '../../../src/sync/ports/steps.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claim,
  claimedRun,
  claimOf,
  openRun,
  readyRun,
  rules,
  runDraft,
  step,
  takingUp,
} from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { recordLog } from '../sync/support/core.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm', 'newer@dkm');

let seen: RecordedStep[];
/** A process whose steps are observed. */
let bot: BotProcess;

beforeAll(() => {
  bot = testbed.another({ observe: (each) => void seen.push(each) });
});

beforeEach(() => {
  seen = [];
});

/** What was told of, as `requested 3` (the run's number). */
const told = () => seen.map(({ audit, run }) => `${audit.step} ${run?.id ?? ''}`.trim());

const steps = () => seen.map(({ audit }) => audit.step);

const endLease = ({ run }: LeasedRun) =>
  testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE id = ?", [run.id]);

describe('the observer of steps', () => {
  it('is told of each step of a run, with the run as it is then, the target and who did it', async () => {
    const target = await testbed.location();
    const claimed = await claimedRun(bot, target, LIST);
    const done = await apply(bot, claimed);
    expect(steps()).toEqual(['requested', 'previewed', 'confirmed', 'completed']);
    expect(seen.map(({ run }) => run?.status)).toEqual(['reading', 'ready', 'executing', 'completed']);
    expect(seen.at(-1)?.run).toEqual(done);
    for (const { audit } of seen) expect(audit).toMatchObject({ runId: done.id, target: target.name });
    expect(seen.map(({ audit }) => audit.actor)).toEqual([AYU, AYU, AYU, BUDI]);
  });

  it('is told of what gives way to a newer preview, before that one', async () => {
    const target = await testbed.location();
    const older = await readyRun(testbed.bot, target, LIST);
    const newer = await readyRun(bot, target, LIST);
    expect(told()).toEqual([`requested ${newer.id}`, `superseded ${older.id}`, `previewed ${newer.id}`]);
  });

  it('is told of an adjusted plan, and of the one whose place it takes', async () => {
    const run = await readyRun(testbed.bot, await testbed.location(), LIST);
    const omission = { emails: ['new@dkm'], actions: [] };
    const adjusted = await bot.runs.adjust(run.id, {
      actor: BUDI,
      omission,
      requestKey: 'once',
      rules: rules(),
    });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    expect(told()).toEqual([`superseded ${run.id}`, `adjusted ${adjusted.run.id}`]);
    expect(seen.map(({ audit }) => audit.actor)).toEqual([BUDI, BUDI]);
  });

  it('is told of a failure with the error behind it', async () => {
    const { lease } = await openRun(testbed.bot, await testbed.location());
    const error = new Error('the innermost reason');
    await bot.runs.fail(lease, { code: 'unexpected' }, { ...step('failed'), error });
    expect(seen).toMatchObject([{ audit: { step: 'failed' }, run: { status: 'failed' }, error }]);
  });

  it('is told of previews that were cancelled or expired, and of runs taken over', async () => {
    const cancelled = await readyRun(testbed.bot, await testbed.location(), LIST);
    await bot.runs.cancel(cancelled.id, BUDI, step('cancelled'));
    const expired = await readyRun(testbed.bot, await testbed.location(), LIST);
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [expired.id]);
    await bot.runs.expireDue(step('expired'));
    const lapsed = await openRun(testbed.bot, await testbed.location());
    await endLease(lapsed);
    await bot.runs.takeOver(takingUp());
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
    const target = await testbed.location();
    const draft = runDraft(target);
    const run = await readyRun(testbed.bot, target, LIST);
    await claim(testbed.bot, run);
    await testbed.bot.runs.request(draft, step('requested'));
    await bot.runs.request(draft, step('requested'));
    await bot.runs.claim(claimOf(run.id, BUDI, undefined, step('confirmed'), rules()));
    await bot.runs.cancel(run.id, BUDI, step('cancelled'));
    const lost = { runId: run.id, owner: 'somebody else', attempt: 1 };
    await expect(bot.runs.fail(lost, { code: 'unexpected' }, step('failed'))).rejects.toThrow();
    await expect(bot.plans.apply(lost, step('completed'), rules())).rejects.toThrow();
    expect(told()).toEqual([]);
  });

  it('cannot harm a step that happened', async () => {
    const log = recordLog();
    const broken = () => {
      throw new Error('no such label');
    };
    const observers = [broken, (each: RecordedStep) => void seen.push(each)];
    const troubled = testbed.another({ observe: observedBy(observers, log) });
    expect(await openRun(troubled, await testbed.location())).toMatchObject({ run: { status: 'reading' } });
    expect(log.lines).toEqual(['error: a step could not be observed']);
    expect(steps()).toEqual(['requested']);
  });
});

describe('a transaction', () => {
  const refused = (outcome: string): RecordedStep => {
    return { audit: { step: 'refused', actor: AYU, outcome }, run: undefined };
  };
  const outcomes = () => seen.map(({ audit }) => audit.outcome);

  it('that was given up for a deadlock and done again is told of once', async () => {
    let tries = 0;
    await inTransaction(bot.db, async (tx) => {
      tries += 1;
      await appendAudit(tx, refused(`try ${tries}`));
      if (tries === 1)
        await tx.$executeRaw`SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'`;
    });
    expect(outcomes()).toEqual(['try 2']);
  });

  it('that was undone is not told of', async () => {
    const undone = inTransaction(bot.db, async (tx) => {
      await appendAudit(tx, refused('undone'));
      throw new Error('never mind');
    });
    await expect(undone).rejects.toThrow('never mind');
    expect(outcomes()).toEqual([]);
  });

  it('writes no step of which nobody would be told', async () => {
    const alone = bot.db.$transaction((tx) => appendAudit(tx, refused('alone')));
    await expect(alone).rejects.toThrow('inTransaction');
  });

  describe('whose commit was not answered', () => {
    let proxy: TcpProxy;
    let distant: BotProcess;

    beforeAll(async () => {
      proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
      distant = testbed.another({ observe: (each) => void seen.push(each), port: proxy.port });
    });

    afterAll(() => proxy.stop());

    /** A transaction at the end of which the way to the database, or back from it, is lost. */
    const append = (outcome: string, lose: () => void) =>
      inTransaction(distant.db, async (tx) => {
        await appendAudit(tx, refused(outcome));
        lose();
      });
    const rowsOf = (outcome: string) =>
      testbed.sql('SELECT seq FROM audit_logs WHERE outcome = ?', [outcome]);
    const seenOnce = (outcome: string) =>
      until(() => outcomes().includes(outcome), { failure: () => outcomes().join() });

    it('is told of once the database is back, where it was committed', async () => {
      const lost = append('committed', proxy.mute);
      await until(async () => (await rowsOf('committed')).length > 0, {
        failure: () => 'the commit did not arrive',
      });
      proxy.restore();
      await expect(lost).rejects.toMatchObject({ name: 'DatabaseLostError', committing: true });
      expect(outcomes()).toEqual([]);
      await distant.audit.append(refused('later').audit);
      await seenOnce('committed');
      expect(outcomes().toSorted()).toEqual(['committed', 'later']);
    });

    it('is never told of where it was not', async () => {
      await expect(append('cut off', proxy.cut)).rejects.toMatchObject({ committing: true });
      proxy.restore();
      await distant.audit.append(refused('next').audit);
      const lost = append('arrived', proxy.mute);
      await until(async () => (await rowsOf('arrived')).length > 0, {
        failure: () => 'the commit did not arrive',
      });
      proxy.restore();
      await expect(lost).rejects.toThrow();
      await distant.audit.append(refused('last').audit);
      await seenOnce('arrived');
      expect(outcomes().toSorted()).toEqual(['arrived', 'last', 'next']);
      expect(await rowsOf('cut off')).toEqual([]);
    });
  });
});
