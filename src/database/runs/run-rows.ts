import { z } from 'zod';
import type { Repeats } from '../../sync/ports/source.ts';
import { AUTO_HELD, type AutoHeld, type GuardVerdict, type Rules } from '../../sync/rules/rules.ts';
import type { AbsenceDays, Undecided } from '../../sync/run/absence.ts';
import { type Actor, isInWork, type Run, type RunCounts } from '../../sync/run/run.ts';
import type { Database } from '../client.ts';
import { Prisma, type SyncRun } from '../generated/client.ts';
import { fromJson, toFailure } from './stored-failure.ts';

const count = z.number().int();
/** Strict, like the stored rules: a limit that only a newer version knows must not be dropped as if it allowed everything. */
const guardLimits = z.strictObject({
  count: z.number(),
  percent: z.number(),
  inclusive: z.boolean().optional(),
});
const guardFacts = z.object({ deactivate: count, recentlyDeactivated: count, active: count });
const guardVerdict: z.ZodType<GuardVerdict> = z.discriminatedUnion('tripped', [
  z.object({ tripped: z.literal(false) }),
  z.object({
    tripped: z.literal(true),
    why: z.enum(['limits', 'everyone']),
    limits: guardLimits.optional(),
    ...guardFacts.shape,
  }),
]);

const storedRules: z.ZodType<Rules> = z
  .strictObject({
    limits: z.array(guardLimits),
    protectedEmails: z.array(z.string()),
    people: count.optional(),
    /** Written by versions before `SYNC_APPROVALS`. */
    twoPeople: z.boolean().optional(),
    readFrom: z.string().optional(),
  })
  .transform(({ twoPeople = false, people = twoPeople ? 2 : 1, ...rules }) => ({ ...rules, people }));

/** The rules of a run; undefined if there are none, or if this version does not know them. */
export function toRules(stored: string | null): Rules | undefined {
  return fromJson(storedRules, stored);
}

/** A verdict that this version does not know counts as the gravest one: nobody confirms its plan without a reason. */
function toGuard({ guard, deactivateCount }: SyncRun): GuardVerdict {
  if (guard === null) return { tripped: false };
  const atWorst = { deactivate: deactivateCount, recentlyDeactivated: 0, active: deactivateCount };
  const gravest = () =>
    ({ tripped: true, why: 'everyone', ...(fromJson(guardFacts, guard) ?? atWorst) }) as const;
  return fromJson(guardVerdict, guard) ?? gravest();
}

const undecided: z.ZodType<Undecided> = z.object({
  doubt: z.enum(['order_ignored', 'end_repeats', 'end_unknown']),
  users: count,
});

const repeats: z.ZodType<Repeats> = z.object({
  total: count,
  users: z.array(z.object({ id: z.number(), email: z.string().nullable() })),
});

const absence: z.ZodType<AbsenceDays> = z.object({ days: count, proposed: count, waiting: count });

/** The runs with these numbers, by their numbers unless `orderBy` says otherwise. */
export async function runsById(
  db: Database,
  ids: readonly number[],
  orderBy: Prisma.SyncRunFindManyArgs['orderBy'] = { id: 'asc' },
): Promise<readonly Run[]> {
  return (await db.syncRun.findMany({ where: { id: { in: [...ids] } }, orderBy })).map(toRun);
}

/** What the reads proved, as far as this version knows it. */
function evidence(row: SyncRun) {
  return {
    undecided: fromJson(undecided, row.undecided),
    repeats: fromJson(repeats, row.repeats),
    absence: fromJson(absence, row.absence),
    rules: toRules(row.rules),
  };
}

/**
 * A stored run in the core's form. A newer version may have written the row: what this version does not know of it never throws,
 * because one such run would stop every list and the housekeeping of all runs.
 */
export function toRun(row: SyncRun): Run {
  return {
    id: row.id,
    target: row.target,
    locationId: Number(row.locationId),
    locationName: row.locationName,
    status: row.status,
    waits: isInWork(row.status) && row.leaseOwner === null,
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
    guard: toGuard(row),
    ...evidence(row),
    planHash: row.planHash ?? undefined,
    failure: row.failure === null ? undefined : toFailure(row.failure),
    alone: row.alone,
    autoRule: row.autoRule ?? undefined,
    autoHeld: heldOf(row),
    ...relations(row),
  };
}

/** A cause that this version does not know leaves the plan to people too, and so does evidence that it cannot read. */
function heldOf(row: SyncRun): AutoHeld | undefined {
  if (row.autoHeld !== null) return AUTO_HELD.find((why) => why === row.autoHeld) ?? 'refused';
  if (row.autoRule === null || row.status !== 'ready') return undefined;
  const read = evidence(row);
  const isUnread = (field: keyof typeof read) => row[field] !== null && read[field] === undefined;
  return (['undecided', 'repeats', 'absence', 'rules'] as const).some(isUnread) ? 'unproven' : undefined;
}

/** The references to other runs. */
function relations(row: SyncRun) {
  return {
    nextRunId: row.nextRunId ?? undefined,
    reverts: row.revertsRunId ?? undefined,
    leftInForce: row.leftCount ?? undefined,
    takenBackBy: row.takenBackById ?? undefined,
    redoneBy: row.redoneById ?? undefined,
    batchId: row.batchId ?? undefined,
  };
}

/** SQL: sets the counts of a plan, as `toRun` reads them. */
export function setCounts(counts: RunCounts): Prisma.Sql {
  return Prisma.sql`
    source_count = ${counts.source}, add_count = ${counts.add}, reactivate_count = ${counts.reactivate},
    deactivate_count = ${counts.deactivate}, omitted_count = ${counts.omitted}, protected_count = ${counts.protected},
    kept_count = ${counts.kept}, unchanged_count = ${counts.unchanged}, already_inactive_count = ${counts.alreadyInactive},
    skipped_count = ${counts.skipped}, duplicate_count = ${counts.duplicates}`;
}

/** JSON for a column that is NULL where there is nothing. */
export function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function actor(id: string | null, name: string | null): Actor | undefined {
  return id === null ? undefined : { id, name: name ?? id };
}
