import type { DepotUser } from '../../sandbox/depot/users.ts';
import type { Deed } from '../play/perform.ts';
import type { RunRow, Snapshot } from '../play/snapshot.ts';
import type { Fired } from '../schedule/fault.ts';
import type { Move, Schedule } from '../schedule/schedule.ts';

/** One move as it was seen: what stood before and after it, and what happened in between. */
export type Witness = {
  readonly schedule: Schedule;
  readonly move: Move;
  /** After the preparations. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly deeds: readonly Deed[];
  /** The trigger ids of all requests so far, earlier moves' included. */
  readonly triggers: ReadonlySet<string>;
  readonly fired: readonly Fired[];
  /** How often all leases had to be ended before everything came to rest. */
  readonly jumps: number;
  /** By location, what its list was during the move, oldest first. */
  readonly lists: ReadonlyMap<number, readonly (readonly DepotUser[])[]>;
};

export type Check = (witness: Witness) => readonly string[];

/** Runs that were not there before the move. */
export function newRuns({ before, after }: Witness): RunRow[] {
  return [...after.runs.values()].filter(({ id }) => !before.runs.has(id));
}

/** Runs that came to a status during the move, in the order in which they did. */
export function runsThatBecame({ before, after }: Witness, status: RunRow['status']): RunRow[] {
  return [...after.runs.values()]
    .filter((run) => run.status === status && before.runs.get(run.id)?.status !== status)
    .sort((a, b) => Number(a.finishedAt) - Number(b.finishedAt) || a.id - b.id);
}

/** The deeds of the move at a location. */
export function deedsAt({ schedule, deeds }: Witness, placeId: number): Deed[] {
  return deeds.filter(({ input }) => schedule.places[input.place]?.id === placeId);
}
