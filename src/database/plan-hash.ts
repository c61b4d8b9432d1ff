import { createHash } from 'node:crypto';
import type { Rules } from '../sync/rules.ts';
import type { Database, Transaction } from './client.ts';

/** Bounds one GROUP_CONCAT (see group_concat_max_len in client.ts) to a few hundred kilobytes. */
const CHUNK = 1000;

/** Stores what judges a plan, before its hash is taken. */
export async function storeRules(tx: Transaction, runId: number, rules: Rules): Promise<void> {
  await tx.$executeRaw`UPDATE sync_runs SET rules = ${JSON.stringify(rules)} WHERE id = ${runId}`;
}

/**
 * SHA-256 (hex) over everything that Confirm approves: whose users (target, location), who asked, under which rules, of
 * which run it is a rollback, and the ordered changes. The database hashes each thousand changes, this process hashes
 * the hashes, so that a plan of any size costs two statements and little memory.
 */
export async function planHash(tx: Database | Transaction, runId: number): Promise<string> {
  const { target, locationId, requestedById, revertsRunId, rules } = await tx.syncRun.findUniqueOrThrow({
    where: { id: runId },
    select: { target: true, locationId: true, requestedById: true, revertsRunId: true, rules: true },
  });
  const chunks = await tx.$queryRaw<{ digest: string }[]>`
    SELECT (seq - 1) DIV ${CHUNK} AS chunk, SHA2(GROUP_CONCAT(
             seq, ' ', action, ' ', LENGTH(email), ' ', email, ' ', COALESCE(user_id, '-'), ' ',
             COALESCE(status_before, '-'), ' ', COALESCE(status_after, '-'), ' ',
             COALESCE(LENGTH(detail), '-'), ' ', COALESCE(detail, '')
             ORDER BY seq SEPARATOR '\n'), 256) AS digest
    FROM sync_changes WHERE run_id = ${runId}
    GROUP BY chunk ORDER BY chunk`;
  const approved = [target, locationId.toString(), requestedById, revertsRunId, rules];
  const hash = createHash('sha256').update(`${JSON.stringify(approved)}\n`);
  for (const { digest } of chunks) hash.update(digest);
  return hash.digest('hex');
}
