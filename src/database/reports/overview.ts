import type { CallReason } from '../../sync/automation/calls.ts';
import type { DigestReports } from '../../sync/automation/digest.ts';
import type { Overview, RunStep, UserFilter } from '../../sync/ports/overview.ts';
import type { ChainPlace } from '../../sync/ports/steps.ts';
import { toFacts } from '../audit/audit.ts';
import { auditNames } from '../audit/audit-tables.ts';
import { type Database, query, reaching } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { contains, inOrder } from '../plan/comparison.ts';
import { countProtected, eligibilityOf, NAME_OF_USER } from '../plan/eligibility.ts';
import { runsById, toRun } from '../runs/run-rows.ts';
import { findUsers, type ListedRow, listedColumns, namesById, toListed } from './find-users.ts';
import { lastSyncs, placesOf, targetOverviews } from './targets.ts';

/** `codes` maps the target names of `/usersync` to location codes. */
export function createOverview(db: Database, codes: ReadonlyMap<string, string>): Overview {
  return {
    targets: (names, most) => reaching(() => targetOverviews(db, names, codes, most)),
    lastSyncs: (names) => reaching(() => lastSyncs(db, names, codes)),
    history: (target, beforeId, limit) =>
      reaching(async () => {
        const where = target === undefined ? undefined : await runsOf(db, target, codes);
        return history(db, where, beforeId, limit);
      }),
    steps: (runId) => reaching(() => steps(db, runId)),
    protection: (patterns, most) => countProtected(db, patterns, most),
    users: (filter, limit) => reaching(() => listUsers(db, codes, filter, limit)),
    find: (text, limit) => reaching(() => findUsers(db, codes, text, limit)),
  };
}

/** The runs of a target, and those of its location under other names: `SYNC_TARGETS` may give it several, or others by now. */
async function runsOf(db: Database, target: string, codes: ReadonlyMap<string, string>) {
  const place = (await placesOf(db, [target], codes)).get(target);
  return { OR: [{ target }, ...(place === undefined ? [] : [{ locationId: place.id }])] };
}

async function history(
  db: Database,
  where: Awaited<ReturnType<typeof runsOf>> | undefined,
  beforeId: number | undefined,
  limit: number,
) {
  const rows = await db.syncRun.findMany({
    where: { ...where, ...(beforeId === undefined ? {} : { id: { lt: beforeId } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRun);
}

/** More steps than a modal can show. */
const MOST_STEPS = 3_000;

type StepRow = Omit<RunStep, 'reason' | 'facts'> & {
  /** Of all rows, also of those beyond the limit. */
  readonly total: bigint;
  readonly reason: string | null;
  readonly facts: string | null;
};

async function steps(db: Database, runId: number) {
  const { logs } = await auditNames(db);
  // Somebody may have typed the number before there was such a run.
  const rows = await db.$queryRaw<StepRow[]>`
    SELECT at, step, actor_id AS actorId, actor_name AS actorName, outcome, reason, facts, COUNT(*) OVER () AS total
    FROM ${logs}
    WHERE run_id = ${runId}
      AND seq >= (SELECT MIN(f.seq) FROM ${logs} f WHERE f.run_id = ${runId} AND f.outcome <> 'run_not_found')
    ORDER BY seq LIMIT ${MOST_STEPS}`;
  const found = rows.map(
    ({ total, reason, facts, ...row }): RunStep => ({
      ...row,
      reason: reason ?? undefined,
      facts: toFacts(facts),
    }),
  );
  return { total: Number(rows[0]?.total ?? 0), steps: found };
}

async function listUsers(
  db: Database,
  codes: ReadonlyMap<string, string>,
  { target, status, text }: UserFilter,
  limit: number,
) {
  const names = await namesById(db, target === undefined ? [...codes.keys()] : [target], codes);
  if (names.size === 0) return { total: 0, users: [] };
  const eligibility = await eligibilityOf(db);
  const { eligible } = eligibility;
  const found = Prisma.sql`
    FROM users u JOIN locations l ON l.id = u.location_id
    WHERE u.location_id IN (${Prisma.join([...names.keys()])})
      ${status === undefined ? Prisma.empty : Prisma.sql`AND u.status = ${status} AND ${eligible('u')}`}
      ${text === undefined ? Prisma.empty : Prisma.sql`AND ${contains(Prisma.sql`u.email`, text)}`}`;
  const [count] = await db.$queryRaw<{ n: bigint }[]>`SELECT COUNT(*) AS n ${found}`;
  const rows = await db.$queryRaw<ListedRow[]>`
    SELECT ${NAME_OF_USER} AS email, ${listedColumns(eligibility)} ${found}
    ORDER BY l.location_code, ${inOrder('u.email')} LIMIT ${limit}`;
  return { total: Number(count?.n ?? 0), users: rows.map((row) => toListed(row, names)) };
}

/** The transaction of a run that was confirmed alone writes a call with this reason, so these calls name the runs. */
const BROKE_GLASS: CallReason = 'broke_glass';

type SyncsRow = {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly runs: bigint;
} & Readonly<Record<'rollbacks' | 'added' | 'reactivated' | 'deactivated', unknown>>;

/** Creates `DigestReports`: what the runs between two due times did, and what waits. */
export function createDigestReports(db: Database): DigestReports {
  return {
    syncs: async (since, until, most) => {
      const rows = await query(db)<SyncsRow>`
        SELECT confirmed_by_id AS id, MAX(confirmed_by_name) AS name, target, COUNT(*) AS runs, COUNT(reverts_run_id) AS rollbacks,
               SUM(add_count) AS added, SUM(reactivate_count) AS reactivated, SUM(deactivate_count) AS deactivated
        FROM sync_runs
        WHERE status = 'completed' AND finished_at > ${since} AND finished_at <= ${until}
          AND confirmed_by_id IS NOT NULL
        GROUP BY confirmed_by_id, target ORDER BY runs DESC, id, target LIMIT ${most}`;
      return rows.map((row) => ({
        by: { id: row.id, name: row.name },
        target: row.target,
        runs: Number(row.runs),
        rollbacks: Number(row.rollbacks),
        add: Number(row.added),
        reactivate: Number(row.reactivated),
        deactivate: Number(row.deactivated),
      }));
    },
    alone: (since, until, most) =>
      reaching(async () => {
        const called = await db.syncOutbox.findMany({
          where: { reason: BROKE_GLASS, createdAt: { gt: since, lte: until } },
          orderBy: { id: 'asc' },
          take: most,
          select: { runId: true },
        });
        const ids = called.map(({ runId }) => runId);
        return runsById(db, ids);
      }),
    waiting: (most) =>
      reaching(async () => {
        const found = await db.$queryRaw<{ id: number }[]>`
          SELECT id FROM sync_runs WHERE status = 'ready' AND expires_at > UTC_TIMESTAMP(3)
          ORDER BY ready_at, id LIMIT ${most}`;
        const ids = found.map(({ id }) => Number(id));
        return runsById(db, ids, [{ readyAt: 'asc' }, { id: 'asc' }]);
      }),
    end: () =>
      reaching(async () => {
        const { heads } = await auditNames(db);
        const [row] = await db.$queryRaw<ChainPlace[]>`SELECT seq, hash FROM ${heads} WHERE seq > 0`;
        return row;
      }),
  };
}
