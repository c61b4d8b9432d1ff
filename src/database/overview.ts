import type { UserStatus } from '../sync/change.ts';
import type { ListedUser, Overview, TargetOverview, UserFilter } from '../sync/overview.ts';
import { type Database, reaching } from './client.ts';
import { Prisma } from './generated/client.ts';
import { toRun } from './run-rows.ts';

/** `codes` maps the names that `/usersync` accepts to location codes. */
export function createOverview(db: Database, codes: ReadonlyMap<string, string>): Overview {
  return {
    targets: (names) =>
      reaching(() => Promise.all(names.map((name) => overviewOf(db, name, codes.get(name) ?? '')))),
    history: (target, beforeId, limit) => reaching(() => history(db, target, beforeId, limit)),
    steps: (runId) => reaching(() => steps(db, runId)),
    users: (filter, limit) => reaching(() => listUsers(db, codes, filter, limit)),
  };
}

async function overviewOf(db: Database, target: string, code: string): Promise<TargetOverview> {
  const location = await db.location.findUnique({ where: { locationCode: code } });
  const [completed, pending, failed] = await Promise.all([
    newest(db, location?.id, 'completed'),
    newest(db, location?.id, 'ready'),
    newest(db, location?.id, 'failed'),
  ]);
  const [tally] = await db.$queryRaw<{ active: bigint; inactive: bigint; since: bigint }[]>`
    SELECT COUNT(IF(status = 'active', 1, NULL)) AS active, COUNT(IF(status = 'inactive', 1, NULL)) AS inactive,
           COUNT(IF(updated_at > ${completed?.finishedAt ?? null}, 1, NULL)) AS since
    FROM users WHERE location_id = ${location?.id ?? 0}`;
  const overtaken = completed !== undefined && failed !== undefined && completed.id > failed.id;
  return {
    target,
    locationName: location?.locationName,
    active: Number(tally?.active ?? 0),
    inactive: Number(tally?.inactive ?? 0),
    lastCompleted: completed,
    pending,
    lastFailed: overtaken ? undefined : failed,
    changedSince: Number(tally?.since ?? 0),
  };
}

async function newest(
  db: Database,
  locationId: bigint | undefined,
  status: 'completed' | 'ready' | 'failed',
) {
  if (locationId === undefined) return undefined;
  const row = await db.syncRun.findFirst({ where: { locationId, status }, orderBy: { id: 'desc' } });
  return row === null ? undefined : toRun(row);
}

async function history(
  db: Database,
  target: string | undefined,
  beforeId: number | undefined,
  limit: number,
) {
  const rows = await db.syncRun.findMany({
    where: {
      ...(target === undefined ? {} : { target }),
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRun);
}

/** More than any run has: a cap, so that a run which was fought over stays readable. */
const MOST_STEPS = 100;

async function steps(db: Database, runId: number) {
  const rows = await db.auditLog.findMany({ where: { runId }, orderBy: { seq: 'asc' }, take: MOST_STEPS });
  return rows.map(({ at, step, actorId, actorName, outcome, reason }) => {
    return { at, step, actorId, actorName, outcome, reason: reason ?? undefined };
  });
}

type UserRow = { email: string; code: string; status: UserStatus; updatedAt: Date | null };

async function listUsers(
  db: Database,
  codes: ReadonlyMap<string, string>,
  { target, status, text }: UserFilter,
  limit: number,
) {
  const names = new Map([...codes].map(([name, code]) => [code.toLowerCase(), name]));
  const wanted = target === undefined ? [...codes.values()] : [codes.get(target) ?? ''];
  const like = `%${(text ?? '').replace(/[!%_]/g, '!$&')}%`;
  const found = Prisma.sql`
    FROM users u JOIN locations l ON l.id = u.location_id
    WHERE l.location_code IN (${Prisma.join(wanted)})
      ${status === undefined ? Prisma.empty : Prisma.sql`AND u.status = ${status}`}
      ${text === undefined ? Prisma.empty : Prisma.sql`AND u.email LIKE ${like} ESCAPE '!'`}`;
  const [count] = await db.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n ${found}`;
  const rows = await db.$queryRaw<UserRow[]>`
    SELECT u.email, l.location_code AS code, u.status, u.updated_at AS updatedAt ${found}
    ORDER BY l.location_code, u.email LIMIT ${limit}`;
  const users: ListedUser[] = rows.map((row) => ({
    email: row.email,
    target: names.get(row.code.toLowerCase()) ?? row.code,
    status: row.status,
    updatedAt: row.updatedAt ?? undefined,
  }));
  return { total: Number(count?.n ?? 0), users };
}
