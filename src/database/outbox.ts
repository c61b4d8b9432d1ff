import {
  type Backlog,
  NOTICE_KINDS,
  type Notice,
  type NoticeContent,
  type NoticeKind,
  type Outbox,
  type Owed,
  type Places,
  type UntoldRuns,
} from '../sync/ports/steps.ts';
import { holdingOf } from './audit/audit-tables.ts';
import { type Database, execute, reaching } from './client.ts';
import { Prisma } from './generated/client.ts';
import { toRun } from './runs/run-rows.ts';

/** Longer than one delivery may take. Afterwards another process may try. */
const DELIVERY_LEASE_SECONDS = 60;
/** The outcome waits so long for the edit of the message, so that both show the result. */
const MESSAGE_FIRST_SECONDS = 2;
/** The largest number of rows that one claim locks. */
const MOST_DUE = 50;
/** The largest number of entries by which a notice remembers people: as many as the column holds, of 19 characters. */
const MOST_TOLD = 2_000;
const UNTOLD_DAYS = 7;
const MOST_UNTOLD = 5;

/** The outbox for one process, `owner`. */
export function createOutbox(db: Database, owner: string): Outbox {
  const { looked, ...holding } = holdingOf(db);
  return {
    ...holding,
    claimDue: (places, underWay) => reaching(() => claimDue(db, owner, places, underWay)).finally(looked),
    toldTo: async (notice, userId) => {
      await execute(db)`
        UPDATE sync_outbox
        SET told_to = SUBSTRING_INDEX(CONCAT_WS(',', NULLIF(told_to, ''), ${userId}), ',', ${-MOST_TOLD})
        WHERE id = ${notice.id}`;
    },
    answerLost: async ({ id }) => {
      await execute(db)`UPDATE sync_outbox SET lost_answers = lost_answers + 1 WHERE id = ${id}`;
    },
    close: async (notice, untold) => {
      await execute(db)`
        UPDATE sync_outbox
        SET closed_at = UTC_TIMESTAMP(3), lease_owner = NULL, lease_until = NULL, untold = ${untold?.slice(0, 100) ?? null}
        WHERE id = ${notice.id} AND lease_owner = ${owner}`;
    },
    closeAndClaim: (notice, next) => reaching(() => closeAndClaim(db, owner, notice, next)),
    postpone: async (notice, error, delaySeconds) => {
      await execute(db)`
        UPDATE sync_outbox
        SET lease_owner = NULL, lease_until = NULL, last_error = ${error.slice(0, 500)},
            next_attempt_at = UTC_TIMESTAMP(3) + INTERVAL ${delaySeconds} SECOND
        WHERE id = ${notice.id} AND lease_owner = ${owner}`;
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

async function untold(db: Database): Promise<UntoldRuns> {
  const rows = await db.$queryRaw<{ runId: number; reason: string; runs: bigint }[]>`
    SELECT o.run_id AS runId, MAX(o.untold) AS reason, COUNT(*) OVER () AS runs FROM sync_outbox o
    WHERE o.untold IS NOT NULL AND o.closed_at > UTC_TIMESTAMP(3) - INTERVAL ${UNTOLD_DAYS} DAY
    GROUP BY o.run_id ORDER BY o.run_id DESC LIMIT ${MOST_UNTOLD}`;
  const runs = await db.syncRun.findMany({ where: { id: { in: rows.map(({ runId }) => Number(runId)) } } });
  const named = rows.flatMap(({ runId, reason }) => {
    const run = runs.find(({ id }) => id === Number(runId));
    return run === undefined ? [] : [{ run: toRun(run), reason }];
  });
  return { named, more: Number(rows[0]?.runs ?? 0) - rows.length };
}

type DueRow = {
  readonly id: number;
  readonly runId: number;
  readonly kind: NoticeKind;
  readonly attempts: number;
  readonly ageSeconds: number;
  readonly toldTo: string;
  readonly lostAnswers: number;
  readonly reason: string | null;
  /** Of an outcome: the newest edit of the run's message for which it waits. */
  readonly behind: number | null;
};

/** The end of a claim. */
export const CLAIMED_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL ${DELIVERY_LEASE_SECONDS} SECOND`;

/** The process whose claim has run out may have posted before it died. */
const LOST_ANSWERS = Prisma.sql`o.lost_answers + IF(o.lease_until < UTC_TIMESTAMP(3), 1, 0)`;

/**
 * Looks without a transaction: a bot at rest asks once, and a claim takes two statements. The second one claims only rows that
 * nobody else has claimed since the look, as the number of attempts shows.
 */
async function claimDue(
  db: Database,
  owner: string,
  places: Places,
  underWay: readonly number[],
): Promise<readonly Notice[]> {
  const kinds = NOTICE_KINDS.filter((kind) => places[kind] > 0);
  if (kinds.length === 0) return [];
  const forgotten = Prisma.sql`o.lease_owner = ${owner} AND o.id NOT IN (${Prisma.join([0, ...underWay])})`;
  const isFree = Prisma.sql`
    o.closed_at IS NULL AND o.next_attempt_at <= UTC_TIMESTAMP(3)
    AND (o.lease_until IS NULL OR o.lease_until < UTC_TIMESTAMP(3) OR (${forgotten}))`;
  const earlier = Prisma.sql`p.run_id = o.run_id AND p.closed_at IS NULL AND p.id < o.id`;
  const due = await db.$queryRaw<DueRow[]>`
    SELECT o.id, o.run_id AS runId, o.kind, CAST(o.attempts + 1 AS SIGNED) AS attempts, o.told_to AS toldTo,
           ${LOST_ANSWERS} AS lostAnswers, o.reason, TIMESTAMPDIFF(SECOND, o.created_at, UTC_TIMESTAMP(3)) AS ageSeconds,
           IF(o.kind = 'thread' AND o.created_at > UTC_TIMESTAMP(3) - INTERVAL ${MESSAGE_FIRST_SECONDS} SECOND,
              (SELECT MAX(p.id) FROM sync_outbox p WHERE ${earlier} AND p.kind = 'message'), NULL) AS behind
    FROM sync_outbox o
    WHERE ${isFree} AND o.kind IN (${Prisma.join(kinds)}) AND NOT EXISTS (
      SELECT 1 FROM sync_outbox p
      WHERE ${earlier} AND (p.kind = o.kind OR (p.kind = 'message' AND o.kind IN ('list', 'call'))))
    ORDER BY o.kind = 'thread' AND behind IS NULL DESC, o.kind = 'message' DESC, o.id LIMIT ${MOST_DUE} FOR UPDATE SKIP LOCKED`;
  const left = { ...places };
  const isFitting = ({ kind }: DueRow) => {
    left[kind] -= 1;
    return left[kind] >= 0;
  };
  const fitting = due.filter((row) => row.behind === null && isFitting(row));
  const claimed = await claim(db, owner, fitting, isFree);
  return claimed.map((row) => {
    const next = due.find(({ behind }) => behind !== null && Number(behind) === Number(row.id));
    return { ...toNotice(row), next: next && toNotice(next) };
  });
}

/** Claims the rows that nobody has claimed since they were read. Returns the rows that this process holds now. */
async function claim(
  db: Database,
  owner: string,
  rows: readonly DueRow[],
  isFree: Prisma.Sql,
): Promise<readonly DueRow[]> {
  if (rows.length === 0) return [];
  const ids = Prisma.join(rows.map(({ id }) => id));
  const seen = Prisma.join(rows.map(({ id, attempts }) => Prisma.sql`(${id}, ${attempts})`));
  const claimed = await execute(db)`
    UPDATE sync_outbox o
    SET o.lost_answers = ${LOST_ANSWERS}, o.lease_owner = ${owner}, o.attempts = o.attempts + 1,
        o.lease_until = ${CLAIMED_UNTIL}
    WHERE o.id IN (${ids}) AND (o.id, o.attempts + 1) IN (${seen}) AND ${isFree}`;
  if (claimed === rows.length) return rows;
  const own = await db.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_outbox WHERE id IN (${ids}) AND closed_at IS NULL AND lease_owner = ${owner}`;
  const ownIds = new Set(own.map(({ id }) => Number(id)));
  return rows.filter(({ id }) => ownIds.has(Number(id)));
}

/** False if only one of the two rows was written: then no process holds `next`, or `next` is due for this process again. */
async function closeAndClaim(db: Database, owner: string, { id }: Notice, next: Notice): Promise<boolean> {
  const isNext = Prisma.sql`id = ${next.id}`;
  const written = await execute(db)`
    UPDATE sync_outbox
    SET closed_at = IF(${isNext}, NULL, UTC_TIMESTAMP(3)), lease_owner = IF(${isNext}, ${owner}, NULL),
        lease_until = IF(${isNext}, ${CLAIMED_UNTIL}, NULL), attempts = attempts + IF(${isNext}, 1, 0)
    WHERE id IN (${id}, ${next.id}) AND closed_at IS NULL AND IF(
      ${isNext}, lease_owner IS NULL AND attempts = ${next.attempts - 1}, lease_owner = ${owner})`;
  return written === 2;
}

function toNotice(row: DueRow): Notice {
  return {
    id: Number(row.id),
    runId: Number(row.runId),
    attempts: Number(row.attempts),
    ageSeconds: Number(row.ageSeconds),
    toldTo: row.toldTo === '' ? [] : row.toldTo.split(','),
    lostAnswers: Number(row.lostAnswers),
    ...contentOf(row),
  };
}

function contentOf({ kind, reason }: DueRow): NoticeContent {
  if (kind === 'call') return { kind, reason: reason ?? '' };
  return kind === 'digest' ? { kind, due: reason ?? '' } : { kind };
}
