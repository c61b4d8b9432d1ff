import type { StoredMessage } from '../../sandbox/strict-slack/workspace.ts';
import type { Posted } from '../play/notices.ts';
import type { RunRow } from '../play/snapshot.ts';
import type { Fired } from '../schedule/fault.ts';
import type { Calls } from '../schedule/refusal.ts';
import type { RefusedFor } from '../world/refusals.ts';

/** When a move began, and when everything had come to rest after it: milliseconds since 1970. */
export type Span = { readonly from: number; readonly until: number };

/** What there is to see at the end of a schedule, and what befell the bots and Slack until then. */
export type Evidence = {
  readonly runs: readonly RunRow[];
  readonly messages: readonly StoredMessage[];
  readonly posted: readonly Posted[];
  /** Runs whose outcome Slack took in no place, as the database says. */
  readonly untold: ReadonlySet<number>;
  readonly refused: readonly RefusedFor[];
  readonly fired: readonly Fired[];
  readonly moves: readonly Span[];
};

export function befell({ fired }: Evidence, ...kinds: readonly Fired['effect']['kind'][]): boolean {
  return fired.some(({ effect }) => kinds.includes(effect.kind));
}

/** Whether Slack may have done what it was asked although nobody was told, or a bot forgot that it was. */
export function answersWereLost({ fired }: Evidence): boolean {
  return fired.some(({ effect }) => {
    if (effect.kind === 'slack') return effect.answer === 'lost' || effect.answer === 'hanging';
    return (
      effect.kind === 'kill' || effect.kind === 'pause' || effect.kind === 'cut' || effect.kind === 'stop'
    );
  });
}

/** Whether Slack refused such calls at that moment. */
export function isRefusedAt({ refused }: Evidence, at: number, ...calls: readonly Calls[]): boolean {
  return refused.some((each) => calls.includes(each.calls) && each.from <= at && at <= each.until);
}

/** Whether Slack refused such calls in one of the moves in which these moments lie. */
export function isRefusedAround(
  { refused, moves }: Evidence,
  moments: readonly (Date | null)[],
  ...calls: readonly Calls[]
): boolean {
  const times = moments.flatMap((moment) => moment?.getTime() ?? []);
  const around = moves.filter(({ from, until }) => times.some((time) => from <= time && time <= until));
  return refused.some(
    (each) =>
      calls.includes(each.calls) && around.some(({ from, until }) => from <= each.from && each.from <= until),
  );
}
