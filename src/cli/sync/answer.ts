import { randomUUID } from 'node:crypto';
import type { Stores } from '../../bot/core.ts';
import type { Config } from '../../config/config.ts';
import type { UseCases } from '../../slack/listeners/door/services.ts';
import { neededFor } from '../../slack/tell/show-run.ts';
import type { RulesFor } from '../../sync/rules/rules.ts';
import type { Change } from '../../sync/run/change.ts';
import { isInTheWay } from '../../sync/run/refusal.ts';
import { type Actor, plannedChanges, type Run } from '../../sync/run/run.ts';
import type { Confirmation } from '../../sync/use-cases/execute.ts';
import type { PreviewRequested } from '../../sync/use-cases/preview.ts';
import { lossLine } from '../remedies.ts';
import { type Answer, goesOn, ifLost, NO_CHANNEL, type Printer, refused } from './print.ts';

/** The request of an operator, such as `npm run sync -- preview dev`. */
export type OperatorCommand =
  | { readonly verb: 'preview'; readonly target: string; readonly as: Actor }
  | { readonly verb: 'confirm'; readonly runId: number; readonly as: Actor; readonly reason: string }
  | { readonly verb: 'cancel' | 'rollback'; readonly runId: number; readonly as: Actor }
  | { readonly verb: 'show'; readonly runId: number }
  | { readonly verb: 'history' | 'status'; readonly target: string | undefined };

/** How many changes of a plan are read at a time. */
const CHUNK = 1_000;
const HISTORY_ROWS = 20;

type Parts = {
  readonly config: Config;
  readonly stores: Stores;
  readonly rulesFor: RulesFor;
  readonly useCases: UseCases;
  readonly print: Printer;
  /** Works on runs whose process died, until their end: if no bot runs, nobody else would. Call this once per command. */
  readonly finishAbandoned: () => Promise<void>;
  /** Aborted when the operator stops the command. */
  readonly stop: AbortSignal;
};

/**
 * Serves a request, unless the command was stopped before. If a run was in the way, finishes the runs whose process died, then
 * serves the request once more.
 */
async function unblocked<Served extends PreviewRequested | Confirmation>(
  { finishAbandoned, stop }: Parts,
  request: () => Promise<Served>,
): Promise<Served> {
  stop.throwIfAborted();
  const served = await request();
  if (served.outcome !== 'refused' || !isInTheWay(served.refusal)) return served;
  const others = 'A run that was in the way may have ended: see npm run sync -- history.';
  const again = async () => {
    await finishAbandoned();
    stop.throwIfAborted();
    return request();
  };
  return again().catch(
    ifLost((loss) => {
      throw new Error(lossLine(loss, others));
    }),
  );
}

/** Serves an operator's request, with the same use cases as Slack. Throws `DatabaseLostError`, and the reason of `stop`. */
export async function answer(parts: Parts, command: OperatorCommand): Promise<Answer> {
  const { stores, useCases, config, print, stop } = parts;
  stop.throwIfAborted();
  switch (command.verb) {
    case 'preview': {
      const { target, as } = command;
      if (!isKnown(config, target)) return print.noTarget(target);
      return planned(parts, as, (request) => useCases.preview.request({ ...request, target }));
    }
    case 'rollback': {
      const { runId, as } = command;
      return planned(parts, as, (request) => useCases.rollback({ ...request, runId }));
    }
    case 'confirm':
      return confirmed(parts, command);
    case 'cancel': {
      const click = { runId: command.runId, actor: command.as, message: undefined };
      const cancelled = await useCases.cancel(click);
      return cancelled.outcome === 'refused'
        ? refused(print.refusalLine(cancelled.refusal))
        : shown(parts, cancelled.run);
    }
    case 'show': {
      const run = await stores.runs.find(command.runId);
      return run === undefined
        ? refused(print.refusalLine({ code: 'run_not_found' }))
        : { ...(await whole(parts, run)), exit: 0 };
    }
    case 'history': {
      const runs = await stores.overview.history(command.target, undefined, HISTORY_ROWS);
      // A target that is no longer in the settings may still have runs.
      if (runs.length === 0 && !isKnown(config, command.target)) return print.noTarget(command.target);
      return { lines: print.historyLines(runs), data: runs, exit: 0 };
    }
    case 'status': {
      if (!isKnown(config, command.target)) return print.noTarget(command.target);
      const names = command.target === undefined ? [...config.targets.keys()] : [command.target];
      const overviews = await stores.overview.targets(names);
      return { lines: overviews.flatMap(print.targetLines), data: overviews, exit: 0 };
    }
  }
}

/** Has a sync or rollback planned by `ask`, and shows the plan. */
async function planned(
  parts: Parts,
  actor: Actor,
  ask: (request: { channelId: string; actor: Actor; requestKey: string }) => Promise<PreviewRequested>,
): Promise<Answer> {
  const { config, useCases, print } = parts;
  const channelId = config.homeChannelId;
  if (channelId === undefined) return refused(NO_CHANNEL);
  const request = () => ask({ channelId, actor, requestKey: randomUUID() });
  const requested = await unblocked(parts, request);
  if (requested.outcome === 'refused') return refused(print.refusalLine(requested.refusal));
  if (requested.outcome === 'repeated') return refused('This was asked for already.');
  await useCases.preview.read(requested, parts.stop);
  return outcomeOf(parts, requested.run.id, 'reading', (run) => plan(parts, run));
}

async function plan(parts: Parts, run: Run): Promise<Answer> {
  const { lines, data } = await shown(parts, run);
  // By now, somebody may have confirmed or cancelled the plan.
  const exit = run.planHash === undefined ? 1 : plannedChanges(run.counts) > 0 ? 2 : 0;
  return { lines, data, exit };
}

async function confirmed(
  parts: Parts,
  command: OperatorCommand & { readonly verb: 'confirm' },
): Promise<Answer> {
  const { stores, useCases, print, stop } = parts;
  const run = await stores.runs.find(command.runId);
  const declaration = { target: run?.target ?? '', reason: command.reason };
  const click = { runId: command.runId, actor: command.as, message: undefined };
  const confirmation = await unblocked(parts, () => useCases.execution.confirm(click, { declaration, stop }));
  switch (confirmation.outcome) {
    case 'refused':
      return refused(print.refusalLine(confirmation.refusal));
    case 'approved':
    case 'withdrawn':
      return refused(
        `${confirmation.people} of ${confirmation.needed} people are counted. Confirm in Slack.`,
      );
    case 'claimed': {
      await useCases.execution.execute(confirmation, stop);
      return outcomeOf(parts, command.runId, 'executing', async (ended) => ({
        ...(await shown(parts, ended)),
        exit: ended.status === 'completed' ? 0 : 1,
      }));
    }
  }
}

/** What has become of the run that this process read, or confirmed and executed. */
async function outcomeOf(
  { stores, print }: Parts,
  runId: number,
  work: 'reading' | 'executing',
  tell: (run: Run) => Promise<Answer>,
): Promise<Answer> {
  const run = await stores.runs.find(runId).catch(ifLost(() => 'lost' as const));
  if (run === undefined) return refused(print.refusalLine({ code: 'run_not_found' }));
  if (run === 'lost') return goesOn(runId, work, 'Unless it has ended already, the bot');
  return run.status === work ? goesOn(runId, work) : tell(run);
}

/** Shows a run that was worked on: if the database is lost meanwhile, without its plan. */
async function shown(parts: Parts, run: Run): Promise<Answer> {
  const told = await whole(parts, run).catch(ifLost(() => parts.print.withoutPlan(run)));
  return { ...told, exit: run.status === 'failed' ? 1 : 0 };
}

async function whole({ stores, rulesFor, print }: Parts, run: Run): Promise<Omit<Answer, 'exit'>> {
  const changes = run.planHash === undefined ? [] : await changesOf(stores, run.id);
  const isReady = run.status === 'ready';
  const approvals = await stores.runs.approvals(run);
  const needed = isReady ? await neededFor({ rulesFor }, run) : 1;
  const now = await stores.runs.clock();
  return { lines: print.runLines(run, { changes, approvals, needed, now }), data: { run, changes } };
}

async function changesOf({ plans }: Stores, runId: number): Promise<readonly Change[]> {
  const all: Change[] = [];
  for (;;) {
    const chunk = await plans.list(runId, undefined, all.at(-1)?.seq ?? 0, CHUNK);
    all.push(...chunk);
    if (chunk.length < CHUNK) return all;
  }
}

function isKnown({ targets }: Config, target: string | undefined): boolean {
  return target === undefined || targets.has(target);
}
