import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { wireCore } from '../../bot/core.ts';
import { tunnelOf } from '../../bot/proxy-tunnel.ts';
import { openStores, type Stores } from '../../bot/stores.ts';
import type { Config } from '../../config/config.ts';
import { createLogger } from '../../process/logger.ts';
import type { UseCases } from '../../slack/listeners/services.ts';
import { textsFor } from '../../slack/text/language.ts';
import { OPERATOR } from '../../sync/approval.ts';
import { NO_PROGRESS } from '../../sync/ports.ts';
import type { PreviewRequested } from '../../sync/preview.ts';
import { NOT_ASKED } from '../../sync/readers.ts';
import { type Actor, plannedChanges, type Run } from '../../sync/run.ts';
import { type Ask, parseAsk, USAGE, UsageError } from './arguments.ts';
import { createPrinter, type Printer } from './print.ts';

/** Of a plan, as many lines are printed. */
const MOST_LINES = 1_000;
const HISTORY_ROWS = 20;

/** The result: lines for people, data for programs, and the exit code. */
type Answer = { readonly lines: readonly string[]; readonly data: unknown; readonly exit: 0 | 1 | 2 };

type Parts = {
  readonly config: Config;
  readonly stores: Stores;
  readonly useCases: UseCases;
  readonly print: Printer;
};

/**
 * The operator's way, for when Slack is down, and for cron and CI: the same use cases, rules, audit log and outbox. Slack
 * is told when it is back, by the bot. Returns the exit code: 0 done or nothing to change, 2 changes are planned, 1 refused,
 * failed or not understood.
 */
export async function runSync(
  config: Config,
  words: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  let parsed: ReturnType<typeof parseAsk>;
  try {
    parsed = parseAsk(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const line of [`${error.message}.`, ...USAGE]) say(line);
    return 1;
  }
  const logger = createLogger('silent');
  const owner = randomUUID();
  const stores = openStores(config, { owner, observe: () => {}, logger });
  try {
    // If this process dies, others take over its runs at once.
    await stores.presence.look();
    const { useCases } = wireCore({
      config,
      logger,
      stores,
      progress: NO_PROGRESS,
      isAdmin: async () => false,
      readersOf: NOT_ASKED,
      report: () => {},
      shared: undefined,
      tunnel: tunnelOf(config.proxy),
    });
    const print = createPrinter(textsFor(undefined, 'en', config.deployment));
    const { lines, data, exit } = await answer({ config, stores, useCases, print }, parsed.ask);
    if (parsed.json) say(JSON.stringify(data));
    else for (const line of lines) say(line);
    return exit;
  } finally {
    await stores.presence.leave();
    await stores.close();
  }
}

async function answer(parts: Parts, ask: Ask): Promise<Answer> {
  const { stores, useCases, config, print } = parts;
  switch (ask.verb) {
    case 'preview':
      return preview(parts, ask);
    case 'rollback': {
      const channelId = channelOf(config);
      if (channelId === undefined) return refused(NO_CHANNEL);
      const request = { runId: ask.runId, channelId, actor: operator(ask.as), requestKey: randomUUID() };
      return previewed(parts, await useCases.rollback(request));
    }
    case 'confirm':
      return confirmed(parts, ask);
    case 'cancel': {
      const click = { runId: ask.runId, actor: operator(ask.as), message: undefined };
      const cancelled = await useCases.cancel(click);
      return cancelled.outcome === 'refused'
        ? refused(print.refusalLine(cancelled.refusal))
        : shown(parts, cancelled.run);
    }
    case 'show': {
      const run = await stores.runs.find(ask.runId);
      return run === undefined ? refused(print.refusalLine({ code: 'run_not_found' })) : shown(parts, run);
    }
    case 'history': {
      const runs = await stores.overview.history(ask.target, undefined, HISTORY_ROWS);
      return { lines: runs.map(print.runLine), data: runs, exit: 0 };
    }
    case 'status': {
      const names = ask.target === undefined ? [...config.targets.keys()] : [ask.target];
      const overviews = await stores.overview.targets(names);
      return { lines: overviews.map(print.targetLine), data: overviews, exit: 0 };
    }
  }
}

async function preview(
  parts: Parts,
  { target, as = 'operator' }: Ask & { readonly verb: 'preview' },
): Promise<Answer> {
  const { config, useCases } = parts;
  const channelId = channelOf(config);
  const known = [...config.targets.keys()];
  if (!known.includes(target)) return refused(`${target} is no target. Targets: ${known.join(', ')}.`);
  if (channelId === undefined) return refused(NO_CHANNEL);
  const request = { target, channelId, actor: operator(as), requestKey: randomUUID() };
  return previewed(parts, await useCases.preview.request(request));
}

async function previewed(parts: Parts, requested: PreviewRequested): Promise<Answer> {
  const { stores, useCases, print } = parts;
  if (requested.outcome === 'refused') return refused(print.refusalLine(requested.refusal));
  if (requested.outcome === 'repeated') return refused('This was asked for already.');
  await useCases.preview.read(requested, new AbortController().signal);
  const run = await stores.runs.find(requested.run.id);
  if (run === undefined) return refused(print.refusalLine({ code: 'run_not_found' }));
  const { lines, data } = await shown(parts, run);
  const exit = run.status === 'ready' ? 2 : run.status === 'completed' ? 0 : 1;
  const next = exit === 2 ? [`To execute it: npm run sync -- confirm ${run.id} --as NAME --reason TEXT`] : [];
  return { lines: [...lines, ...next], data, exit };
}

async function confirmed(parts: Parts, ask: Ask & { readonly verb: 'confirm' }): Promise<Answer> {
  const { stores, useCases, print } = parts;
  const run = await stores.runs.find(ask.runId);
  const declaration = { target: run?.target ?? '', reason: ask.reason };
  const click = { runId: ask.runId, actor: operator(ask.as), message: undefined };
  const confirmation = await useCases.execution.confirm(click, declaration);
  switch (confirmation.outcome) {
    case 'refused':
      return refused(print.refusalLine(confirmation.refusal));
    case 'approved':
    case 'withdrawn':
      return refused(
        `${confirmation.people} of ${confirmation.needed} people are counted. Confirm in Slack.`,
      );
    case 'claimed': {
      await useCases.execution.execute(confirmation, new AbortController().signal);
      const ended = await stores.runs.find(ask.runId);
      const { lines, data } = await shown(parts, ended ?? confirmation.run);
      return { lines, data, exit: ended?.status === 'completed' ? 0 : 1 };
    }
  }
}

async function shown({ stores: { plans }, print }: Parts, run: Run): Promise<Answer> {
  const changes =
    run.planHash === undefined || plannedChanges(run.counts) === 0
      ? []
      : await plans.list(run.id, undefined, 0, MOST_LINES);
  return {
    lines: print.runLines(run, changes),
    data: { run, changes },
    exit: run.status === 'failed' ? 1 : 0,
  };
}

function refused(line: string): Answer {
  return { lines: [line], data: { refused: line }, exit: 1 };
}

/** Who it was, in the audit log: anybody may call themselves anything here, so the machine is named as well. */
function operator(name: string): Actor {
  return { id: `${OPERATOR}${name}`.slice(0, 64), name: `${name} (command line, ${hostname()})` };
}

/** Where the bot tells of the run once Slack is there; undefined where the settings name no channel. */
function channelOf({ schedule, slack }: Config): string | undefined {
  return schedule?.channelId ?? slack.channelIds[0];
}

const NO_CHANNEL =
  'Set SLACK_CHANNEL_IDS or SYNC_SCHEDULE_CHANNEL_ID: the bot tells of each run there once Slack is back.';
