import type { CallReason, Calls } from '../sync/automation/calls.ts';
import { type Database, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';

/** A preview is near its end in the last quarter of its life, and in the last hour at the earliest. */
const NEAR_SHARE = 4;
const NEAR_SECONDS = 3_600;
/** The most rows that one look calls for. */
const MOST_NUDGES = 100;
/** The digest belongs to no run. */
const NO_RUN = 0;

/**
 * Has people called because of a run, within the transaction of what they are called for; what the run was called for before
 * is left out.
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

/** Calls and digests, each of which is told once whatever the number of processes that ask for it. */
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
    announceDigest: async (due) => {
      await reaching(
        () => db.$executeRaw`
          INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
          VALUES (${NO_RUN}, 'digest', ${due.toISOString()}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      );
    },
  };
}
