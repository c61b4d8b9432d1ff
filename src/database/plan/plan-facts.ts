import { createHash } from 'node:crypto';
import {
  LocationChangedError,
  PlanAlteredError,
  PlannedEarlierError,
} from '../../sync/failures/stale-errors.ts';
import type { PlanFacts } from '../../sync/ports/plans.ts';
import type { Target } from '../../sync/ports/source.ts';
import { movedSince, type Rules } from '../../sync/rules/rules.ts';
import { EFFECTIVE_ACTIONS, type EffectiveAction, type UserStatus } from '../../sync/run/change.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma, type SyncRun } from '../generated/client.ts';
import { toRules } from '../runs/run-rows.ts';
import type { Eligibility } from './comparison.ts';
import { eligibilityOf } from './eligibility.ts';

type ActionTally = { readonly action: string; readonly before: UserStatus | null; readonly n: bigint };

/** Counts a plan that was just written, and collects the guard's numbers. `staged` are the counts of the server's list. */
export async function planFacts(
  tx: Transaction,
  runId: number,
  locationId: bigint,
  staged: { readonly source: number; readonly duplicates: number },
): Promise<PlanFacts> {
  const eligibility = await eligibilityOf(tx);
  const hash = await planHash(tx, runId);
  const tallies = await tallyByAction(tx, runId);
  const users = await countUsers(tx, locationId, eligibility);
  const count = (action: string, before?: UserStatus) =>
    tallies
      .filter((tally) => tally.action === action && (before === undefined || tally.before === before))
      .reduce((sum, { n }) => sum + Number(n), 0);
  const active = Number(users?.active ?? 0);
  const [deactivate, reactivate] = [count('deactivate'), count('reactivate')];
  return {
    hash,
    active,
    recentlyDeactivated: Number(users?.recent ?? 0),
    counts: {
      ...staged,
      add: count('add'),
      reactivate,
      deactivate,
      omitted: count('omitted'),
      protected: count('protected'),
      kept: count('kept'),
      // Users may change between the planning statements and the counting statement.
      unchanged: Math.max(
        0,
        active - deactivate - count('protected') - count('kept', 'active') - count('omitted', 'active'),
      ),
      alreadyInactive: Math.max(
        0,
        Number(users?.inactive ?? 0) - reactivate - count('kept', 'inactive') - count('omitted', 'inactive'),
      ),
      skipped: count('skipped'),
    },
  };
}

function tallyByAction(tx: Transaction, runId: number): Promise<ActionTally[]> {
  return tx.$queryRaw<ActionTally[]>`
    SELECT action, status_before AS \`before\`, COUNT(*) AS n
    FROM sync_changes WHERE run_id = ${runId} GROUP BY action, status_before`;
}

async function countUsers(tx: Transaction, locationId: bigint, eligibility: Eligibility) {
  const { eligible } = eligibility;
  const [users] = await tx.$queryRaw<{ active: bigint; inactive: bigint; recent: bigint }[]>`
    SELECT COUNT(IF(u.status = 'active' AND ${eligible('u')}, 1, NULL)) AS active,
           COUNT(IF(u.status = 'inactive' AND ${eligible('u')}, 1, NULL)) AS inactive,
           ${recentlyDeactivated(locationId, eligibility)} AS recent
    FROM users u WHERE u.location_id = ${locationId}`;
  return users;
}

/**
 * SQL: how many users the completed runs of the last 24 hours deactivated at a location. Net: users who are active again do not
 * count, and each user counts once. If a run's changes are no longer kept, all its deactivations count. `except` is a run whose
 * deactivations are written already and counted separately.
 */
export function recentlyDeactivated(
  locationId: bigint | number,
  { eligible }: Pick<Eligibility, 'eligible'>,
  except?: number,
): Prisma.Sql {
  const recent = Prisma.sql`
    r.location_id = ${locationId} AND r.status = 'completed' AND r.deactivate_count > 0
    AND r.finished_at > UTC_TIMESTAMP(3) - INTERVAL 24 HOUR`;
  const own = Prisma.sql`
    AND c.user_id NOT IN (SELECT o.user_id FROM sync_changes o
                          WHERE o.run_id = ${except} AND o.action = 'deactivate' AND o.user_id IS NOT NULL)`;
  const counts = Prisma.sql`p.id IS NULL ${except === undefined ? Prisma.empty : own}`;
  return Prisma.sql`
    (SELECT COALESCE(SUM(r.deactivate_count), 0) FROM sync_runs r WHERE ${recent})
    - (SELECT COUNT(*) - COUNT(DISTINCT CASE WHEN ${counts} THEN c.user_id END) FROM sync_runs r
       STRAIGHT_JOIN sync_changes c ON c.run_id = r.id AND c.action = 'deactivate'
       LEFT JOIN users p ON p.id = c.user_id AND p.location_id = r.location_id AND p.status = 'active' AND ${eligible('p')}
       WHERE ${recent})`;
}

/** Limits one GROUP_CONCAT to a few hundred kilobytes (group_concat_max_len in session.ts). */
const CHUNK = 1000;

/** Call this before the hash is computed, which covers the rules. */
export async function storeRules(tx: Transaction, runId: number, rules: Rules): Promise<void> {
  await tx.$executeRaw`UPDATE sync_runs SET rules = ${JSON.stringify(rules)} WHERE id = ${runId}`;
}

/**
 * SHA-256 (hex) over everything that Confirm approves: target, location, requester, rules, the run that a rollback takes back,
 * and the ordered changes. The database hashes each thousand changes, and this process hashes those hashes. So a plan of any size
 * costs two statements and little memory.
 */
export async function planHash(tx: Database | Transaction, runId: number): Promise<string> {
  const run = await tx.syncRun.findUniqueOrThrow({ where: { id: runId } });
  return hashOf(run, await chunksOf<Chunk>(tx, runId, Prisma.empty));
}

/** The counts of a plan, taken while it is hashed. */
type Tally = Readonly<Record<EffectiveAction, number>> & {
  /** The sum of `CRC32` of the added emails. */
  readonly emailSum: bigint;
};

type PlanTally = { readonly chunks: readonly Chunk[]; readonly tally: Tally };

/** Reads the hashes and the counts of a plan's changes in one statement. */
export async function planTally(tx: Transaction, runId: number): Promise<PlanTally> {
  const counted = Prisma.sql`,
           COUNT(IF(action = 'add', 1, NULL)) AS \`add\`, COUNT(IF(action = 'reactivate', 1, NULL)) AS reactivate,
           COUNT(IF(action = 'deactivate', 1, NULL)) AS deactivate,
           CAST(SUM(IF(action = 'add', CRC32(email), 0)) AS UNSIGNED) AS emails`;
  const chunks = await chunksOf<Chunk & Record<EffectiveAction | 'emails', bigint>>(tx, runId, counted);
  const sum = (name: EffectiveAction | 'emails') =>
    chunks.reduce((total, chunk) => total + BigInt(chunk[name]), 0n);
  const count = (action: EffectiveAction) => Number(sum(action));
  const [add, reactivate, deactivate] = [count('add'), count('reactivate'), count('deactivate')];
  return { chunks, tally: { add, reactivate, deactivate, emailSum: sum('emails') } };
}

type Chunk = { readonly digest: string };

/** The part of the approval that the run's own row holds. */
type Approved = Pick<SyncRun, 'target' | 'locationId' | 'requestedById' | 'revertsRunId' | 'rules'>;

function hashOf(run: Approved, chunks: readonly Chunk[]): string {
  const { target, locationId, requestedById, revertsRunId, rules } = run;
  const approved = [target, locationId.toString(), requestedById, revertsRunId, rules];
  const hash = createHash('sha256').update(`${JSON.stringify(approved)}\n`);
  for (const { digest } of chunks) hash.update(digest);
  return hash.digest('hex');
}

/**
 * The hashes of the changes, one per thousand. `counted`: more columns per thousand, with a leading comma. The first thousand is a
 * SELECT of its own: without GROUP BY the server sorts no rows, and most plans have no more.
 */
async function chunksOf<Row>(
  tx: Database | Transaction,
  runId: number,
  counted: Prisma.Sql,
): Promise<readonly Row[]> {
  const digest = Prisma.sql`
    SHA2(GROUP_CONCAT(
      seq, ' ', action, ' ', LENGTH(email), ' ', email, ' ', COALESCE(user_id, '-'), ' ',
      COALESCE(status_before, '-'), ' ', COALESCE(status_after, '-'), ' ',
      COALESCE(LENGTH(detail), '-'), ' ', COALESCE(detail, ''), COALESCE(CONCAT(' ', source_id), '')
      ORDER BY seq SEPARATOR '\n'), 256) AS digest ${counted}
    FROM sync_changes WHERE run_id = ${runId}`;
  const rows = await tx.$queryRaw<(Row & { readonly chunk: bigint | number })[]>`
    SELECT 0 AS chunk, ${digest} AND seq <= ${CHUNK} HAVING COUNT(*) > 0
    UNION ALL SELECT (seq - 1) DIV ${CHUNK} AS chunk, ${digest} AND seq > ${CHUNK} GROUP BY chunk`;
  return rows.toSorted((one, other) => Number(one.chunk) - Number(other.chunk));
}

/** Requires that plan and counts are stored as they were shown. Returns the rules at Confirm; undefined if none are stored. */
export function requireAsShown(
  run: Run,
  row: Approved & Pick<SyncRun, 'confirmRules'>,
  { chunks, tally }: PlanTally,
): Rules | undefined {
  const confirmRules = toRules(row.confirmRules);
  const isUnread = row.confirmRules !== null && confirmRules === undefined;
  if (run.rules === undefined || isUnread) throw new PlannedEarlierError();
  if (hashOf(row, chunks) !== run.planHash) throw new PlanAlteredError();
  if (EFFECTIVE_ACTIONS.some((action) => tally[action] !== run.counts[action])) throw new PlanAlteredError();
  return confirmRules;
}

/** Requires that the target's name still means the location of the plan, and its address the server whose list was read. */
export function requireSamePlace(run: Run, now: Target | undefined): void {
  const moved = movedSince(run, now);
  if (moved !== undefined) throw new LocationChangedError(run.target, moved === 'server');
}
