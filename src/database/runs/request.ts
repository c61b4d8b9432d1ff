import type { Requested, RunDraft } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import type { Run } from '../../sync/run/run.ts';
import type { Batches, BatchRequest, HalfOpened } from '../../sync/use-cases/batch.ts';
import { type Database, execute, inTransaction, reaching, type Transaction } from '../client.ts';
import { isDuplicate } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { enqueue, LEASE_UNTIL, recordOf } from '../transition.ts';
import { askedWhileRead } from './by-rule.ts';
import { toRun } from './run-rows.ts';

class AlreadyFollowed extends Error {}

/** Opens a run that reads, unless the same request was served before or another run reads the same list. */
export async function requestRun(
  db: Database,
  owner: string,
  draft: RunDraft,
  step: Step,
): Promise<Requested> {
  const served = await reaching(() => servedAlready(db, draft));
  if (served !== undefined) return served;
  try {
    const run = await inTransaction(db, (tx) => insertRun(tx, owner, draft, step));
    return { outcome: 'requested', run, lease: { runId: run.id, owner, attempt: 1 } };
  } catch (error) {
    if (error instanceof AlreadyFollowed || isDuplicate(error, 'sync_runs_request_key_key')) {
      return { outcome: 'repeated' };
    }
    if (!isDuplicate(error, 'sync_runs_reading_of_key')) throw error;
    // Another request was a moment quicker.
    return requestRun(db, owner, draft, step);
  }
}

/** Looks before anything is written, so that a refused request uses up no run number. */
async function servedAlready(db: Database, draft: RunDraft): Promise<Requested | undefined> {
  const { requestKey, follows, reads } = draft;
  const [known, row] = await Promise.all([
    db.syncRun.findUnique({ where: { requestKey }, select: { id: true } }),
    reads === undefined ? null : db.syncRun.findUnique({ where: { readingOf: reads } }),
  ]);
  const followed = follows !== undefined && (await findRun(db, follows))?.nextRunId !== undefined;
  if (known !== null || followed) return { outcome: 'repeated' };
  const by = row?.status === 'reading' ? toRun(row) : undefined;
  if (by !== undefined && (await askedWhileRead(db, by, draft.requestedBy, requestKey))) {
    return { outcome: 'being_read', by };
  }
  // A process of an older version continued the run and left `reading_of` set.
  if (row !== null) {
    await execute(db)`UPDATE sync_runs SET reading_of = NULL WHERE id = ${row.id} AND status <> 'reading'`;
  }
  return undefined;
}

async function insertRun(tx: Transaction, owner: string, draft: RunDraft, step: Step): Promise<Run> {
  // The run that is followed is held first, so that of several requests only the one that is served takes a run number.
  if (draft.follows !== undefined) {
    const free = await tx.$queryRaw<unknown[]>`
      SELECT id FROM sync_runs WHERE id = ${draft.follows} AND next_run_id IS NULL FOR UPDATE`;
    if (free.length === 0) throw new AlreadyFollowed();
  }
  await tx.$executeRaw`
    INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key,
                           requested_by_id, requested_by_name, requested_at, lease_owner, lease_until,
                           reverts_run_id, batch_id, reading_of)
    VALUES (${draft.target.name}, ${draft.target.locationId}, ${draft.target.locationName}, 'reading',
            ${draft.channelId}, ${draft.requestKey}, ${draft.requestedBy.id},
            ${draft.requestedBy.name.slice(0, 255)}, UTC_TIMESTAMP(3), ${owner}, ${LEASE_UNTIL},
            ${draft.reverts ?? null}, ${draft.batchId ?? null}, ${draft.reads ?? null})`;
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { requestKey: draft.requestKey } }));
  if (draft.follows !== undefined) {
    await tx.$executeRaw`UPDATE sync_runs SET next_run_id = ${run.id} WHERE id = ${draft.follows}`;
    await enqueue(tx, draft.follows, ['message']);
  }
  await recordOf(tx, run, step);
  return run;
}

/** The run with this number; undefined if there is none. */
export async function findRun(db: Database | Transaction, runId: number): Promise<Run | undefined> {
  const row = await db.syncRun.findUnique({ where: { id: runId } });
  return row === null ? undefined : toRun(row);
}

/** Creates `Batches`. An adjusted run stands in the batch in place of the run that it came from. */
export function createBatches(db: Database, owner: string, targets?: readonly string[]): Batches {
  return {
    open: (request) => open(db, owner, request),
    renew: async (batchId) => {
      await execute(db)`
        UPDATE sync_batches SET lease_until = ${OPENING_UNTIL} WHERE id = ${batchId} AND lease_owner = ${owner}`;
    },
    opened: async (batchId) => {
      await execute(db)`UPDATE sync_batches SET lease_owner = NULL, lease_until = NULL WHERE id = ${batchId}`;
    },
    takeOver: () => reaching(() => takeOverBatch(db, owner, targets)),
    find: (batchId) =>
      reaching(async () => {
        const batch = await db.syncBatch.findUnique({ where: { id: batchId } });
        if (batch === null) return undefined;
        const runs = await db.syncRun.findMany({ where: { batchId }, orderBy: { id: 'asc' } });
        // An adjusted plan has replaced the run from which it came.
        const ids = new Set(runs.map((run) => run.id));
        const inForce = runs.filter(({ nextRunId }) => nextRunId === null || !ids.has(nextRunId));
        const { id, channelId, messageTs } = batch;
        return { id, channelId, messageTs: messageTs ?? undefined, runs: inForce.map(toRun) };
      }),
    attachMessage: async (batchId, messageTs) => {
      await execute(db)`UPDATE sync_batches SET message_ts = ${messageTs} WHERE id = ${batchId}`;
    },
  };
}

/** 1 min, and again as the runs open. Slack may take seconds for the first run's message before the second run. */
const OPENING_UNTIL = Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`;

/** In a transaction: if the answer to its commit is lost, the error says so. */
async function open(
  db: Database,
  owner: string,
  { targets, channelId, actor, requestKey }: BatchRequest,
): Promise<number | undefined> {
  try {
    return await inTransaction(db, async (tx) => {
      await tx.$executeRaw`
        INSERT INTO sync_batches (channel_id, request_key, created_at, targets, requested_by_id, requested_by_name,
                                  lease_owner, lease_until)
        VALUES (${channelId}, ${requestKey}, UTC_TIMESTAMP(3), ${targets.join(',')}, ${actor.id},
                ${actor.name.slice(0, 255)}, ${owner}, ${OPENING_UNTIL})`;
      const batch = await tx.syncBatch.findUniqueOrThrow({ where: { requestKey }, select: { id: true } });
      return batch.id;
    });
  } catch (error) {
    if (isDuplicate(error, 'sync_batches_request_key_key')) return undefined;
    throw error;
  }
}

/** The largest number of batches that one call looks at. */
const MOST_HALF_OPEN = 20;
/** For how long a process leaves a batch to the processes whose settings have all of its targets. */
const LEFT_SECONDS = 60;

async function takeOverBatch(
  db: Database,
  owner: string,
  known?: readonly string[],
): Promise<HalfOpened | undefined> {
  const rows = await db.$queryRaw<HalfOpenedRow[]>`
    SELECT id, channel_id AS channelId, request_key AS requestKey, targets,
           requested_by_id AS actorId, requested_by_name AS actorName,
           lease_until < UTC_TIMESTAMP(3) - INTERVAL ${LEFT_SECONDS} SECOND AS isLeft
    FROM sync_batches WHERE lease_until < UTC_TIMESTAMP(3) ORDER BY lease_until LIMIT ${MOST_HALF_OPEN}`;
  const canOpen = (row: HalfOpenedRow) =>
    row.targets.split(',').every((name) => known?.includes(name) ?? true);
  const half = rows.find((row) => Number(row.isLeft) === 1 || canOpen(row));
  if (half === undefined) return undefined;
  const taken = await execute(db)`
    UPDATE sync_batches SET lease_owner = ${owner}, lease_until = ${OPENING_UNTIL}
    WHERE id = ${half.id} AND lease_until < UTC_TIMESTAMP(3)`;
  if (taken === 0) return undefined;
  const { channelId, requestKey, targets, actorId, actorName } = half;
  const actor = { id: actorId, name: actorName };
  return { id: Number(half.id), request: { targets: targets.split(','), channelId, actor, requestKey } };
}

/** A batch whose runs are not all open. `isLeft`: any process may take it. Every row with a lease has all of these columns. */
type HalfOpenedRow = {
  readonly id: number;
  readonly isLeft: bigint;
} & Readonly<Record<'channelId' | 'requestKey' | 'targets' | 'actorId' | 'actorName', string>>;
