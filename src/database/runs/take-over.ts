import type { Taken, Taking, Work } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import { type Run, SYSTEM } from '../../sync/run/run.ts';
import { type Database, inTransaction, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { enqueueSummary, LEASE_SECONDS, move, record } from '../transition.ts';
import { toRun } from './run-rows.ts';

/** The largest number of runs that one call locks; the next call continues. */
const MOST_PER_CALL = 20;
/** Seconds after a claim within which a process may not have begun the work yet. */
const BEGUN_AFTER_SECONDS = 5;

/** Supersedes the other ready runs of this run's location, because nobody should confirm an older state. Returns them. */
export async function supersedeOlder(tx: Transaction, runId: number): Promise<readonly Run[]> {
  const older = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM sync_runs o JOIN sync_runs n ON n.id = ${runId} AND n.location_id = o.location_id
    WHERE o.status = 'ready' AND o.id <> ${runId}`;
  const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3), next_run_id = ${runId}`;
  const superseded: Run[] = [];
  for (const { id } of older) {
    if (!(await move(tx, { runId: Number(id), from: 'ready', to: 'superseded', set }))) continue;
    const audit = {
      step: 'superseded',
      actor: SYSTEM,
      outcome: 'superseded',
      facts: { kind: 'superseded', byRunId: runId },
    } as const;
    superseded.push(await record(tx, Number(id), { audit, notices: ['message'] }));
  }
  return superseded;
}

/** Ends expired previews and returns them. */
export async function expireDue(db: Database, step: Step): Promise<readonly Run[]> {
  const due = (lock: Prisma.Sql) => Prisma.sql`
    SELECT id FROM sync_runs WHERE status = 'ready' AND expires_at <= UTC_TIMESTAMP(3)
    ORDER BY id LIMIT ${MOST_PER_CALL} ${lock}`;
  // Most looks find nothing. They need no transaction, so a bot at rest asks the server less.
  const seen = await reaching(() => db.$queryRaw<{ id: number }[]>(due(Prisma.empty)));
  if (seen.length === 0) return [];
  return inTransaction(db, async (tx) => {
    const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3)`;
    const expired: Run[] = [];
    for (const { id } of await tx.$queryRaw<{ id: number }[]>(due(Prisma.sql`FOR UPDATE SKIP LOCKED`))) {
      await move(tx, { runId: Number(id), from: 'ready', to: 'expired', set });
      expired.push(await record(tx, Number(id), step));
    }
    return expired;
  });
}

/** A process of the bot: the name under which it takes leases, and the targets that its settings name; undefined: all. */
export type Process = { readonly owner: string; readonly targets?: readonly string[] | undefined };

/** See `Runs.takeOver`. A run inside a transaction is locked, and therefore skipped. */
export async function takeOver(
  db: Database,
  { owner, targets }: Process,
  { step, free, underWay }: Taking,
): Promise<readonly Taken[]> {
  const unheld = lapsedOrForgotten(owner, underWay);
  const kinds = KINDS.filter((status) => free[status] > 0);
  // Most looks find nothing, and ask for no order.
  const isMine = isKnown(owner, targets);
  if (!(await reaching(() => isSome(db, kinds, Prisma.sql`${unheld} AND ${isMine}`)))) return [];
  const found: Takeable[] = [];
  for (const status of kinds) {
    const ids = await reaching(() => inFairOrder(db, status, { unheld, isMine }));
    if (ids.length > 0) found.push({ status, ids, most: free[status], unheld });
  }
  if (found.length === 0) return [];
  return inTransaction(db, async (tx) => {
    const taken: Taken[] = [];
    for (const each of found) taken.push(...(await takeSome(tx, owner, step, each)));
    return taken;
  });
}

const KINDS = ['executing', 'reading'] as const satisfies readonly Work[];

async function isSome(db: Database, kinds: readonly Work[], takeable: Prisma.Sql): Promise<boolean> {
  if (kinds.length === 0) return false;
  const found = await db.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE status IN (${Prisma.join([...kinds])}) AND ${takeable} LIMIT 1`;
  return found.length > 0;
}

/** For how long a process leaves a run to the processes whose settings have its target. */
const TARGET_LEFT_SECONDS = 60;

/**
 * SQL: whether a process whose settings name `targets` takes a run. Only processes that know its target can read its list or apply
 * its plan, and one of them may just be starting. If none has taken the run for a minute and no other process does such work now,
 * this process takes it, and it fails with the reason. A rollback needs no target.
 */
function isKnown(owner: string, targets: readonly string[] | undefined): Prisma.Sql {
  if (targets === undefined) return Prisma.sql`TRUE`;
  return Prisma.sql`(
    reverts_run_id IS NOT NULL OR target IN (${Prisma.join(['', ...targets])})
    OR (lease_until <= UTC_TIMESTAMP(3) - INTERVAL ${TARGET_LEFT_SECONDS} SECOND AND NOT EXISTS (
      SELECT 1 FROM sync_runs h
      WHERE h.status = sync_runs.status AND h.lease_until > UTC_TIMESTAMP(3) AND h.lease_owner <> ${owner})))`;
}

/** SQL: lapsed runs, and forgotten runs: this process holds them but does not work on them. */
function lapsedOrForgotten(owner: string, underWay: readonly number[]): Prisma.Sql {
  return Prisma.sql`lease_until <= UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS - BEGUN_AFTER_SECONDS} SECOND
    AND (lease_until <= UTC_TIMESTAMP(3) OR lease_owner = ${owner} AND id NOT IN (${Prisma.join([0, ...underWay])}))`;
}

/** Runs of one kind that nobody held a moment ago, and how many of them to take. */
type Takeable = {
  readonly status: Work;
  readonly ids: readonly number[];
  readonly most: number;
  readonly unheld: Prisma.Sql;
};

async function takeSome(
  tx: Transaction,
  owner: string,
  step: Step,
  { status, ids, most, unheld }: Takeable,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const runId of ids) {
    if (taken.length === most) break;
    const [found] = await tx.$queryRaw<{ attempt: number; leaseOwner: string | null }[]>`
      SELECT attempt, lease_owner AS leaseOwner FROM sync_runs
      WHERE id = ${runId} AND status = ${status} AND ${unheld} FOR UPDATE SKIP LOCKED`;
    if (found === undefined) continue;
    const lease = { runId, owner, attempt: Number(found.attempt) + 1 };
    const set = Prisma.sql`, lease_owner = ${owner}, attempt = ${lease.attempt}`;
    await move(tx, { runId, from: status, to: status, set });
    const waited = found.leaseOwner === null;
    taken.push({ lease, waited, run: waited ? await itsTurn(tx, runId) : await record(tx, runId, step) });
  }
  return taken;
}

/**
 * The ids of runs that nobody holds, in the order in which they are taken. The runs of each person are numbered from the oldest,
 * starting after the person's runs in work. So everybody's first run comes before anybody's second run.
 */
async function inFairOrder(
  db: Database,
  status: Work,
  { unheld, isMine }: { readonly unheld: Prisma.Sql; readonly isMine: Prisma.Sql },
): Promise<readonly number[]> {
  const person = Prisma.sql`COALESCE(confirmed_by_id, requested_by_id)`;
  const rows = await db.$queryRaw<{ id: number }[]>`
    SELECT t.id FROM (
      SELECT w.id, w.lease_until,
             ROW_NUMBER() OVER (PARTITION BY w.person ORDER BY w.lease_until, w.id) + COALESCE(b.runs, 0) AS turn
      FROM (SELECT id, lease_until, ${person} AS person FROM sync_runs
            WHERE status = ${status} AND ${unheld} AND ${isMine}) w
      LEFT JOIN (
        SELECT ${person} AS person, COUNT(*) AS runs FROM sync_runs
        WHERE status = ${status} AND NOT (${unheld}) GROUP BY person
      ) b ON b.person = w.person
    ) t
    ORDER BY t.turn, t.lease_until, t.id LIMIT ${MOST_PER_CALL}`;
  return rows.map(({ id }) => Number(id));
}

/** Starts a run that waited. This is no step of the run, so only a batch's summary is updated. */
async function itsTurn(tx: Transaction, runId: number): Promise<Run> {
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  if (run.batchId !== undefined) await enqueueSummary(tx, run.batchId);
  return run;
}

/** See `Runs.othersWait`. */
export function othersWait(db: Database, { owner, targets }: Process, { status }: Run): Promise<boolean> {
  const kinds = KINDS.filter((kind) => kind === status);
  return isSome(db, kinds, Prisma.sql`lease_owner IS NULL AND ${isKnown(owner, targets)}`);
}
