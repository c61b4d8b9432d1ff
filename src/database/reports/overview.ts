import type { ListedUser, Overview, RunStep, UserFilter } from '../../sync/ports/overview.ts';
import { toFacts } from '../audit/audit.ts';
import { auditNames } from '../audit/audit-tables.ts';
import { type Database, reaching } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { countProtected, eligibilityOf, NAME_OF_USER } from '../plan/eligibility.ts';
import { inOrder } from '../plan/spelling.ts';
import { toRun } from '../runs/run-rows.ts';
import { findUsers } from './find-users.ts';
import { lastSyncs, placesOf, targetOverviews } from './targets.ts';

/** `codes` maps the target names of `/usersync` to location codes. */
export function createOverview(db: Database, codes: ReadonlyMap<string, string>): Overview {
  return {
    targets: (names) => reaching(() => targetOverviews(db, names, codes)),
    lastSyncs: (names) => reaching(() => lastSyncs(db, names, codes)),
    history: (target, beforeId, limit) => {
      const names = target === undefined ? undefined : namesLike(target, codes);
      return reaching(() => history(db, names, beforeId, limit));
    },
    steps: (runId) => reaching(() => steps(db, runId)),
    protection: (patterns, most) => countProtected(db, patterns, most),
    users: (filter, limit) => reaching(() => listUsers(db, codes, filter, limit)),
    find: (text, limit) => reaching(() => findUsers(db, codes, text, limit)),
  };
}

/** The target and the other names of its location: `SYNC_TARGETS` may give it several. */
function namesLike(target: string, codes: ReadonlyMap<string, string>): readonly string[] {
  const code = codes.get(target);
  return [target, ...[...codes].flatMap(([name, each]) => (each === code && name !== target ? [name] : []))];
}

async function history(
  db: Database,
  targets: readonly string[] | undefined,
  beforeId: number | undefined,
  limit: number,
) {
  const rows = await db.syncRun.findMany({
    where: {
      ...(targets === undefined ? {} : { target: { in: [...targets] } }),
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRun);
}

/** More steps than any run has; a limit, so that the answer stays readable in any case. */
const MOST_STEPS = 100;

type StepRow = Omit<RunStep, 'reason' | 'facts'> & {
  readonly reason: string | null;
  readonly facts: string | null;
};

async function steps(db: Database, runId: number) {
  const { logs } = await auditNames(db);
  const rows = await db.$queryRaw<StepRow[]>`
    SELECT at, step, actor_id AS actorId, actor_name AS actorName, outcome, reason, facts
    FROM ${logs} WHERE run_id = ${runId} ORDER BY seq LIMIT ${MOST_STEPS}`;
  return rows.map(
    ({ reason, facts, ...row }): RunStep => ({ ...row, reason: reason ?? undefined, facts: toFacts(facts) }),
  );
}

type UserRow = { email: string; locationId: bigint; status: ListedUser['status']; updatedAt: Date | null };

async function listUsers(
  db: Database,
  codes: ReadonlyMap<string, string>,
  { target, status, text }: UserFilter,
  limit: number,
) {
  const places = await placesOf(db, target === undefined ? [...codes.keys()] : [target], codes);
  if (places.size === 0) return { total: 0, users: [] };
  // A location with several names is shown by its first name.
  const names = new Map([...places].toReversed().map(([name, { id }]) => [id, name]));
  const { plain } = await eligibilityOf(db);
  const like = `%${(text ?? '').replace(/[!%_]/g, '!$&')}%`;
  const found = Prisma.sql`
    FROM users u JOIN locations l ON l.id = u.location_id
    WHERE u.location_id IN (${Prisma.join([...names.keys()])})
      ${status === undefined ? Prisma.empty : Prisma.sql`AND u.status = ${status} AND ${plain('u')}`}
      ${text === undefined ? Prisma.empty : Prisma.sql`AND u.email LIKE ${like} ESCAPE '!'`}`;
  const [count] = await db.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n ${found}`;
  const rows = await db.$queryRaw<UserRow[]>`
    SELECT ${NAME_OF_USER} AS email, u.location_id AS locationId,
           IF(${plain('u')}, u.status, 'left_alone') AS status,
           IF(MONTH(u.updated_at) = 0 OR DAYOFMONTH(u.updated_at) = 0, NULL, u.updated_at) AS updatedAt ${found}
    ORDER BY l.location_code, ${inOrder('u.email')} LIMIT ${limit}`;
  const users: ListedUser[] = rows.map((row) => ({
    email: row.email,
    target: names.get(row.locationId) ?? '',
    status: row.status,
    updatedAt: row.updatedAt ?? undefined,
  }));
  return { total: Number(count?.n ?? 0), users };
}
