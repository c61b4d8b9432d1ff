import type { CallReason, Calls } from '../sync/automation/calls.ts';
import type { Reminders } from '../sync/automation/schedule.ts';
import type { HomeViewers } from '../sync/ports/ports.ts';
import type { Actor } from '../sync/run/run.ts';
import { EVERY_TARGET, type Pause, type Pauses } from '../sync/use-cases/pause.ts';
import { appendAudit } from './audit/audit.ts';
import { type Database, execute, inTransaction, query, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';

/** People are called in the last quarter of a preview's life, and at the earliest in its last hour. */
const NEAR_SHARE = 4;
const NEAR_SECONDS = 3_600;
/** The largest number of previews per round. */
const MOST_NUDGES = 100;
/** 1 min. A run that ended before is stored by then. */
const STORED_MS = 60_000;
/** The digest has no run. */
const NO_RUN = 0;

/** Writes calls for people in the transaction of a run's step. A reason that was written for the run before is ignored. */
export async function enqueueCalls(
  tx: Transaction,
  runId: number,
  reasons: readonly CallReason[],
): Promise<void> {
  if (reasons.length === 0) return;
  const now = Prisma.sql`UTC_TIMESTAMP(3)`;
  await tx.$executeRaw`
    INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
    VALUES ${Prisma.join(reasons.map((reason) => Prisma.sql`(${runId}, 'call', ${reason}, ${now}, ${now})`))}`;
}

/** Creates `Calls`. Each call and digest is written once, however many processes ask for it. */
export function createCalls(db: Database): Calls {
  return {
    nudge: async () => {
      const reason: CallReason = 'expiring';
      await execute(db)`
        INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
        SELECT r.id, 'call', ${reason}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM sync_runs r
        WHERE r.status = 'ready' AND r.expires_at > UTC_TIMESTAMP(3)
          AND r.expires_at <= UTC_TIMESTAMP(3) + INTERVAL ${NEAR_SECONDS} SECOND
          AND TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), r.expires_at) * ${NEAR_SHARE}
              < TIMESTAMPDIFF(SECOND, r.ready_at, r.expires_at)
          AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.run_id = r.id AND o.reason = ${reason})
        LIMIT ${MOST_NUDGES}`;
    },
    // Runs end by the database's clock, and are seen once their transaction is stored. A digest written before would miss the last
    // ones: they belong to its time, and no later digest names them.
    announceDigest: async (due) => {
      await execute(db)`
        INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
        VALUES (${NO_RUN}, 'digest', ${due.toISOString()}, UTC_TIMESTAMP(3), GREATEST(UTC_TIMESTAMP(3), ${new Date(due.getTime() + STORED_MS)}))`;
    },
  };
}

/** Creates `HomeViewers`, which remember who opened the Home tab within the last day. */
export function createHomeViewers(db: Database): HomeViewers {
  return {
    saw: async (userId) => {
      await execute(db)`
        INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (${userId}, UTC_TIMESTAMP(3))
        ON DUPLICATE KEY UPDATE seen_at = UTC_TIMESTAMP(3)`;
    },
    recent: async (limit) => {
      const rows = await query(db)<{ userId: string }>`
        SELECT user_id AS userId FROM sync_home_viewers
        WHERE seen_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY seen_at DESC LIMIT ${limit}`;
      return rows.map(({ userId }) => userId);
    },
  };
}

/** 1 min. Longer than a post may take. */
const POSTING_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`;

/** Creates `Reminders`. A key is a row with a lease; the row of a told key has none. Until then, `told_at` is its first claim. */
export function createReminders(db: Database): Reminders {
  return {
    claim: (key) =>
      reaching(async () => {
        const inserted = await execute(db)`
          INSERT IGNORE INTO sync_reminders (week, told_at, lease_until)
          VALUES (${key}, UTC_TIMESTAMP(3), ${POSTING_UNTIL})`;
        if (inserted === 1) return 'first';
        const taken = await execute(db)`
          UPDATE sync_reminders SET lease_until = ${POSTING_UNTIL}
          WHERE week = ${key} AND lease_until < UTC_TIMESTAMP(3)`;
        if (taken === 1) return 'again';
        const told = await db.syncReminder.findFirst({ where: { week: key, leaseUntil: null } });
        return told === null ? 'busy' : 'told';
      }),
    answerLost: async (key) => {
      await execute(db)`
        UPDATE sync_reminders
        SET lease_until = UTC_TIMESTAMP(3) + INTERVAL GREATEST(60, 4 * TIMESTAMPDIFF(SECOND, told_at, UTC_TIMESTAMP(3))) SECOND
        WHERE week = ${key} AND lease_until IS NOT NULL`;
    },
    told: async (key) => {
      await execute(db)`
        UPDATE sync_reminders SET told_at = UTC_TIMESTAMP(3), lease_until = NULL WHERE week = ${key}`;
    },
  };
}

type NewPause = {
  readonly target: string;
  readonly locationId: number | bigint | undefined;
  readonly by: Actor;
  /** SQL: the number of the run, and why. */
  readonly becauseOf: Prisma.Sql;
};

/** In a pause: no location, as in a pause of all targets. A location that really has this number is paused by its name alone. */
const NO_LOCATION = 0;

/**
 * Stores a pause. False if there is one already of the name and the location: a name may mean another location by now, and then the
 * pause from before says nothing about this one.
 */
export async function insertPause(
  tx: Transaction,
  { target, locationId, by, becauseOf }: NewPause,
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT IGNORE INTO sync_pauses (target, location_id, paused_by_id, paused_by_name, paused_at, run_id, why)
    VALUES (${target}, ${locationId ?? NO_LOCATION}, ${by.id}, ${by.name.slice(0, 255)}, UTC_TIMESTAMP(3), ${becauseOf})`;
  return inserted > 0;
}

/** Records that a request is served. False if it was served before. */
async function serveOnce(tx: Transaction, requestKey: string | undefined): Promise<boolean> {
  if (requestKey === undefined) return true;
  const stored = await tx.$executeRaw`
    INSERT IGNORE INTO sync_requests (request_key, served_at) VALUES (${requestKey}, UTC_TIMESTAMP(3))`;
  return stored > 0;
}

/** Creates `Pauses`. Each change and its audit row are one transaction. */
export function createPauses(db: Database): Pauses {
  return {
    all: async () => {
      const rows = await reaching(() =>
        db.syncPause.findMany({ orderBy: [{ target: 'asc' }, { pausedAt: 'asc' }] }),
      );
      return rows.map(toPause);
    },
    pause: (target, by, { locationId, requestKey } = {}) =>
      inTransaction(db, async (tx) => {
        if (!(await serveOnce(tx, requestKey))) return 'repeated';
        const becauseOf = Prisma.sql`NULL, NULL`;
        if (!(await insertPause(tx, { target, locationId, by, becauseOf }))) return 'paused_already';
        const audit = { step: 'paused', actor: by, outcome: 'paused', target } as const;
        await appendAudit(tx, { audit, run: undefined });
        return 'paused';
      }),
    resume: (targets, by, { locationId = NO_LOCATION, requestKey } = {}) =>
      inTransaction(db, async (tx) => {
        if (!(await serveOnce(tx, requestKey))) return 'repeated';
        const every = targets.includes(EVERY_TARGET);
        const named = Prisma.sql`target IN (${Prisma.join([...targets])}) OR location_id = NULLIF(${locationId}, ${NO_LOCATION})`;
        const rows = await tx.$queryRaw<{ target: string; locationId: bigint }[]>`
          SELECT target, CAST(location_id AS UNSIGNED) AS locationId FROM sync_pauses
          WHERE ${every ? Prisma.sql`TRUE` : named} ORDER BY target, location_id FOR UPDATE`;
        for (const paused of rows) {
          await tx.$executeRaw`
            DELETE FROM sync_pauses WHERE target = ${paused.target} AND location_id = ${paused.locationId}`;
          const audit = { step: 'resumed', actor: by, outcome: 'resumed', target: paused.target } as const;
          await appendAudit(tx, { audit, run: undefined });
        }
        return rows.map(placeOf);
      }),
  };
}

/** The name and the location of a pause. */
function placeOf({ target, locationId }: { readonly target: string; readonly locationId: bigint }) {
  return { target, locationId: Number(locationId) === NO_LOCATION ? undefined : Number(locationId) };
}

type PauseRow = Awaited<ReturnType<Database['syncPause']['findMany']>>[number];

function toPause(row: PauseRow): Pause {
  const { runId, why } = row;
  const isKnown = why === 'failed' || why === 'taken_back';
  return {
    ...placeOf(row),
    by: { id: row.pausedById, name: row.pausedByName },
    at: row.pausedAt,
    becauseOf: runId === null || !isKnown ? undefined : { runId, why },
  };
}
