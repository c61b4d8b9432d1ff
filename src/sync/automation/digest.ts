import type { ChainPlace } from '../ports/audit.ts';
import type { Overview, TargetOverview } from '../ports/overview.ts';
import type { Actor, Run } from '../run/run.ts';
import type { Calls } from './calls.ts';

/** What one person had executed at one target. */
export type SyncsOf = {
  readonly by: Actor;
  readonly target: string;
  readonly runs: number;
  readonly add: number;
  readonly reactivate: number;
  readonly deactivate: number;
};

/** What the digest tells of the time between two due times. */
export type DigestFacts = {
  readonly since: Date;
  readonly until: Date;
  /** What was executed, the most active first. */
  readonly syncs: readonly SyncsOf[];
  /** What one admin confirmed alone where more people were needed, or in a freeze; the oldest first. */
  readonly alone: readonly Run[];
  /** How the targets stand now. */
  readonly targets: readonly TargetOverview[];
  /** Previews that wait to be confirmed, the oldest first. */
  readonly waiting: readonly Run[];
  /** The end of the audit log. */
  readonly end: ChainPlace | undefined;
};

/** The reports that the digest adds to those that admins can ask for. */
export type DigestReports = {
  /** What was executed in that time, the most active first, `most` of them at most. */
  syncs(since: Date, until: Date, most: number): Promise<readonly SyncsOf[]>;
  /** What was confirmed alone in that time, the oldest first. */
  alone(since: Date, until: Date, most: number): Promise<readonly Run[]>;
  /** Previews that wait to be confirmed, the oldest first. */
  waiting(most: number): Promise<readonly Run[]>;
  /** The newest row of the whole audit log. */
  end(): Promise<ChainPlace | undefined>;
};

/** Of each list, as many as one message may have space for. */
const MOST_SYNCS = 50;
const MOST_WAITING = 20;
const MOST_ALONE = 20;

/** What the digest of a due time tells, since the one before it. `targets` are those that it names. */
export function createDigestFacts({
  digests,
  overview,
  lastDue,
  targets,
}: {
  readonly digests: DigestReports;
  readonly overview: Pick<Overview, 'targets'>;
  readonly lastDue: (now: Date) => Date | undefined;
  readonly targets: readonly string[];
}): (until: Date) => Promise<DigestFacts> {
  return async (until) => {
    const since = lastDue(until) ?? until;
    return {
      since,
      until,
      syncs: await digests.syncs(since, until, MOST_SYNCS),
      alone: await digests.alone(since, until, MOST_ALONE),
      targets: await overview.targets(targets),
      waiting: await digests.waiting(MOST_WAITING),
      end: await digests.end(),
    };
  };
}

/** What was due before that is not told any more: nobody wants last week's digest when the setting is switched on. */
const LATEST_MS = 24 * 3_600_000;

/** Announces the digest at its due times, on any number of processes; one that was missed for less than a day is caught up. */
export function createDigest({
  lastDue,
  calls,
}: {
  /** The newest time before `now` at which the digest was due. */
  readonly lastDue: (now: Date) => Date | undefined;
  readonly calls: Calls;
}): { tick(now: Date): Promise<void> } {
  let served: number | undefined;
  return {
    tick: async (now) => {
      const due = lastDue(now);
      if (due === undefined || due.getTime() === served) return;
      if (now.getTime() - due.getTime() < LATEST_MS) await calls.announceDigest(due);
      served = due.getTime();
    },
  };
}
