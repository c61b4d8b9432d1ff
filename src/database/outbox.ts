import {
  type Backlog,
  NOTICE_KINDS,
  type Notice,
  type NoticeKind,
  type Outbox,
  type Owed,
  type Places,
  type RunNotice,
  type Untold,
} from '../sync/ports/steps.ts';
import { type Database, inTransaction, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { toRun } from './runs/run-rows.ts';

/** Longer than one delivery may take. Afterwards another process may try. */
const DELIVERY_LEASE_SECONDS = 60;
/** The outcome waits so long for the edit of the message, so that both show the result. */
const MESSAGE_FIRST_SECONDS = 2;
/** The largest number of rows that one claim locks. */
const MOST_DUE = 50;
const UNTOLD_DAYS = 7;
const MOST_UNTOLD = 5;

/** Longer than an edit of the message may take (EDIT_TIMEOUT_MS in src/slack/tell/announcer.ts). */
const TELLER_SECONDS = 5;

/**
 * Writes the notices of a run's step, in the transaction of the step. `teller` is the process that may still be editing the run's
 * message. It gets the notice of the message for the first seconds, so that its older edit cannot overwrite another process's
 * edit.
 */
export async function enqueue(
  tx: Transaction,
  runId: number,
  kinds: readonly RunNotice[],
  teller?: string,
): Promise<void> {
  if (kinds.length === 0) return;
  const now = Prisma.sql`UTC_TIMESTAMP(3)`;
  const row = (kind: RunNotice) => {
    const holder = kind === 'message' ? (teller ?? null) : null;
    const until = holder === null ? Prisma.sql`NULL` : Prisma.sql`${now} + INTERVAL ${TELLER_SECONDS} SECOND`;
    return Prisma.sql`(${runId}, ${kind}, ${now}, ${now}, ${holder}, ${until})`;
  };
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at, lease_owner, lease_until)
    VALUES ${Prisma.join(kinds.map(row))}`;
}

/** The shortest time between two edits of a posted summary: Slack allows about 50 edits a minute in all. */
const SUMMARY_EVERY_SECONDS = 2;

/**
 * Queues an edit of a batch's summary. The notice belongs to the batch's first run, so that two processes never edit the summary
 * at once. If a notice waits already, it will show this change too: it is locked until `tx` ends, so that nobody delivers it
 * before.
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

/** The outbox for one process, `owner`. */
export function createOutbox(db: Database, owner: string): Outbox {
  return {
    claimDue: (places, underWay) => inTransaction(db, (tx) => claimDue(tx, owner, places, underWay)),
    toldTo: async (notice, userId) => {
      await reaching(
        () => db.$executeRaw`
          UPDATE sync_outbox SET told_to = CONCAT_WS(',', NULLIF(told_to, ''), ${userId}) WHERE id = ${notice.id}`,
      );
    },
    close: async (notice, untold) => {
      await reaching(
        () => db.$executeRaw`
          UPDATE sync_outbox
          SET closed_at = UTC_TIMESTAMP(3), lease_owner = NULL, lease_until = NULL, untold = ${untold?.slice(0, 100) ?? null}
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
    owed: (runId) => reaching(() => owed(db, runId)),
    backlog: () => reaching(() => backlog(db)),
    untold: () => reaching(() => untold(db)),
  };
}

async function owed(db: Database, runId: number): Promise<Owed> {
  const notice = await db.syncOutbox.findFirst({
    where: { runId, kind: 'message', closedAt: null },
    orderBy: { id: 'asc' },
  });
  if (notice === null) return 'nothing';
  return notice.lastError === null ? 'untried' : { reason: notice.lastError };
}

async function backlog(db: Database): Promise<Backlog> {
  const [row] = await db.$queryRaw<{ notices: bigint; oldestSeconds: bigint | null }[]>`
    SELECT COUNT(*) AS notices, TIMESTAMPDIFF(SECOND, MIN(created_at), UTC_TIMESTAMP(3)) AS oldestSeconds
    FROM sync_outbox WHERE closed_at IS NULL`;
  return { notices: Number(row?.notices ?? 0), oldestSeconds: Number(row?.oldestSeconds ?? 0) };
}

async function untold(db: Database): Promise<readonly Untold[]> {
  const rows = await db.$queryRaw<{ runId: number; reason: string }[]>`
    SELECT o.run_id AS runId, MAX(o.untold) AS reason FROM sync_outbox o
    WHERE o.untold IS NOT NULL AND o.closed_at > UTC_TIMESTAMP(3) - INTERVAL ${UNTOLD_DAYS} DAY
    GROUP BY o.run_id ORDER BY o.run_id DESC LIMIT ${MOST_UNTOLD}`;
  const runs = await db.syncRun.findMany({ where: { id: { in: rows.map(({ runId }) => Number(runId)) } } });
  return rows.flatMap(({ runId, reason }) => {
    const run = runs.find(({ id }) => id === Number(runId));
    return run === undefined ? [] : [{ run: toRun(run), reason }];
  });
}

type DueRow = {
  readonly id: number;
  readonly runId: number;
  readonly kind: NoticeKind;
  readonly attempts: number;
  readonly ageSeconds: number;
  readonly toldTo: string;
  readonly reason: string | null;
};

async function claimDue(
  tx: Transaction,
  owner: string,
  places: Places,
  underWay: readonly number[],
): Promise<readonly Notice[]> {
  const kinds = NOTICE_KINDS.filter((kind) => places[kind] > 0);
  if (kinds.length === 0) return [];
  const forgotten = Prisma.sql`o.lease_owner = ${owner} AND o.id NOT IN (${Prisma.join([0, ...underWay])})`;
  const first = Prisma.sql`
    p.kind = o.kind OR (p.kind = 'message' AND (
      o.kind IN ('list', 'call') OR (o.kind = 'thread' AND o.created_at > UTC_TIMESTAMP(3) - INTERVAL ${MESSAGE_FIRST_SECONDS} SECOND)))`;
  const due = await tx.$queryRaw<DueRow[]>`
    SELECT o.id, o.run_id AS runId, o.kind, CAST(o.attempts + 1 AS SIGNED) AS attempts, o.told_to AS toldTo, o.reason,
           TIMESTAMPDIFF(SECOND, o.created_at, UTC_TIMESTAMP(3)) AS ageSeconds
    FROM sync_outbox o
    WHERE o.closed_at IS NULL AND o.next_attempt_at <= UTC_TIMESTAMP(3) AND o.kind IN (${Prisma.join(kinds)})
      AND (o.lease_until IS NULL OR o.lease_until < UTC_TIMESTAMP(3) OR (${forgotten}))
      AND NOT EXISTS (
        SELECT 1 FROM sync_outbox p WHERE p.run_id = o.run_id AND p.closed_at IS NULL AND p.id < o.id AND (${first}))
    ORDER BY o.kind = 'thread' DESC, o.kind = 'message' DESC, o.id LIMIT ${MOST_DUE} FOR UPDATE SKIP LOCKED`;
  const claimed = fitting(due, places);
  if (claimed.length === 0) return [];
  await tx.$executeRaw`
    UPDATE sync_outbox
    SET lease_owner = ${owner}, attempts = attempts + 1,
        lease_until = UTC_TIMESTAMP(3) + INTERVAL ${DELIVERY_LEASE_SECONDS} SECOND
    WHERE id IN (${Prisma.join(claimed.map((notice) => notice.id))})`;
  return claimed.map((notice) => ({
    id: Number(notice.id),
    runId: Number(notice.runId),
    kind: notice.kind,
    attempts: Number(notice.attempts),
    ageSeconds: Number(notice.ageSeconds),
    toldTo: notice.toldTo === '' ? [] : notice.toldTo.split(','),
    reason: notice.reason ?? undefined,
  }));
}

/** The first notices of each kind, as many as there are places. */
function fitting(due: readonly DueRow[], places: Places): readonly DueRow[] {
  const left = { ...places };
  return due.filter(({ kind }) => {
    left[kind] -= 1;
    return left[kind] >= 0;
  });
}
