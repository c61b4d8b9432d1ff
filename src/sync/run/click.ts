import type { Runs } from '../ports/runs.ts';
import type { Audit } from '../ports/steps.ts';
import { type Refusal, type Refused, refuse } from './refusal.ts';
import type { Actor, Run } from './run.ts';

/** Who acts on which run. `message`: the clicked one; undefined for a modal, a rule, and the command line. */
export type Click = {
  readonly runId: number;
  readonly actor: Actor;
  readonly message: { readonly channelId: string; readonly ts: string } | undefined;
};

export type ClickedRun = { readonly outcome: 'found'; readonly run: Run } | Refused;

/** Finds the run of a click. A button carries only the run's id, so a forged id must not reach the run of another message. */
export async function clickedRun(runs: Runs, { runId, message }: Click): Promise<ClickedRun> {
  const run = await runs.find(runId);
  if (run === undefined) return { outcome: 'refused', refusal: { code: 'run_not_found' } };
  const foreign =
    message !== undefined && (message.channelId !== run.channelId || message.ts !== run.messageTs);
  if (foreign) return { outcome: 'refused', refusal: { code: 'wrong_message' } };
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
