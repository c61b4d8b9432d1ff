import { setTimeout as pause } from 'node:timers/promises';
import type { Runs } from '../ports/runs.ts';
import type { Audit } from '../ports/steps.ts';
import { type Refusal, type Refused, refuse } from './refusal.ts';
import type { Actor, Run } from './run.ts';

type Message = { readonly channelId: string; readonly ts: string };
/** `messageTs`: of the message that shows it; undefined as long as none does. */
type Shown = { readonly channelId: string; readonly messageTs?: string | undefined };

/** Who acts on which run. `message`: the clicked one; undefined for a modal, a rule, and the command line. */
export type Click = {
  readonly runId: number;
  readonly actor: Actor;
  readonly message: Message | undefined;
};

export type ClickedRun = { readonly outcome: 'found'; readonly run: Run } | Refused;

/** 2 s: Slack shows a message before the bot has stored its place. */
const STORED_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 100;

/**
 * What the message shows, looked up by `find`; `foreign` if it shows something else. A newer message than the known one may be the next
 * one, which the bot is about to store, so its click waits for a moment.
 */
export async function shownOn<T extends Shown>(
  find: () => Promise<T | undefined>,
  message: Message,
): Promise<T | 'foreign' | undefined> {
  for (const deadline = performance.now() + STORED_WITHIN_MS; ; await pause(LOOK_EVERY_MS)) {
    const found = await find();
    if (found === undefined) return undefined;
    const isHere = message.channelId === found.channelId;
    if (isHere && message.ts === found.messageTs) return found;
    const mayBeNext = isHere && Number(message.ts) > Number(found.messageTs ?? 0);
    if (!mayBeNext || performance.now() > deadline) return 'foreign';
  }
}

/** Finds the run of a click. A button carries only the run's id, so a forged id must not reach the run of another message. */
export async function clickedRun(runs: Runs, { runId, message }: Click): Promise<ClickedRun> {
  const find = () => runs.find(runId);
  const run = message === undefined ? await find() : await shownOn(find, message);
  if (run === undefined) return { outcome: 'refused', refusal: { code: 'run_not_found' } };
  if (run === 'foreign') return { outcome: 'refused', refusal: { code: 'wrong_message' } };
  return { outcome: 'found', run };
}

/** The run of a click, and a function that refuses the click with an audit row. */
export type Found = {
  readonly run: Run;
  readonly refuse: (refusal: Refusal) => Promise<Refused>;
};

/** Calls `serve` with the run of a click. Refuses a click without such a run or on another run's message, with an audit row. */
export async function onClickedRun<Served>(
  { runs, audit }: { readonly runs: Runs; readonly audit: Audit },
  click: Click,
  serve: (found: Found) => Promise<Served | Refused>,
): Promise<Served | Refused> {
  const { actor, runId } = click;
  const clicked = await clickedRun(runs, click);
  if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId });
  const { run } = clicked;
  const about = { runId: run.id, target: run.target };
  return serve({ run, refuse: (refusal) => refuse(audit, actor, refusal, about) });
}
