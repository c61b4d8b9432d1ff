import { beforeAll, describe, expect, it } from 'vitest';
import { createBatches } from '../../../src/database/runs/request.ts';
import { createMetrics } from '../../../src/monitoring/metrics/metrics.ts';
import { logStep, observedBy } from '../../../src/monitoring/step-log.ts';
import { createLogger } from '../../../src/process/logger.ts';
import { createSchedule } from '../../../src/sync/automation/schedule.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { SourceRow, Target } from '../../../src/sync/ports/source.ts';
import type { Click } from '../../../src/sync/run/click.ts';
import { createQueue, maintainRuns } from '../../../src/sync/run/queue.ts';
import { type Run, type RunStatus, TRANSITIONS } from '../../../src/sync/run/run.ts';
import { createAdjust, createCancel, createRetry } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { createBatchRequest } from '../../../src/sync/use-cases/batch.ts';
import { createRollback } from '../../../src/sync/use-cases/rollback.ts';
import { parsePrometheusText } from '../../support/prometheus-text.ts';
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
  rules,
  step,
} from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { createCore, NOBODY_TOLD } from '../sync/support/core.ts';
import { scriptedSource, whole } from '../sync/support/scripted-source.ts';

const testbed = useTestbed();
const LIST = listOf('new@dkm', 'newer@dkm');

/** The process that does what is looked at. `testbed.bot` prepares, and is not looked at. */
let bot: BotProcess;
const lines: { readonly msg: string; readonly target?: string }[] = [];
const metrics = createMetrics({ version: '1', targets: [] });

beforeAll(() => {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger('info', { destination });
  const observe = observedBy([(each) => logStep(logger, each), metrics.step], logger);
  bot = testbed.another({ observe });
});

/** What is done to a run; `run` is the one that moves, undefined where it is only made. */
type Deed = { readonly run?: Run; act(): Promise<unknown> };

type Way = {
  readonly from: RunStatus | 'nothing';
  readonly to: RunStatus;
  /** The way in, as an admin or operator would name it. */
  readonly by: string;
  /** Steps of the run and of those that move with it, in order. */
  readonly steps: readonly string[];
  prepare(target: Target): Promise<Deed>;
};

const { signal } = new AbortController();
const click = ({ id }: Run): Click => ({ runId: id, actor: BUDI, message: undefined });

let requests = 0;
function asked() {
  requests += 1;
  return { channelId: 'C1', actor: BUDI, requestKey: `request ${requests}` };
}

/** The use cases in the process that is looked at; its server brings this list, as often as it is read. */
function useCases(target: Target, list?: readonly SourceRow[]) {
  const source = list && scriptedSource(whole(list), whole(list), whole(list));
  const core = createCore(bot, { targets: [target], ...(source === undefined ? {} : { source }) });
  const ports = { ...bot, ...core };
  // Work is begun by nobody here: what is looked at is the move that gives it to this process.
  const free20 = () => ({ reading: 20, executing: 20 });
  return { ...ports, queue: createQueue({ ...ports, workers: { free: free20, start: () => 'started' } }) };
}

const failed = async (target: Target) => {
  const { lease } = await openRun(testbed.bot, target);
  return testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
};

const executed = async (target: Target) => apply(testbed.bot, await claimedRun(testbed.bot, target, LIST));

/** The process that held the run is gone, after so many attempts. */
async function orphan({ run }: LeasedRun, attempt = 1): Promise<void> {
  await testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01', attempt = ? WHERE id = ?", [
    attempt,
    run.id,
  ]);
}

const takenUp = async (target: Target, claimed: LeasedRun, attempts = 1): Promise<Deed> => {
  await orphan(claimed, attempts);
  return { run: claimed.run, act: () => useCases(target).queue.startWaiting() };
};

const made = (by: string, act: (target: Target) => Promise<Deed['act']>): Way => ({
  from: 'nothing',
  to: 'reading',
  by,
  steps: ['requested'],
  prepare: async (target) => ({ act: await act(target) }),
});

const WAYS: readonly Way[] = [
  made(
    'a command',
    async (target) => () => useCases(target).preview.request({ ...asked(), target: target.name }),
  ),
  made('/usersync all', async (target) => async () => {
    const { preview } = useCases(target);
    const batches = createBatches(bot.db, bot.owner);
    const batch = await createBatchRequest({ batches, preview })({ ...asked(), targets: [target.name] });
    if (batch.outcome === 'requested')
      for await (const each of batch.previews) expect(each.outcome).toBe('requested');
  }),
  made('the schedule', async (target) => () => {
    const lastDue = () => new Date('2026-11-02T02:00:00Z');
    const schedule = {
      ...useCases(target),
      ...NOBODY_TOLD,
      lastDue,
      targets: [target.name],
      channelId: 'C1',
    };
    return createSchedule(schedule).tick(new Date());
  }),
  made('Try Again', async (target) => {
    const run = await failed(target);
    return () => createRetry(useCases(target))(click(run));
  }),
  made('a rollback', async (target) => {
    const run = await executed(target);
    return () => createRollback(useCases(target))({ ...asked(), runId: run.id });
  }),
  {
    from: 'reading',
    to: 'reading',
    by: 'the end of the process that read',
    steps: ['taken_over'],
    prepare: async (target) => takenUp(target, await openRun(testbed.bot, target)),
  },
  {
    from: 'reading',
    to: 'ready',
    by: 'a list that brings changes',
    steps: ['previewed'],
    prepare: async (target) => {
      const opened = await openRun(testbed.bot, target);
      return { run: opened.run, act: () => useCases(target, LIST).preview.read(opened, signal) };
    },
  },
  {
    from: 'reading',
    to: 'ready',
    by: 'a rollback that changes something',
    steps: ['previewed'],
    prepare: async (target) => {
      const { id } = await executed(target);
      const core = createCore(testbed.bot, { targets: [target] });
      const opened = await createRollback({ ...testbed.bot, ...core })({ ...asked(), runId: id });
      if (opened.outcome !== 'requested') throw new Error(opened.outcome);
      return { run: opened.run, act: () => useCases(target).preview.read(opened, signal) };
    },
  },
  {
    from: 'reading',
    to: 'completed',
    by: 'a list that brings no change',
    steps: ['previewed'],
    prepare: async (target) => {
      const opened = await openRun(testbed.bot, target);
      return { run: opened.run, act: () => useCases(target, []).preview.read(opened, signal) };
    },
  },
  {
    from: 'reading',
    to: 'failed',
    by: 'a server that cannot be read',
    steps: ['failed'],
    prepare: async (target) => {
      const opened = await openRun(testbed.bot, target);
      return { run: opened.run, act: () => useCases(target).preview.read(opened, signal) };
    },
  },
  {
    from: 'reading',
    to: 'failed',
    by: 'a channel that takes no posts',
    steps: ['failed'],
    prepare: async (target) => {
      const opened = await openRun(testbed.bot, target);
      return { run: opened.run, act: () => useCases(target).preview.abandon(opened, 'is_archived') };
    },
  },
  {
    from: 'reading',
    to: 'failed',
    by: 'the end of every process that tried to read',
    steps: ['taken_over', 'failed'],
    prepare: async (target) => takenUp(target, await openRun(testbed.bot, target), 3),
  },
  {
    from: 'reading',
    to: 'cancelled',
    by: 'Cancel',
    steps: ['cancelled'],
    prepare: async (target) => {
      const { run } = await openRun(testbed.bot, target);
      return { run, act: () => createCancel(useCases(target))(click(run)) };
    },
  },
  {
    from: 'ready',
    to: 'executing',
    by: 'Confirm',
    steps: ['confirmed'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      return { run, act: () => useCases(target).execution.confirm(click(run)) };
    },
  },
  {
    from: 'ready',
    to: 'cancelled',
    by: 'Cancel',
    steps: ['cancelled'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      return { run, act: () => createCancel(useCases(target))(click(run)) };
    },
  },
  {
    from: 'ready',
    to: 'expired',
    by: 'time',
    steps: ['expired'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
      return { run, act: () => maintainRuns(useCases(target)) };
    },
  },
  {
    from: 'ready',
    to: 'superseded',
    by: 'a newer preview',
    steps: ['superseded', 'previewed'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      const newer = await openRun(testbed.bot, target);
      return { run, act: () => useCases(target, LIST).preview.read(newer, signal) };
    },
  },
  {
    from: 'ready',
    to: 'superseded',
    by: 'a newer preview that brings no change',
    steps: ['superseded', 'previewed'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      const newer = await openRun(testbed.bot, target);
      return { run, act: () => useCases(target, []).preview.read(newer, signal) };
    },
  },
  {
    from: 'ready',
    to: 'superseded',
    by: 'Adjust',
    steps: ['superseded', 'adjusted'],
    prepare: async (target) => {
      const run = await readyRun(testbed.bot, target, LIST);
      const omission = { emails: ['new@dkm'], actions: [] };
      const adjust = () => createAdjust({ ...useCases(target), rulesFor: async () => rules() });
      return { run, act: () => adjust()(click(run), omission, asked().requestKey) };
    },
  },
  {
    from: 'executing',
    to: 'executing',
    by: 'the end of the process that executed',
    steps: ['taken_over'],
    prepare: async (target) => takenUp(target, await claimedRun(testbed.bot, target, LIST)),
  },
  {
    from: 'executing',
    to: 'completed',
    by: 'the plan, applied',
    steps: ['completed'],
    prepare: async (target) => {
      const claimed = await claimedRun(testbed.bot, target, LIST);
      return { run: claimed.run, act: () => useCases(target).execution.execute(claimed, signal) };
    },
  },
  {
    from: 'executing',
    to: 'failed',
    by: 'a user who changed after the preview',
    steps: ['failed'],
    prepare: async (target) => {
      const claimed = await claimedRun(testbed.bot, target, LIST);
      await testbed.addUsers(target, { 'new@dkm': 'active' });
      return { run: claimed.run, act: () => useCases(target).execution.execute(claimed, signal) };
    },
  },
  {
    from: 'executing',
    to: 'failed',
    by: 'the end of every process that tried to execute',
    steps: ['taken_over', 'failed'],
    prepare: async (target) => takenUp(target, await claimedRun(testbed.bot, target, LIST), 3),
  },
];

/** What audit log, log and counters say of a target since `seq`, each in its own way. */
async function recordsOf({ name }: Target, seq: number) {
  const rows = await testbed.sql<{ step: string }>(
    'SELECT step FROM audit_logs WHERE target = ? AND seq > ? ORDER BY seq',
    [name, seq],
  );
  const readiness = async () => [];
  const backlog = async () => ({ notices: 0, oldestSeconds: 0 });
  const { text } = await metrics.scrape({ readiness, backlog, redisLost: () => false });
  const counters = parsePrometheusText(text).get('usersync_steps_total')?.samples ?? [];
  const counts = counters.filter(({ labels }) => labels['target'] === name);
  return {
    rows: rows.map((row) => row.step),
    lines: lines.filter(({ target }) => target === name).map(({ msg }) => msg),
    counts: Object.fromEntries(counts.map(({ labels, value }) => [labels['step'], value])),
  };
}

const end = async () => {
  const [head] = await testbed.sql<{ seq: number }>('SELECT seq FROM audit_heads');
  return Number(head?.seq);
};

describe('every move of a run', () => {
  it.each(WAYS)('$from → $to, by $by, is one audit row, one log line and one count', async (way) => {
    const target = await testbed.location();
    const { run, act } = await way.prepare(target);
    expect(run?.status ?? 'nothing').toBe(way.from);
    const before = await end();
    await act();
    expect(await recordsOf(target, before)).toEqual({
      rows: way.steps,
      lines: way.steps.map((each) => `run ${each.replace('_', ' ')}`),
      counts: Object.fromEntries(way.steps.map((each) => [each, 1])),
    });
    const [newest] = await testbed.sql<{ id: number }>(
      'SELECT MAX(id) AS id FROM sync_runs WHERE target = ?',
      [target.name],
    );
    expect(await bot.runs.find(run?.id ?? Number(newest?.id))).toMatchObject({ status: way.to });
  });

  it('has a way in listed here', () => {
    const moves = Object.entries(TRANSITIONS).flatMap(([from, ends]) => ends.map((to) => `${from} → ${to}`));
    const listed = WAYS.filter(({ from }) => from !== 'nothing').map(({ from, to }) => `${from} → ${to}`);
    expect([...new Set(listed)].toSorted()).toEqual(moves.toSorted());
  });
});

describe('what is no move', () => {
  it('leaves nothing, where the turn of a run has come that waited', async () => {
    const target = await testbed.location();
    const { lease } = await openRun(testbed.bot, target);
    await testbed.bot.runs.wait(lease);
    const before = await end();
    await useCases(target).queue.startWaiting();
    expect(await recordsOf(target, before)).toEqual({ rows: [], lines: [], counts: {} });
    expect(await bot.runs.renew({ ...lease, owner: bot.owner })).toBe(true);
  });

  it('is one row and one line, where it is a refusal', async () => {
    const target = await testbed.location();
    const done = await present(testbed.bot, await draftRun(testbed.bot, target, [[]]));
    const before = await end();
    await useCases(target).execution.confirm({ ...click(done), actor: AYU });
    expect(await recordsOf(target, before)).toEqual({
      rows: ['refused'],
      lines: ['request refused'],
      counts: {},
    });
  });
});
