import { byRank, type TargetOverview } from '../../sync/ports/overview.ts';
import type { Locations, Target } from '../../sync/ports/source.ts';
import type { Run, RunStatus } from '../../sync/run/run.ts';
import { type Database, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import type { Eligibility } from '../plan/comparison.ts';
import { eligibilityOf, saysDeleted } from '../plan/eligibility.ts';
import { runsById } from '../runs/run-rows.ts';
import { IS_OUTCOME, IS_SYNC, LAST_ENDED, lastEnded } from '../runs/taken-back.ts';

/** `codes` maps the target names of `/usersync` to `locations.location_code` (`SYNC_TARGETS`). */
export function createLocations(db: Database, codes: ReadonlyMap<string, string>): Locations {
  const findAll = (targetNames: readonly string[]) => reaching(() => targetsIn(db, targetNames, codes));
  const find = async (name: string) => (await findAll([name])).get(name);
  return { names: (name) => codes.has(name), findAll, find };
}

/** As `Locations.find`, in a transaction. */
export function locationIn(codes: ReadonlyMap<string, string>) {
  return async (tx: Transaction, name: string) => (await targetsIn(tx, [name], codes)).get(name);
}

async function targetsIn(...asked: Parameters<typeof placesOf>): Promise<ReadonlyMap<string, Target>> {
  const targetOf = (name: string, { id, locationName, onlineUrl }: LocationRow) => {
    return { name, locationId: Number(id), locationName, baseUrl: onlineUrl ?? '' };
  };
  return new Map([...(await placesOf(...asked))].map(([name, row]) => [name, targetOf(name, row)]));
}

type LocationRow = Place & { readonly onlineUrl: string | null };

/**
 * The rows of `locations` with these codes, without the soft-deleted rows. The table may have no `deleted_at`: the name then means
 * the column of the table `beside`, which is NULL. `deleted_at` itself is not selected, because the client cannot read a zero date. It
 * is also compared as a number, because a BIT read as text is no digit. Code and name are selected as text: their columns may hold
 * numbers. An id is a BigInt, whatever its column is. Ids beyond `MAX_SAFE_INTEGER` are left out: a run could not keep them exactly.
 */
async function locationRows(
  db: Database | Transaction,
  codes: readonly string[],
): Promise<readonly LocationRow[]> {
  if (codes.length === 0) return [];
  const rows = await db.$queryRaw<(LocationRow & { isDeleted: bigint; name: string | null })[]>`
    SELECT CAST(l.id AS UNSIGNED) AS id, CAST(l.location_code AS CHAR) AS locationCode, CAST(l.location_name AS CHAR) AS name,
           l.online_url AS onlineUrl, (SELECT ${saysDeleted(Prisma.sql`deleted_at`)} OR COALESCE(deleted_at + 0, 0) <> 0 FROM locations x WHERE x.id = l.id) AS isDeleted
    FROM locations l CROSS JOIN (SELECT NULL AS deleted_at) beside
    WHERE l.location_code IN (${Prisma.join([...codes])}) AND l.id BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`;
  return rows
    .filter(({ isDeleted }) => Number(isDeleted) === 0)
    .map(({ name, ...row }) => ({
      ...row,
      // A run keeps so many characters.
      locationName: [...(name ?? row.locationCode)].slice(0, 100).join(''),
    }));
}

/** The largest number of users that are counted for one answer, all targets together: up to one second of the database's work. */
const MOST_COUNTED = 200_000;

type Place = { readonly id: bigint; readonly locationCode: string; readonly locationName: string };

/** See `Overview.targets`. `codes` maps names to location codes. */
export async function targetOverviews(
  db: Database,
  names: readonly string[],
  codes: ReadonlyMap<string, string>,
  most = names.length,
): Promise<readonly TargetOverview[]> {
  const places = await placesOf(db, names, codes);
  const runs = await newestRuns(db, places);
  const all = names.map((name) => uncounted(name, places.get(name), runs));
  const chosen = new Set(all.toSorted(byRank).slice(0, most));
  const limits = { ...(await eligibilityOf(db)), most: Math.floor(MOST_COUNTED / Math.max(1, chosen.size)) };
  const overviews: TargetOverview[] = [];
  // One after the other, so that a long list does not occupy all connections of the pool.
  for (const each of all.filter((one) => chosen.has(one))) {
    const place = places.get(each.target);
    overviews.push({ ...each, ...(place && (await tally(db, place.id, each.lastSync?.finishedAt, limits))) });
  }
  return overviews;
}

/** The time of each target's last sync. A target that was never synced has no entry. */
export async function lastSyncs(
  db: Database,
  names: readonly string[],
  codes: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Date>> {
  const places = await placesOf(db, names, codes);
  const locationIds = [...places.values()].map(({ id }) => id);
  const ids = await lastEnded(db, locationIds, 'completed', IS_SYNC);
  const rows = await db.syncRun.findMany({
    where: { id: { in: [...ids] } },
    select: { locationId: true, finishedAt: true },
  });
  const times = new Map(rows.map(({ locationId, finishedAt }) => [locationId, finishedAt]));
  const dated = ([name, { id }]: [string, Place]): [string, Date][] => {
    const time = times.get(id);
    return time ? [[name, time]] : [];
  };
  return new Map([...places].flatMap(dated));
}

/** The row of `locations` for each target with exactly one. Codes are compared as in the database, except that accents count. */
export async function placesOf(
  db: Database | Transaction,
  names: readonly string[],
  codes: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, LocationRow>> {
  const wanted = names.flatMap((name) => codes.get(name) ?? []);
  const rows = new Map<string, LocationRow[]>();
  for (const row of await locationRows(db, wanted)) {
    const code = comparable(row.locationCode);
    rows.set(code, [...(rows.get(code) ?? []), row]);
  }
  return new Map(
    names.flatMap((name) => {
      const [place, ...others] = rows.get(comparable(codes.get(name) ?? '')) ?? [];
      return place === undefined || others.length > 0 ? [] : [[name, place]];
    }),
  );
}

const comparable = (code: string) => code.trim().toLowerCase();

type RunsByLocation = ReadonlyMap<number, readonly Run[]>;

/** By location, last ended first: the newest run in each status before an end, the last failure, the last outcome and the last sync. */
async function newestRuns(db: Database, places: ReadonlyMap<string, Place>): Promise<RunsByLocation> {
  const locationIds = [...places.values()].map(({ id }) => id);
  const [newest, ...ended] = await Promise.all([
    db.syncRun.groupBy({
      by: ['locationId', 'status'],
      where: { locationId: { in: locationIds }, status: { in: ['reading', 'executing', 'ready'] } },
      _max: { id: true },
    }),
    lastEnded(db, locationIds, 'failed'),
    lastEnded(db, locationIds, 'completed', IS_OUTCOME),
    lastEnded(db, locationIds, 'completed', IS_SYNC),
  ]);
  const byLocation = new Map<number, Run[]>();
  const ids = [...newest.flatMap(({ _max }) => _max.id ?? []), ...ended.flat()];
  for (const run of await runsById(db, ids, LAST_ENDED))
    byLocation.set(run.locationId, [...(byLocation.get(run.locationId) ?? []), run]);
  return byLocation;
}

type Tally = Pick<TargetOverview, 'active' | 'inactive' | 'leftAlone' | 'changedSince' | 'moreThan'>;

/** The state of a target, before its users are counted. */
function uncounted(target: string, place: Place | undefined, runs: RunsByLocation): TargetOverview {
  const here = runs.get(Number(place?.id)) ?? [];
  const newest = (...statuses: readonly RunStatus[]) => here.find(({ status }) => statuses.includes(status));
  const [completed, failed] = [newest('completed'), newest('failed')];
  const lastSync = here.find(({ status, reverts }) => status === 'completed' && reverts === undefined);
  const better = failed?.reverts === undefined ? lastSync : completed;
  const later = here.find((run) => run === failed || run === better);
  return {
    target,
    locationName: place?.locationName,
    ...NOBODY,
    lastSync,
    rolledBackSince: completed !== undefined && isNewsAfter(completed, lastSync) ? completed : undefined,
    working: newest('reading', 'executing'),
    pending: newest('ready'),
    lastFailed: later === failed ? failed : undefined,
  };
}

/** Whether the newest completed run is a rollback that `lastSync` itself does not show. */
function isNewsAfter({ id, reverts }: Run, lastSync: Run | undefined): boolean {
  return reverts !== undefined && id !== lastSync?.takenBackBy && id !== lastSync?.redoneBy;
}

const NOBODY: Tally = { active: 0, inactive: 0, leftAlone: 0, changedSince: 0, moreThan: undefined };

/** Counts users, and those whose newest change is newer than the last sync (`since`) and its rollbacks. */
async function tally(
  db: Database,
  locationId: bigint,
  since: Date | undefined,
  { eligible, most }: Pick<Eligibility, 'eligible'> & { readonly most: number },
): Promise<Tally> {
  const [row] = await db.$queryRaw<Record<'users' | 'active' | 'inactive' | 'changed', bigint>[]>`
    SELECT COUNT(*) AS users, COUNT(IF(c.eligible AND c.status = 'active', 1, NULL)) AS active,
           COUNT(IF(c.eligible AND c.status = 'inactive', 1, NULL)) AS inactive,
           COUNT(IF(c.updated_at > COALESCE(b.at, CAST(${since ?? null} AS DATETIME(3))), 1, NULL)) AS changed
    FROM (
      SELECT id, status, updated_at, ${eligible('users')} AS eligible FROM users
      WHERE location_id = ${locationId} LIMIT ${most + 1}
    ) c LEFT JOIN (
      SELECT n.user_id, MAX(r.finished_at) AS at FROM sync_runs r STRAIGHT_JOIN sync_changes n ON n.run_id = r.id
      WHERE r.location_id = ${locationId} AND r.status = 'completed' AND r.finished_at > ${since ?? null}
        AND n.action IN ('reactivate', 'deactivate') GROUP BY n.user_id
    ) b ON b.user_id = c.id`;
  const { users, active, inactive, changed } = row ?? { users: 0n, active: 0n, inactive: 0n, changed: 0n };
  const counts = { active: Number(active), inactive: Number(inactive), changedSince: Number(changed) };
  const leftAlone = Number(users) - counts.active - counts.inactive;
  return { ...counts, leftAlone, moreThan: Number(users) > most ? most : undefined };
}
