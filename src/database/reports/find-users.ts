import type { FoundUser, FoundUsers, ListedUser } from '../../sync/ports/overview.ts';
import type { UserStatus } from '../../sync/run/change.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { contains, type Eligibility, inOrder } from '../plan/comparison.ts';
import { eligibilityOf } from '../plan/eligibility.ts';
import { toRun } from '../runs/run-rows.ts';
import { CHANGED, changeCount, EFFECTIVE } from '../runs/since.ts';
import { placesOf } from './targets.ts';

/** The largest number of users that are counted and sorted. Of more users, the first ones of the index are shown. */
const MOST_COUNTED = 1_000;

/** The largest number of changes that one answer searches, newest runs first: up to about half a second. */
const MOST_CHANGES = 300_000;
const MOST_RUNS = 1_000;

/** A user as `listedColumns` selects it. */
export type ListedRow = {
  readonly email: string;
  readonly locationId: bigint;
  readonly status: ListedUser['status'];
  readonly updatedAt: Date | null;
};

/**
 * SQL: the columns of the user `u` in a list, but the email, as a BigInt and a date whatever the table has. A zero date is none, since
 * the client cannot read it.
 */
export function listedColumns({ eligible }: Eligibility): Prisma.Sql {
  return Prisma.sql`CAST(u.location_id AS UNSIGNED) AS locationId, IF(${eligible('u')}, u.status, 'left_alone') AS status,
    CAST(IF(MONTH(u.updated_at) = 0 OR DAYOFMONTH(u.updated_at) = 0, NULL, u.updated_at) AS DATETIME(3)) AS updatedAt`;
}

/** `names`: see `namesById`. */
export function toListed(
  { email, locationId, status, updatedAt }: ListedRow,
  names: ReadonlyMap<bigint, string>,
): ListedUser {
  return { email, target: names.get(locationId) ?? '', status, updatedAt: updatedAt ?? undefined };
}

/** The locations of these targets, each with the first of its names. `codes` maps names to location codes. */
export async function namesById(
  db: Database,
  targets: readonly string[],
  codes: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<bigint, string>> {
  const places = await placesOf(db, targets, codes);
  return new Map([...places].toReversed().map(([name, { id }]) => [id, name]));
}

/** `id`: a small column is read as a number. */
type Row = ListedRow & { readonly id: bigint | number };

/** See `Overview.find`. `codes` maps the names of the targets to location codes. */
export async function findUsers(
  db: Database,
  codes: ReadonlyMap<string, string>,
  text: string,
  limit: number,
): Promise<FoundUsers> {
  const names = await namesById(db, [...codes.keys()], codes);
  if (names.size === 0) return { total: 0, isTotalCapped: false, isSearchCut: false, users: [] };
  const matching = Prisma.sql`
    FROM users u WHERE u.location_id IN (${Prisma.join([...names.keys()])}) AND ${contains(Prisma.sql`u.email`, text)}`;
  const [count] = await db.$queryRaw<{ n: bigint }[]>`
    SELECT COUNT(*) AS n FROM (SELECT 1 ${matching} LIMIT ${MOST_COUNTED + 1}) found`;
  const counted = Number(count?.n ?? 0);
  const isTotalCapped = counted > MOST_COUNTED;
  const order = isTotalCapped
    ? Prisma.sql`u.email, u.location_id`
    : Prisma.sql`u.email = ${text} DESC, ${inOrder('u.email')}, u.location_id`;
  const rows = await db.$queryRaw<Row[]>`
    SELECT u.id, u.email, ${listedColumns(await eligibilityOf(db))}
    ${matching} ORDER BY ${order} LIMIT ${limit}`;
  const { changeOf, isSearchCut } = await lastChanges(db, rows);
  const users = rows.map((row): FoundUser => ({ ...toListed(row, names), lastChange: changeOf(row) }));
  return { total: Math.min(counted, MOST_COUNTED), isTotalCapped, isSearchCut, users };
}

type ChangeRow = {
  readonly runId: number;
  readonly userId: bigint | null;
  readonly email: string;
  readonly statusAfter: UserStatus;
};

type LastChanges = Pick<FoundUsers, 'isSearchCut'> & {
  readonly changeOf: (user: Row) => FoundUser['lastChange'];
};

/**
 * The last change by a run for each user, by the end of the run. Plans have no index on emails, so they are read by their key, newest
 * first, up to `MOST_CHANGES`. A user that a run added is known by email, any other user by id.
 */
async function lastChanges(db: Database, users: readonly Row[]): Promise<LastChanges> {
  const { runIds, isSearchCut } = await newestRuns(db, [
    ...new Set(users.map(({ locationId }) => locationId)),
  ]);
  if (runIds.length === 0) return { changeOf: () => undefined, isSearchCut };
  const ids = Prisma.join(users.map(({ id }) => id));
  const emails = Prisma.join(users.map(({ email }) => email));
  const rows = await db.$queryRaw<ChangeRow[]>`
    SELECT c.run_id AS runId, c.user_id AS userId, c.email AS email, c.status_after AS statusAfter
    FROM sync_runs r STRAIGHT_JOIN sync_changes c ON c.run_id = r.id
    WHERE r.id IN (${Prisma.join(runIds)}) AND c.action IN ${EFFECTIVE}
      AND (c.user_id IN (${ids}) OR c.email IN (${emails}))
    ORDER BY r.finished_at DESC, r.id DESC LIMIT ${MOST_RUNS}`;
  const found = await db.syncRun.findMany({ where: { id: { in: rows.map(({ runId }) => Number(runId)) } } });
  const runs = new Map(found.map((run) => [run.id, toRun(run)]));
  const changes = rows.flatMap(({ runId, ...change }) => {
    const run = runs.get(Number(runId));
    return run === undefined ? [] : [{ ...change, run }];
  });
  const changeOf = (user: Row) => {
    const isOf = ({ userId, email, run }: (typeof changes)[number]) =>
      userId === null
        ? email === user.email && run.locationId === Number(user.locationId)
        : userId === BigInt(user.id);
    const last = changes.find(isOf);
    return last && { run: last.run, statusAfter: last.statusAfter };
  };
  return { changeOf, isSearchCut: isSearchCut || rows.length === MOST_RUNS };
}

/** The runs of these locations that changed users and finished last, as many as can be searched in time. */
async function newestRuns(db: Database, locationIds: readonly bigint[]) {
  if (locationIds.length === 0) return { runIds: [], isSearchCut: false };
  const rows = await db.$queryRaw<{ id: number; size: bigint }[]>`
    SELECT r.id, ${changeCount('r')} + r.omitted_count + r.protected_count + r.kept_count + r.skipped_count AS size
    FROM sync_runs r
    WHERE r.location_id IN (${Prisma.join([...locationIds])}) AND r.status = 'completed' AND ${CHANGED}
    ORDER BY r.finished_at DESC, r.id DESC LIMIT ${MOST_RUNS + 1}`;
  let read = 0;
  const taken = rows.filter(({ size }, index) => {
    read += Number(size);
    return index === 0 || (index < MOST_RUNS && read <= MOST_CHANGES);
  });
  return { runIds: taken.map(({ id }) => Number(id)), isSearchCut: taken.length < rows.length };
}
