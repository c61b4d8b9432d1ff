import type { CallReason, Calls } from '../sync/automation/calls.ts';
import type { DigestReports } from '../sync/automation/digest.ts';
import type { Reminders } from '../sync/automation/schedule.ts';
import type { HomeViewers } from '../sync/ports/ports.ts';
import type { ChainPlace } from '../sync/ports/steps.ts';
import { auditNames } from './audit/audit-tables.ts';
import { type Database, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { toRun } from './runs/run-rows.ts';

/** People are called in the last quarter of a preview's life, and at the earliest in its last hour. */
const NEAR_SHARE = 4;
const NEAR_SECONDS = 3_600;
/** The largest number of previews per round. */
const MOST_NUDGES = 100;
/** The digest has no run. */
const NO_RUN = 0;

/**
 * Writes calls for people because of a run, in the transaction of the step. A reason that was written for the run before is
 * ignored.
 */
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
      await reaching(
        () => db.$executeRaw`
          INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
          SELECT r.id, 'call', ${reason}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM sync_runs r
          WHERE r.status = 'ready' AND r.expires_at > UTC_TIMESTAMP(3)
            AND r.expires_at <= UTC_TIMESTAMP(3) + INTERVAL ${NEAR_SECONDS} SECOND
            AND TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), r.expires_at) * ${NEAR_SHARE}
                < TIMESTAMPDIFF(SECOND, r.ready_at, r.expires_at)
            AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.run_id = r.id AND o.reason = ${reason})
          LIMIT ${MOST_NUDGES}`,
      );
    },
    // Runs end by the database's clock. A digest written before that clock reaches the due time would miss the last runs.
    announceDigest: async (due) => {
      await reaching(
        () => db.$executeRaw`
          INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
          VALUES (${NO_RUN}, 'digest', ${due.toISOString()}, UTC_TIMESTAMP(3), GREATEST(UTC_TIMESTAMP(3), ${due}))`,
      );
    },
  };
}

/** The transaction of a run that was confirmed alone writes a call with this reason, so these calls name the runs. */
const BROKE_GLASS: CallReason = 'broke_glass';

type SyncsRow = {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly runs: bigint;
} & Readonly<Record<'rollbacks' | 'added' | 'reactivated' | 'deactivated', unknown>>;

/** Creates `DigestReports`: what the runs between two due times did, and what waits. */
export function createDigestReports(db: Database): DigestReports {
  return {
    syncs: async (since, until, most) => {
      const rows = await reaching(
        () => db.$queryRaw<SyncsRow[]>`
          SELECT confirmed_by_id AS id, MAX(confirmed_by_name) AS name, target, COUNT(*) AS runs, COUNT(reverts_run_id) AS rollbacks,
                 SUM(add_count) AS added, SUM(reactivate_count) AS reactivated, SUM(deactivate_count) AS deactivated
          FROM sync_runs
          WHERE status = 'completed' AND finished_at > ${since} AND finished_at <= ${until}
            AND confirmed_by_id IS NOT NULL
          GROUP BY confirmed_by_id, target ORDER BY runs DESC, id, target LIMIT ${most}`,
      );
      return rows.map((row) => ({
        by: { id: row.id, name: row.name },
        target: row.target,
        runs: Number(row.runs),
        rollbacks: Number(row.rollbacks),
        add: Number(row.added),
        reactivate: Number(row.reactivated),
        deactivate: Number(row.deactivated),
      }));
    },
    alone: (since, until, most) =>
      reaching(async () => {
        const called = await db.syncOutbox.findMany({
          where: { reason: BROKE_GLASS, createdAt: { gt: since, lte: until } },
          orderBy: { id: 'asc' },
          take: most,
          select: { runId: true },
        });
        const ids = called.map(({ runId }) => runId);
        const rows = await db.syncRun.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
        return rows.map(toRun);
      }),
    waiting: (most) =>
      reaching(async () => {
        const rows = await db.syncRun.findMany({
          where: { status: 'ready', expiresAt: { gt: new Date() } },
          orderBy: { readyAt: 'asc' },
          take: most,
        });
        return rows.map(toRun);
      }),
    end: () =>
      reaching(async () => {
        const { heads } = await auditNames(db);
        const [row] = await db.$queryRaw<ChainPlace[]>`SELECT seq, hash FROM ${heads} WHERE seq > 0`;
        return row;
      }),
  };
}

/** Creates `HomeViewers`, which remember who opened the Home tab within the last day. */
export function createHomeViewers(db: Database): HomeViewers {
  return {
    saw: async (userId) => {
      await reaching(
        () => db.$executeRaw`
          INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (${userId}, UTC_TIMESTAMP(3))
          ON DUPLICATE KEY UPDATE seen_at = UTC_TIMESTAMP(3)`,
      );
    },
    recent: async (limit) => {
      const rows = await reaching(
        () => db.$queryRaw<{ userId: string }[]>`
          SELECT user_id AS userId FROM sync_home_viewers
          WHERE seen_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY seen_at DESC LIMIT ${limit}`,
      );
      return rows.map(({ userId }) => userId);
    },
  };
}

/** 1 min. Longer than a post may take. */
const POSTING_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`;

/** Creates `Reminders`. A key is a row with a lease; the row of a told key has none. */
export function createReminders(db: Database): Reminders {
  return {
    claim: (key) =>
      reaching(async () => {
        const inserted = await db.$executeRaw`
          INSERT IGNORE INTO sync_reminders (week, told_at, lease_until)
          VALUES (${key}, UTC_TIMESTAMP(3), ${POSTING_UNTIL})`;
        if (inserted === 1) return 'first';
        const taken = await db.$executeRaw`
          UPDATE sync_reminders SET lease_until = ${POSTING_UNTIL}
          WHERE week = ${key} AND lease_until < UTC_TIMESTAMP(3)`;
        if (taken === 1) return 'again';
        const told = await db.syncReminder.findFirst({ where: { week: key, leaseUntil: null } });
        return told === null ? 'busy' : 'told';
      }),
    told: async (key) => {
      await reaching(
        () => db.$executeRaw`
          UPDATE sync_reminders SET told_at = UTC_TIMESTAMP(3), lease_until = NULL WHERE week = ${key}`,
      );
    },
  };
}
