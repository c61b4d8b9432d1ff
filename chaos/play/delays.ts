import { z } from 'zod';
import type { Span } from '../checks/evidence.ts';
import { type Fired, placeOf } from '../schedule/fault.ts';
import type { World } from '../world/world.ts';
import { blockIds, type Posted } from './notices.ts';
import type { RunRow } from './snapshot.ts';

/** How long it took until people saw how a run stands. */
export type Delay = {
  /** The place of a kill, or the commit of the plan or of the end that was told. */
  readonly since: { readonly kill: string } | 'commit';
  readonly ms: number;
};

/** A move, and what happened in it. */
export type PlayedMove = Span & { readonly fired: readonly Fired[] };

type Telling = { readonly runId: number; readonly at: number; readonly committed: number };

/**
 * Of each end that was told and each preview that was shown: how long after its commit, and how long after the last kill
 * before it. Whoever restarts a process has to wait for it, so a kill counts from the moment in which one is up.
 */
export function delaysOf(
  world: World,
  moves: readonly PlayedMove[],
  runs: readonly RunRow[],
  posted: readonly Posted[],
): readonly Delay[] {
  const tellings = runs.flatMap((run) => [...toldEnd(run, posted), ...shownPreview(world, run)]);
  return [
    ...tellings.map(({ at, committed }): Delay => ({ since: 'commit', ms: at - committed })),
    ...moves.flatMap((move, index) => sinceKills(world, move, moves[index + 1], tellings)),
  ];
}

function toldEnd({ id, finishedAt }: RunRow, posted: readonly Posted[]): Telling[] {
  const first = posted.find(({ notice }) => notice.runId === id && notice.kind === 'thread');
  if (first === undefined || finishedAt === null) return [];
  return [{ runId: id, at: first.message.at, committed: finishedAt.getTime() }];
}

const withBlocks = z.object({ blocks: z.array(z.unknown()) });

function shownPreview({ slack }: World, { id, readyAt }: RunRow): Telling[] {
  if (readyAt === null) return [];
  const shows = ({ args }: (typeof slack.calls)[number]) => {
    const { data } = withBlocks.safeParse(args);
    return data !== undefined && blockIds(data).some((block) => block.startsWith(`run:${id}:ready:`));
  };
  const call = slack.calls.find(shows);
  return call === undefined ? [] : [{ runId: id, at: call.at, committed: readyAt.getTime() }];
}

/** Where other things happened in the move too, a kill is not all that takes its time. */
function sinceKills(
  { replicas }: World,
  move: PlayedMove,
  next: PlayedMove | undefined,
  tellings: readonly Telling[],
): Delay[] {
  if (move.fired.some(({ effect }) => effect.kind !== 'kill')) return [];
  const last = move.fired.at(-1);
  if (last === undefined) return [];
  const within = (span: Span | undefined) =>
    tellings.filter(({ at }) => span !== undefined && span.from < at && at <= span.until);
  const kill = placeOf(last);
  const delays = (told: readonly Telling[], since: number) =>
    told.map(({ at }): Delay => ({ since: { kill }, ms: Math.max(0, at - replicas.upFrom(since)) }));
  const late = within({ from: last.at, until: move.until });
  if (late.length > 0) return delays(late, last.at);
  // Slack had it already: nobody waits.
  if (within(move).length > 0) return [{ since: { kill }, ms: 0 }];
  // What was not even written down is asked for once more, and counts from there.
  return next === undefined ? [] : delays(within(next), next.from);
}
