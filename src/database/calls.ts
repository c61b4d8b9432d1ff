import type { CallReason, Calls } from '../sync/automation/calls.ts';
import { type Database, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';

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
    announceDigest: async (due) => {
      await reaching(
        () => db.$executeRaw`
          INSERT IGNORE INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at)
          VALUES (${NO_RUN}, 'digest', ${due.toISOString()}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      );
    },
  };
}
