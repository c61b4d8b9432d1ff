import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRetention } from '../../../src/database/reports/retention.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Target, UserSource } from '../../../src/sync/ports/source.ts';
import type { Click } from '../../../src/sync/run/click.ts';
import { onAbort } from '../../../src/sync/run/concurrency.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { createCancel } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI, draftRun, openRun, present, statusOf, takingUp } from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { type Core, createCore } from './support/core.ts';
import { queueOf } from './support/queue.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();
const LIST = listOf('new@dkm', 'newer@dkm');
const CANCELLED = { outcome: 'cancelled', run: { status: 'cancelled', cancelledBy: BUDI } };

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
});

const click = ({ id }: Pick<Run, 'id'>, actor = BUDI): Click => ({ runId: id, actor, message: undefined });

const cancelIn = (bot: BotProcess, { preview }: Pick<Core, 'preview'>) =>
  createCancel({ runs: bot.runs, audit: bot.audit, preview });

const cancel = (run: Pick<Run, 'id'>) => cancelIn(testbed.bot, createCore(testbed.bot))(click(run));

/** A server that brings one page and then no other, until the request is given up. */
function hanging() {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const aborted: unknown[] = [];
  const source: UserSource = {
    open: async (_, signal) => ({
      read: async (_order, onPage) => {
        await onPage({ page: 1, rows: LIST }, 500);
        return new Promise((_resolve, reject) => {
          onAbort(signal, (reason) => {
            aborted.push(reason);
            reject(new Error('the request was given up'));
          });
          begin();
        });
      },
      proveEnd: async () => 'proven',
    }),
  };
  return { source, begun, aborted };
}

const count = async (table: string, { id }: Pick<Run, 'id'>) =>
  (await testbed.sql(`SELECT 1 FROM ${table} WHERE run_id = ?`, [id])).length;

const steps = async ({ id }: Pick<Run, 'id'>) =>
  (
    await testbed.sql<{ step: string }>('SELECT step FROM audit_logs WHERE run_id = ? ORDER BY seq', [id])
  ).map(({ step }) => step);

describe('Cancel of a run that is still reading', () => {
  it('ends it with an audit row and no counts, and has its message drawn again', async () => {
    const { run } = await openRun(testbed.bot, target);
    expect(await cancel(run)).toMatchObject(CANCELLED);
    expect(await testbed.bot.runs.find(run.id)).toMatchObject({
      ...CANCELLED.run,
      planHash: undefined,
      failure: undefined,
      finishedAt: expect.any(Date),
    });
    expect(await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id])).toEqual([
      { kind: 'message' },
    ]);
    expect(
      await testbed.sql(
        "SELECT actor_id, outcome, counts FROM audit_logs WHERE run_id = ? AND step = 'cancelled'",
        [run.id],
      ),
    ).toEqual([{ actor_id: BUDI.id, outcome: 'cancelled', counts: null }]);
  });

  it('frees its location at once', async () => {
    const core = createCore(testbed.bot, { targets: [target] });
    const ask = (requestKey: string) =>
      core.preview.request({ target: target.name, channelId: 'C1', actor: AYU, requestKey });
    const first = await ask(`${target.name} 1`);
    if (first.outcome !== 'requested') throw new Error(first.outcome);
    expect(await ask(`${target.name} 2`)).toMatchObject({ refusal: { code: 'being_read' } });
    await cancelIn(testbed.bot, core)(click(first.run));
    expect(await ask(`${target.name} 2`)).toMatchObject({ outcome: 'requested' });
  });

  it('ends one that waits for room, and one whose process was killed: nobody takes it up', async () => {
    const waiting = await openRun(testbed.bot, target);
    expect(
      await queueOf(testbed.bot, createCore(testbed.bot), { reading: 0, executing: 0 }).queue.start(waiting),
    ).toBe('waits');
    const orphan = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.runs.release(orphan.lease);
    for (const { run } of [waiting, orphan]) expect(await cancel(run)).toMatchObject(CANCELLED);
    const ids = [waiting, orphan].map(({ run }) => run.id);
    const taken = await testbed.another().runs.takeOver(takingUp());
    expect(taken.filter(({ run }) => ids.includes(run.id))).toEqual([]);
  });

  it('is served once: the second person is told who did it, on record', async () => {
    const { run } = await openRun(testbed.bot, target);
    const both = await Promise.all([cancel(run), cancel(run)]);
    expect(both.filter(({ outcome }) => outcome === 'cancelled')).toHaveLength(1);
    expect(both.find(({ outcome }) => outcome === 'refused')).toMatchObject({
      refusal: { code: 'not_ready', run: { status: 'cancelled', cancelledBy: BUDI } },
    });
    expect(await steps(run)).toEqual(['requested', 'cancelled', 'refused']);
  });

  it('keeps a finished plan from being shown', async () => {
    const drafted = await draftRun(testbed.bot, target, [LIST]);
    await cancel(drafted.run);
    await expect(present(testbed.bot, drafted)).rejects.toThrow('cancelled');
    expect(await steps(drafted.run)).toEqual(['requested', 'cancelled']);
  });

  it('and its plan at one instant: cancelled, shown before or not', async () => {
    for (let round = 0; round < 10; round += 1) {
      const drafted = await draftRun(testbed.bot, await testbed.location(), [LIST]);
      const [shown, cancelled] = await Promise.allSettled([
        present(testbed.bot, drafted),
        cancel(drafted.run),
      ]);
      expect(cancelled).toMatchObject({ status: 'fulfilled', value: CANCELLED });
      const wasShown = shown.status === 'fulfilled';
      expect(await steps(drafted.run)).toEqual([
        'requested',
        ...(wasShown ? ['previewed'] : []),
        'cancelled',
      ]);
      expect((await testbed.bot.runs.find(drafted.run.id))?.planHash !== undefined).toBe(wasShown);
      const counted = "step = 'cancelled' AND counts IS NOT NULL";
      const [audited] = await testbed.sql<{ n: number }>(
        `SELECT COUNT(*) AS n FROM audit_logs WHERE run_id = ? AND ${counted}`,
        [drafted.run.id],
      );
      expect(audited?.n).toBe(wasShown ? 1 : 0);
    }
  });

  it('and the end of a list without changes at one instant: one of them, and the other is told', async () => {
    for (let round = 0; round < 10; round += 1) {
      const drafted = await draftRun(testbed.bot, await testbed.location(), [[]]);
      const [shown, cancelled] = await Promise.allSettled([
        present(testbed.bot, drafted),
        cancel(drafted.run),
      ]);
      if (shown.status === 'fulfilled') {
        expect(cancelled).toMatchObject({
          value: { refusal: { code: 'not_ready', run: { status: 'completed' } } },
        });
      } else expect(cancelled).toMatchObject({ value: CANCELLED });
    }
  });
});

/** Begins to read from a server that hangs, in another process unless told. */
async function readingFrom(server: ReturnType<typeof hanging>, bot = testbed.another()) {
  const core = createCore(bot, { targets: [target], source: server.source });
  const claimed: LeasedRun = await openRun(bot, target);
  const read = core.preview.read(claimed, new AbortController().signal);
  await server.begun;
  return { core, run: claimed.run, read };
}

/** What a cancelled read leaves: nothing but that it was cancelled. */
async function expectNothingLeft(run: Run, { logger }: Core) {
  expect(await statusOf(testbed.bot, run)).toBe('cancelled');
  expect(await steps(run)).toEqual(['requested', 'cancelled']);
  expect(await count('sync_changes', run)).toBe(0);
  expect(logger.lines).toEqual(['info: the run was cancelled']);
  const kinds = await testbed.sql<{ kind: string }>('SELECT kind FROM sync_outbox WHERE run_id = ?', [
    run.id,
  ]);
  expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['message']));
  await createRetention(testbed.bot.db).clearStaged();
  expect(await count('sync_staged_users', run)).toBe(0);
}

describe('the process that reads a run which is cancelled', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('gives up its requests at once, and leaves neither plan nor failure', async () => {
    const server = hanging();
    const { core, run, read } = await readingFrom(server, testbed.bot);
    expect(await cancelIn(testbed.bot, core)(click(run))).toMatchObject(CANCELLED);
    await read;
    expect(server.aborted).toHaveLength(1);
    await expectNothingLeft(run, core);
  });

  it('gives them up at its next renewal, where another process was told', async () => {
    const server = hanging();
    const { core, run, read } = await readingFrom(server);
    expect(await cancel(run)).toMatchObject(CANCELLED);
    expect(server.aborted).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    await read;
    expect(server.aborted).toHaveLength(1);
    await expectNothingLeft(run, core);
  });

  it('tells no failure of a server that breaks off in the same moment', async () => {
    const broken = { ...whole(LIST), error: new Error('The server is gone') };
    const core = createCore(testbed.bot, { targets: [target], source: scriptedSource(broken) });
    const claimed = await openRun(testbed.bot, target);
    const fail = testbed.bot.runs.fail;
    vi.spyOn(testbed.bot.runs, 'fail').mockImplementationOnce(async (...given) => {
      await cancel(claimed.run);
      return fail(...given);
    });
    await core.preview.read(claimed, new AbortController().signal);
    expect(await steps(claimed.run)).toEqual(['requested', 'cancelled']);
    expect(core.logger.lines.at(-1)).toBe('info: the run was cancelled');
  });
});
