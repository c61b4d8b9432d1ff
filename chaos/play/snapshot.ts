import type { Connection } from 'mariadb';
import type { Change } from '../model/change.ts';
import type { User, Users } from '../model/user.ts';

export type RunStatus =
  | 'reading'
  | 'ready'
  | 'executing'
  | 'completed'
  | 'cancelled'
  | 'expired'
  | 'superseded'
  | 'failed';

/** A row of `sync_runs`, as far as it is looked at. */
export type RunRow = {
  readonly id: number;
  readonly target: string;
  readonly placeId: number;
  readonly status: RunStatus;
  readonly messageTs: string | null;
  readonly requestedBy: string;
  /** What asked for it, such as Slack's trigger id. */
  readonly requestKey: string;
  readonly confirmedBy: string | null;
  /** Whether the confirmer acted alone (break-glass). */
  readonly alone: boolean;
  /** Who approved the plan that the run shows. */
  readonly approvers: readonly string[];
  readonly reverts: number | null;
  readonly nextRunId: number | null;
  readonly planHash: string | null;
  readonly guarded: boolean;
  readonly failure:
    | { readonly code: string; readonly reason?: string; readonly total?: number; readonly listed?: number }
    | undefined;
  readonly counts: RunCounts;
  /** Its time is over by the database's clock, whether a bot has seen that or not. */
  readonly isOver: boolean;
  readonly requestedAt: Date;
  readonly readyAt: Date | null;
  readonly confirmedAt: Date | null;
  readonly finishedAt: Date | null;
};

export type RunCounts = {
  readonly source: number;
  readonly add: number;
  readonly reactivate: number;
  readonly deactivate: number;
  readonly protected: number;
  readonly kept: number;
  readonly skipped: number;
  readonly unchanged: number;
};

/** On how many days a user was absent, and whether today is one of them, by the database's clock. */
export type Absence = { readonly placeId: number; readonly days: number; readonly isToday: boolean };

/** What stands in the database at rest. */
export type Snapshot = {
  readonly users: Users;
  /** By the user's id. */
  readonly absences: ReadonlyMap<number, Absence>;
  readonly runs: ReadonlyMap<number, RunRow>;
  readonly changes: ReadonlyMap<number, readonly Change[]>;
};

const RUNS = `
  SELECT id, target, location_id AS placeId, status, message_ts AS messageTs, requested_by_id AS requestedBy,
         request_key AS requestKey,
         confirmed_by_id AS confirmedBy, alone,
         (SELECT GROUP_CONCAT(a.actor_id) FROM sync_approvals a
          WHERE a.run_id = sync_runs.id AND a.plan_hash = sync_runs.plan_hash) AS approvers, reverts_run_id AS reverts, next_run_id AS nextRunId,
         plan_hash AS planHash, guard, failure, source_count AS source, add_count AS \`add\`,
         reactivate_count AS reactivate, deactivate_count AS deactivate, protected_count AS protected, kept_count AS kept,
         skipped_count AS skipped, unchanged_count AS unchanged, requested_at AS requestedAt,
         COALESCE(expires_at <= UTC_TIMESTAMP(3), 0) AS isOver, ready_at AS readyAt, confirmed_at AS confirmedAt,
         finished_at AS finishedAt
  FROM sync_runs ORDER BY id`;

type RawRun = Omit<RunRow, 'counts' | 'guarded' | 'failure' | 'isOver' | 'alone' | 'approvers'> &
  RunCounts & {
    guard: string | null;
    failure: string | null;
    isOver: number | bigint;
    alone: number;
    approvers: string | null;
  };

function toRun(row: RawRun): RunRow {
  const {
    source,
    add,
    reactivate,
    deactivate,
    protected: guarded,
    kept,
    skipped,
    unchanged,
    guard,
    failure,
    isOver,
    alone,
    approvers,
    ...rest
  } = row;
  return {
    ...rest,
    isOver: Number(isOver) === 1,
    alone: Number(alone) === 1,
    approvers: approvers?.split(',') ?? [],
    counts: { source, add, reactivate, deactivate, protected: guarded, kept, skipped, unchanged },
    guarded: guard !== null && JSON.parse(guard).tripped === true,
    failure: failure === null ? undefined : JSON.parse(failure),
  };
}

export async function takeSnapshot(sql: Connection): Promise<Snapshot> {
  const runs = await sql.query<RawRun[]>(RUNS);
  const changes = new Map<number, Change[]>(runs.map(({ id }) => [id, []]));
  const lines = await sql.query<(Change & { runId: number })[]>(
    'SELECT run_id AS runId, action, email, user_id AS userId FROM sync_changes ORDER BY run_id, seq',
  );
  for (const { runId, action, email, userId } of lines) {
    changes.get(runId)?.push({ action, email, userId: userId ?? undefined });
  }
  return {
    users: await readUsers(sql),
    absences: await readAbsences(sql),
    runs: new Map(runs.map((row) => [row.id, toRun(row)])),
    changes,
  };
}

async function readAbsences(sql: Connection): Promise<Snapshot['absences']> {
  const rows = await sql.query<{ userId: number; placeId: number; days: number; isToday: number | bigint }[]>(
    `SELECT user_id AS userId, location_id AS placeId, days, last_day >= UTC_DATE() AS isToday FROM sync_absences`,
  );
  return new Map(
    rows.map(({ userId, placeId, days, isToday }) => [
      userId,
      { placeId, days, isToday: Number(isToday) === 1 },
    ]),
  );
}

export async function readUsers(sql: Connection): Promise<Users> {
  const rows = await sql.query<(User & { deleted_at?: Date | null })[]>(
    `SELECT *, location_id AS placeId, CAST(created_at AS CHAR) AS createdAt, CAST(updated_at AS CHAR) AS updatedAt
     FROM users ORDER BY id`,
  );
  return new Map(
    rows.map(({ id, email, placeId, status, createdAt, updatedAt, deleted_at: deleted }): [number, User] => {
      const deletedAt = deleted?.toISOString() ?? null;
      return [id, { id, email, placeId, status, createdAt, updatedAt, deletedAt }];
    }),
  );
}
