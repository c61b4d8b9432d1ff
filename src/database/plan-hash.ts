import { createHash } from 'node:crypto';
import type { Transaction } from './client.ts';

/** Bounds one GROUP_CONCAT (see group_concat_max_len in client.ts) to a few hundred kilobytes. */
const CHUNK = 1000;

/**
 * SHA-256 (hex) over the plan's ordered changes: the database hashes each thousand of them, this process hashes
 * the hashes, so that a plan of any size costs one statement and little memory.
 */
export async function planHash(tx: Transaction, runId: number): Promise<string> {
  const chunks = await tx.$queryRaw<{ digest: string }[]>`
    SELECT (seq - 1) DIV ${CHUNK} AS chunk, SHA2(GROUP_CONCAT(
             seq, ' ', action, ' ', LENGTH(email), ' ', email, ' ', COALESCE(user_id, '-'), ' ',
             COALESCE(status_before, '-'), ' ', COALESCE(status_after, '-'), ' ',
             COALESCE(LENGTH(detail), '-'), ' ', COALESCE(detail, '')
             ORDER BY seq SEPARATOR '\n'), 256) AS digest
    FROM sync_changes WHERE run_id = ${runId}
    GROUP BY chunk ORDER BY chunk`;
  const hash = createHash('sha256');
  for (const { digest } of chunks) hash.update(digest);
  return hash.digest('hex');
}
