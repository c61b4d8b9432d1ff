import { z } from 'zod';
import type { Repeats } from '../../sync/ports/source.ts';
import { AUTO_HELD, type GuardVerdict, type Rules } from '../../sync/rules/rules.ts';
import type { AbsenceDays, Undecided } from '../../sync/run/absence.ts';
import type { Actor, Run, RunStatus } from '../../sync/run/run.ts';
import type { SyncRun } from '../generated/client.ts';
import { toFailure } from './stored-failure.ts';

const count = z.number().int();
const guardLimits = z.object({
  count: z.number(),
  percent: z.number(),
  inclusive: z.boolean().optional(),
});
const guardVerdict: z.ZodType<GuardVerdict> = z.discriminatedUnion('tripped', [
  z.object({ tripped: z.literal(false) }),
  z.object({
    tripped: z.literal(true),
    why: z.enum(['limits', 'everyone']),
    limits: guardLimits.optional(),
    deactivate: count,
    recentlyDeactivated: count,
    active: count,
  }),
]);

const storedRules: z.ZodType<Rules> = z
  .object({
    limits: z.array(guardLimits),
    protectedEmails: z.array(z.string()),
    people: count.optional(),
    /** Written by versions before `SYNC_APPROVALS`. */
    twoPeople: z.boolean().optional(),
  })
  .transform(({ twoPeople = false, people = twoPeople ? 2 : 1, ...rules }) => ({ ...rules, people }));

/** The stored rules of a run; undefined if there are none, or if this version does not know them. */
export function toRules(stored: string | null): Rules | undefined {
  if (stored === null) return undefined;
  try {
    return storedRules.parse(JSON.parse(stored));
  } catch {
    return undefined;
  }
}

const undecided: z.ZodType<Undecided> = z.object({
  doubt: z.enum(['order_ignored', 'end_repeats', 'end_unknown']),
  users: count,
});

function toUndecided(stored: string | null): Undecided | undefined {
  return stored === null ? undefined : undecided.parse(JSON.parse(stored));
}

const repeats: z.ZodType<Repeats> = z.object({
  total: count,
  users: z.array(z.object({ id: z.number(), email: z.string().nullable() })),
});

const absence: z.ZodType<AbsenceDays> = z.object({ days: count, proposed: count, waiting: count });

/** Statuses in which a process holds the run, unless the run waits for a process. */
const WORK: readonly RunStatus[] = ['reading', 'executing'];

/** A stored run in the core's form. Throws a ZodError if this version does not know its stored JSON. */
export function toRun(row: SyncRun): Run {
  return {
    id: row.id,
    target: row.target,
    locationId: Number(row.locationId),
    locationName: row.locationName,
    status: row.status,
    waits: WORK.includes(row.status) && row.leaseOwner === null,
    channelId: row.channelId,
    messageTs: row.messageTs ?? undefined,
    messageRefused: row.messageRefused ?? undefined,
    fileRefused: row.fileRefused ?? undefined,
    requestedBy: { id: row.requestedById, name: row.requestedByName },
    confirmedBy: actor(row.confirmedById, row.confirmedByName),
    cancelledBy: actor(row.cancelledById, row.cancelledByName),
    reason: row.reason ?? undefined,
    requestedAt: row.requestedAt,
    readyAt: row.readyAt ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    confirmedAt: row.confirmedAt ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
    counts: {
      source: row.sourceCount,
      add: row.addCount,
      reactivate: row.reactivateCount,
      deactivate: row.deactivateCount,
      omitted: row.omittedCount,
      protected: row.protectedCount,
      kept: row.keptCount,
      unchanged: row.unchangedCount,
      alreadyInactive: row.alreadyInactiveCount,
      skipped: row.skippedCount,
      duplicates: row.duplicateCount,
    },
    guard: row.guard === null ? { tripped: false } : guardVerdict.parse(JSON.parse(row.guard)),
    undecided: toUndecided(row.undecided),
    repeats: row.repeats === null ? undefined : repeats.parse(JSON.parse(row.repeats)),
    rules: toRules(row.rules),
    planHash: row.planHash ?? undefined,
    failure: row.failure === null ? undefined : toFailure(row.failure),
    alone: row.alone,
    ...byRule(row),
    ...relations(row),
  };
}

/** The fields for unattended runs: the rule of a scheduled plan, and the days of absence. */
function byRule(row: SyncRun): Pick<Run, 'autoRule' | 'autoHeld' | 'absence'> {
  return {
    autoRule: row.autoRule ?? undefined,
    autoHeld: row.autoHeld === null ? undefined : z.enum(AUTO_HELD).parse(row.autoHeld),
    absence: row.absence === null ? undefined : absence.parse(JSON.parse(row.absence)),
  };
}

/** The references to other runs. */
function relations(
  row: SyncRun,
): Pick<Run, 'nextRunId' | 'reverts' | 'takenBackBy' | 'redoneBy' | 'batchId'> {
  return {
    nextRunId: row.nextRunId ?? undefined,
    reverts: row.revertsRunId ?? undefined,
    takenBackBy: row.takenBackById ?? undefined,
    redoneBy: row.redoneById ?? undefined,
    batchId: row.batchId ?? undefined,
  };
}

function actor(id: string | null, name: string | null): Actor | undefined {
  return id === null ? undefined : { id, name: name ?? id };
}
