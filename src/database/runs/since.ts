import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { eligibilityOf } from '../plan/eligibility.ts';
import { oddlySpelledSince } from '../plan/spelling.ts';
import { emailCollation } from '../schema/usable-tables.ts';

/** SQL: the actions that change a user. */
export const EFFECTIVE = Prisma.sql`('add', 'reactivate', 'deactivate')`;

/** SQL: how many users a run changes; `run` is its alias. */
export function changeCount(run: string): Prisma.Sql {
  return Prisma.raw(`${run}.add_count + ${run}.reactivate_count + ${run}.deactivate_count`);
}

/** SQL: the run `r` changed users. */
export const CHANGED = Prisma.sql`${changeCount('r')} > 0`;

/** A run whose changes are judged by all that came after it. `collate`: see `emailCollation`. */
type Since = { readonly runId: number; readonly locationId: bigint | number; readonly collate: Prisma.Sql };

/**
 * SQL: whether each change of a run is still kept. Old plans are deleted in chunks. What is left of one in between takes nothing
 * back: after such a rollback, the other changes could never be taken back.
 */
export function isKeptWhole(runId: number): Prisma.Sql {
  return Prisma.sql`
    (SELECT COUNT(*) FROM sync_changes k WHERE k.run_id = ${runId} AND k.action IN ${EFFECTIVE})
    = (SELECT ${changeCount('r')} FROM sync_runs r WHERE r.id = ${runId})`;
}

/** SQL: the id of the user who has the email of a change `c` by now. */
function userByEmail({ locationId, collate }: Omit<Since, 'runId'>): Prisma.Sql {
  return Prisma.sql`(SELECT MIN(e.id) FROM users e WHERE e.location_id = ${locationId} AND e.email = c.email${collate})`;
}

/** SQL: the id of the user of a change `c`. The row of an added user is found by its email. */
export function userOfChange(where: Omit<Since, 'runId'>): Prisma.Sql {
  return Prisma.sql`COALESCE(c.user_id, IF(c.action = 'add', ${userByEmail(where)}, NULL))`;
}

/**
 * SQL: the ids of the users for whom the run no longer decides: a rollback, a later run or the application has, even if the status
 * happens to be the same.
 */
export function changedSince(since: Since): Prisma.Sql {
  return Prisma.sql`SELECT h.user_id FROM (${usersSince(since)}) h WHERE h.overruled OR h.later`;
}

/**
 * SQL: one row per user whom run `runId` changed. `overruled`: the run's own change is no longer in force, because its rollbacks
 * took it back, or because a next run (or the table itself) has another status than the one before had left. `later`: the changes
 * of other, later runs do not cancel each other out for this user. `forward`: the run is a sync, or the rollback of a rollback.
 */
export function usersSince(since: Since): Prisma.Sql {
  return Prisma.sql`
    WITH RECURSIVE up AS (${ancestors(since)}), family AS (${FAMILY}), since AS (${runsSince(since)}), mine AS (${usersOfRun(since)})
    SELECT t.user_id, SUM(IF(t.own, t.weight, 0)) <> 0 OR MAX(t.broken) = 1 AS overruled, SUM(IF(t.own, 0, t.weight)) <> 0 AS later,
           (SELECT MOD(MAX(u.depth), 2) FROM up u) = 0 AS forward
    FROM (
      SELECT w.user_id, w.own, w.weight, ${BROKEN} AS broken
      FROM (${changesSince(since)}) w STRAIGHT_JOIN users n ON n.id = w.user_id
      WINDOW same_user AS (PARTITION BY w.user_id ORDER BY w.finished_at, w.id)
    ) t GROUP BY t.user_id`;
}

/** The run, the run that it takes back, the run which that one takes back, and so on to a sync. `depth` counts from the run. */
function ancestors({ runId }: Since): Prisma.Sql {
  return Prisma.sql`
    SELECT o.id, o.reverts_run_id, CAST(0 AS SIGNED) AS depth FROM sync_runs o WHERE o.id = ${runId}
    UNION ALL
    SELECT r.id, r.reverts_run_id, u.depth + 1 FROM up u STRAIGHT_JOIN sync_runs r ON r.id = u.reverts_run_id`;
}

/** SQL: the rollbacks `r` of the runs in a table `f`. */
export const ROLLBACKS = Prisma.sql`
  STRAIGHT_JOIN sync_runs r FORCE INDEX (sync_runs_reverts_run_id_idx) ON r.reverts_run_id = f.id`;

/** That sync, its rollbacks, their rollbacks, and so on. `depth` is even for runs that work in the same direction as run `runId`. */
const FAMILY = Prisma.sql`
  SELECT u.id, u.depth FROM up u WHERE u.depth = (SELECT MAX(v.depth) FROM up v)
  UNION ALL
  SELECT r.id, f.depth + 1 FROM family f ${ROLLBACKS}
  WHERE r.status = 'completed' AND ${CHANGED}`;

/** The run and later ones of its family (`own`), other later syncs, later rollbacks of earlier runs, and the rollbacks of these. */
function runsSince({ runId, locationId }: Since): Prisma.Sql {
  return Prisma.sql`
    SELECT r.id, r.finished_at, 1 AS own, f.depth FROM sync_runs o
    STRAIGHT_JOIN family f STRAIGHT_JOIN sync_runs r ON r.id = f.id AND (r.id = o.id OR r.finished_at > o.finished_at)
    WHERE o.id = ${runId}
    UNION ALL
    SELECT r.id, r.finished_at, 0, 0 FROM sync_runs o
    STRAIGHT_JOIN sync_runs r ON r.location_id = ${locationId} AND r.status = 'completed' AND r.finished_at > o.finished_at
    LEFT JOIN sync_runs b ON b.id = r.reverts_run_id
    WHERE o.id = ${runId} AND ${CHANGED} AND (b.id IS NULL OR b.finished_at <= o.finished_at)
      AND r.id NOT IN (SELECT f.id FROM family f)
    UNION ALL
    SELECT r.id, r.finished_at, 0, f.depth + 1 FROM since f ${ROLLBACKS}
    WHERE f.own = 0 AND r.status = 'completed' AND ${CHANGED}`;
}

/** The ids of the users whom the run changed. */
function usersOfRun(since: Since): Prisma.Sql {
  return Prisma.sql`
    SELECT DISTINCT ${userOfChange(since)} AS user_id FROM sync_changes c
    WHERE c.run_id = ${since.runId} AND c.action IN ${EFFECTIVE}`;
}

/**
 * The changes of these users by these runs. `weight`: -1 if the run takes back (its depth is odd), else 1, and 0 for the run itself:
 * where the others undid each other, the sum is 0.
 *
 * An added user is known by email alone, and the application may have deleted that user and added the email again. So a change also
 * counts for the row that has its email by now, if it adds a user or run `runId` added users: the second half. Most of these still
 * have their own user (`k`), who is looked up by number first, in half the time.
 */
function changesSince({ runId, locationId, collate }: Since): Prisma.Sql {
  const adds = Prisma.sql`(SELECT o.add_count FROM sync_runs o WHERE o.id = ${runId}) > 0`;
  const change = Prisma.sql`f.id, f.finished_at, f.own, c.status_before, c.status_after, IF(MOD(f.depth, 2) = 1, -1, f.id <> ${runId}) AS weight`;
  return Prisma.sql`
    SELECT c.user_id, ${change}
    FROM since f STRAIGHT_JOIN sync_changes c ON c.run_id = f.id AND c.action IN ${EFFECTIVE}
    STRAIGHT_JOIN mine m ON m.user_id = c.user_id
    UNION ALL
    SELECT e.id, ${change}
    FROM since f STRAIGHT_JOIN sync_changes c ON c.run_id = f.id AND c.action IN ${EFFECTIVE} AND (c.action = 'add' OR ${adds})
    LEFT JOIN users k ON k.id = c.user_id
    STRAIGHT_JOIN users e ON e.location_id = ${locationId} AND e.email = c.email${collate}
    STRAIGHT_JOIN mine m ON m.user_id = e.id
    WHERE NOT COALESCE(k.location_id = ${locationId} AND k.email = c.email${collate}, FALSE)`;
}

/** Whether the next change of the user, or else the table, begins with another status than this change has left. */
const BROKEN = Prisma.sql`
  IF(LEAD(w.user_id) OVER same_user IS NULL, NOT (n.status <=> w.status_after COLLATE utf8mb4_bin),
     NOT (w.status_after <=> LEAD(w.status_before) OVER same_user))`;

/** SQL: the user is still as planned, under a fixed collation: the Laravel application chooses the collation of `users`. */
export const AS_BEFORE = Prisma.sql`u.status = c.status_before COLLATE utf8mb4_bin
      AND CAST(u.email AS BINARY) = CAST(c.email AS BINARY)`;

/** SQL: the changes of a plan whose user has changed since the plan was made. */
export async function staleChanges(db: Database | Transaction, runId: number): Promise<Prisma.Sql> {
  const collate = await emailCollation(db);
  const { eligible } = await eligibilityOf(db);
  return Prisma.sql`
    SELECT c.seq, c.email FROM sync_changes c
    STRAIGHT_JOIN sync_runs r ON r.id = c.run_id
    STRAIGHT_JOIN users u ON u.location_id = r.location_id AND u.email = c.email${collate}
    WHERE c.run_id = ${runId} AND c.action = 'add'
    UNION ALL
    SELECT c.seq, c.email FROM sync_changes c
    JOIN sync_runs r ON r.id = c.run_id
    LEFT JOIN users u ON u.id = c.user_id AND u.location_id = r.location_id AND ${AS_BEFORE} AND ${eligible('u')}
    WHERE c.run_id = ${runId} AND c.action IN ('reactivate', 'deactivate') AND u.id IS NULL
    UNION ${oddlySpelledSince({ runId, collate })}`;
}
