import type { Overview, TargetOverview } from '../ports/overview.ts';
import type { ChainPlace } from '../ports/steps.ts';
import type { Actor, Run } from '../run/run.ts';
import type { Calls } from './calls.ts';

/** Executed runs that one actor confirmed at one target, with the sums of their changes. */
export type SyncsOf = {
  readonly by: Actor;
  readonly target: string;
  readonly runs: number;
  /** How many of them are rollbacks. */
  readonly rollbacks: number;
  readonly add: number;
  readonly reactivate: number;
  readonly deactivate: number;
};

/** The content of one digest: the time between two due times. */
export type DigestFacts = {
  readonly since: Date;
  readonly until: Date;
  /** Executed runs per actor and target, the most active first. */
  readonly syncs: readonly SyncsOf[];
  /** Runs that one admin confirmed alone although more people were needed, or during a freeze; the oldest first. */
  readonly alone: readonly Run[];
  /** The present state of the targets. */
  readonly targets: readonly TargetOverview[];
  /** Previews that wait to be confirmed, the oldest first. */
  readonly waiting: readonly Run[];
  /** The end of the audit log. */
  readonly end: ChainPlace | undefined;
};

/** Reports that only the digest needs. */
export type DigestReports = {
  /** Runs executed after `since` and until `until`, per actor and target, the most active first; at most `most` rows. */
  syncs(since: Date, until: Date, most: number): Promise<readonly SyncsOf[]>;
  /** Runs confirmed alone in that time, the oldest first; at most `most`. */
  alone(since: Date, until: Date, most: number): Promise<readonly Run[]>;
  /** Previews that wait to be confirmed, the oldest first. */
  waiting(most: number): Promise<readonly Run[]>;
  /** The newest row of the audit log. */
  end(): Promise<ChainPlace | undefined>;
};

/** The largest number of entries per list. A message names far fewer and counts the rest, up to this number. */
export const MOST_ENTRIES = 1_000;

type DigestPorts = {
  readonly digests: DigestReports;
  readonly overview: Pick<Overview, 'targets'>;
  /** The newest due time before `now`. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
};

/** Collects the digest that is due at `until`, about the time since the due time before. `targets`: the targets that it names. */
export function createDigestFacts({ digests, overview, lastDue, targets }: DigestPorts) {
  return async (until: Date): Promise<DigestFacts> => {
    const since = lastDue(until) ?? until;
    return {
      since,
      until,
      syncs: await digests.syncs(since, until, MOST_ENTRIES),
      alone: await digests.alone(since, until, MOST_ENTRIES),
      targets: await overview.targets(targets),
      waiting: await digests.waiting(MOST_ENTRIES),
      end: await digests.end(),
    };
  };
}

/** 24 h. An older due time is not announced: after the setting is switched on, nobody wants last week's digest. */
const LATEST_MS = 24 * 3_600_000;

/** Announces the digest at its due times, on any number of processes; late if it was missed for less than a day. */
export function createDigest({ lastDue, calls }: Pick<DigestPorts, 'lastDue'> & { readonly calls: Calls }) {
  let served: number | undefined;
  return {
    tick: async (now: Date) => {
      const due = lastDue(now);
      if (due === undefined || due.getTime() === served) return;
      if (now.getTime() - due.getTime() < LATEST_MS) await calls.announceDigest(due);
      served = due.getTime();
    },
  };
}
