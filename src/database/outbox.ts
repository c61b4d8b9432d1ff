import type { Backlog, Notice, NoticeKind, Outbox } from '../sync/outbox.ts';
import { type Database, inTransaction, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Longer than one delivery may take; after it, another process may try. */
const DELIVERY_LEASE_SECONDS = 60;

/** Writes what Slack must be told of a run, within the transaction of the change that it tells of. */
export async function enqueue(tx: Transaction, runId: number, kinds: readonly NoticeKind[]): Promise<void> {
  if (kinds.length === 0) return;
  const rows = kinds.map((kind) => Prisma.sql`(${runId}, ${kind}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`);
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at) VALUES ${Prisma.join(rows)}`;
}

/** A summary that stands in the channel is edited at most so often: Slack takes some 50 edits a minute in all. */
const SUMMARY_EVERY_SECONDS = 2;

/**
 * Has a batch's summary brought up to date. It belongs to the batch's first run, so that two processes never write
 * the same summary at once. One that waits already will show this change too: it is locked until `tx` ends, so that
 * nobody delivers it before.
 */
export async function enqueueSummary(tx: Transaction, batchId: number): Promise<void> {
  const [waiting] = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM sync_outbox o
    WHERE o.run_id = (SELECT MIN(r.id) FROM sync_runs r WHERE r.batch_id = ${batchId})
      AND o.kind = 'summary' AND o.closed_at IS NULL AND o.lease_owner IS NULL FOR UPDATE`;
  if (waiting !== undefined) return;
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at)
    SELECT MIN(r.id), 'summary', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL IF(
             (SELECT b.message_ts FROM sync_batches b WHERE b.id = ${batchId}) IS NULL, 0, ${SUMMARY_EVERY_SECONDS}
           ) SECOND
    FROM sync_runs r WHERE r.batch_id = ${batchId}`;
}

/** The outbox as seen by one process, `owner`. Notices of one run are delivered one after the other. */
export function createOutbox(db: Database, owner: string): Outbox {
  return {
    claimDue: (limit, underWay) => inTransaction(db, (tx) => claimDue(tx, owner, limit, underWay)),
    close: async (notice) => {
      await reaching(
        () => db.$executeRaw`
          UPDATE sync_outbox SET closed_at = UTC_TIMESTAMP(3), lease_owner = NULL, lease_until = NULL
          WHERE id = ${notice.id} AND lease_owner = ${owner}`,
      );
    },
    postpone: async (notice, error, delaySeconds) => {
      await reaching(
        () => db.$executeRaw`
          UPDATE sync_outbox
          SET lease_owner = NULL, lease_until = NULL, last_error = ${error.slice(0, 500)},
              next_attempt_at = UTC_TIMESTAMP(3) + INTERVAL ${delaySeconds} SECOND
          WHERE id = ${notice.id} AND lease_owner = ${owner}`,
      );
    },
    backlog: () => reaching(() => backlog(db)),
  };
}

async function backlog(db: Database): Promise<Backlog> {
  const [row] = await db.$queryRaw<{ notices: bigint; oldestSeconds: bigint | null }[]>`
    SELECT COUNT(*) AS notices, TIMESTAMPDIFF(SECOND, MIN(created_at), UTC_TIMESTAMP(3)) AS oldestSeconds
    FROM sync_outbox WHERE closed_at IS NULL`;
  return { notices: Number(row?.notices ?? 0), oldestSeconds: Number(row?.oldestSeconds ?? 0) };
}

async function claimDue(
  tx: Transaction,
  owner: string,
  limit: number,
  underWay: readonly number[],
): Promise<readonly Notice[]> {
  const forgotten = Prisma.sql`o.lease_owner = ${owner} AND o.id NOT IN (${Prisma.join([0, ...underWay])})`;
  const due = await tx.$queryRaw<
    { id: number; runId: number; kind: NoticeKind; attempts: number; ageSeconds: number }[]
  >`
    SELECT o.id, o.run_id AS runId, o.kind, CAST(o.attempts + 1 AS SIGNED) AS attempts,
           TIMESTAMPDIFF(SECOND, o.created_at, UTC_TIMESTAMP(3)) AS ageSeconds
    FROM sync_outbox o
    WHERE o.closed_at IS NULL AND o.next_attempt_at <= UTC_TIMESTAMP(3)
      AND (o.lease_until IS NULL OR o.lease_until < UTC_TIMESTAMP(3) OR (${forgotten}))
      AND NOT EXISTS (SELECT 1 FROM sync_outbox p WHERE p.run_id = o.run_id AND p.closed_at IS NULL AND p.id < o.id)
    ORDER BY o.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  if (due.length === 0) return [];
  await tx.$executeRaw`
    UPDATE sync_outbox
    SET lease_owner = ${owner}, attempts = attempts + 1,
        lease_until = UTC_TIMESTAMP(3) + INTERVAL ${DELIVERY_LEASE_SECONDS} SECOND
    WHERE id IN (${Prisma.join(due.map((notice) => notice.id))})`;
  return due.map((notice) => ({
    id: Number(notice.id),
    runId: Number(notice.runId),
    kind: notice.kind,
    attempts: Number(notice.attempts),
    ageSeconds: Number(notice.ageSeconds),
  }));
}
