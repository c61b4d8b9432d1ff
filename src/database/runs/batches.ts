import type { Batches } from '../../sync/use-cases/batch.ts';
import { type Database, reaching } from '../client.ts';
import { isDuplicate } from '../errors.ts';
import { toRun } from './run-rows.ts';

export function createBatches(db: Database): Batches {
  return {
    open: (channelId, requestKey) => reaching(() => open(db, channelId, requestKey)),
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
      await reaching(() => db.syncBatch.update({ where: { id: batchId }, data: { messageTs } }));
    },
  };
}

async function open(db: Database, channelId: string, requestKey: string): Promise<number | undefined> {
  try {
    await db.$executeRaw`
      INSERT INTO sync_batches (channel_id, request_key, created_at)
      VALUES (${channelId}, ${requestKey}, UTC_TIMESTAMP(3))`;
  } catch (error) {
    if (isDuplicate(error, 'sync_batches_request_key_key')) return undefined;
    throw error;
  }
  const { id } = await db.syncBatch.findUniqueOrThrow({ where: { requestKey }, select: { id: true } });
  return id;
}
