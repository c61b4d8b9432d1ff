import { LeaseLostError } from '../../sync/errors.ts';
import type { Lease, Staging } from '../../sync/ports.ts';
import { type Database, inTransaction, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { held } from '../transition.ts';
import { inParts } from './staged-parts.ts';

const CLEAR_CHUNK = 10_000;

export function createStaging(db: Database): Staging {
  let asked: Promise<number> | undefined;
  /** The largest packet that the server takes, asked once. */
  const packetBytes = () => {
    asked ??= reaching(() => askPacketBytes(db));
    asked.catch(() => {
      asked = undefined;
    });
    return asked;
  };
  return {
    add: async (lease, readNo, pages) => {
      const bytes = await packetBytes();
      for (const part of inParts(pages, bytes)) await reaching(() => add(db, lease, readNo, part));
    },
    countDistinct: (runId, readNo) =>
      reaching(async () => {
        const [row] = await db.$queryRaw<{ n: bigint }[]>`
          SELECT COUNT(DISTINCT source_id) AS n FROM sync_staged_users
          WHERE run_id = ${runId} AND read_no = ${readNo}`;
        return Number(row?.n ?? 0);
      }),
    clear: (lease) => clear(db, lease),
  };
}

async function askPacketBytes(db: Database): Promise<number> {
  const [row] = await db.$queryRaw<{ bytes: bigint }[]>`SELECT @@max_allowed_packet AS bytes`;
  return Number(row?.bytes ?? 0);
}

/** True only while this process still holds the run: a page that arrives late is staged for nobody. */
const stillReading = (lease: Lease) => Prisma.sql`
  EXISTS (SELECT 1 FROM sync_runs WHERE id = ${lease.runId} AND status = 'reading' ${held(lease)})`;

/** `list` is a text of `inParts`. */
async function add(db: Database, lease: Lease, readNo: number, list: string): Promise<void> {
  const affected = await db.$executeRaw`
    INSERT INTO sync_staged_users
      (run_id, read_no, source_id, page_no, row_no, email, active, skip_reason, raw_email, spellings)
    SELECT ${lease.runId}, ${readNo}, j.id, j.page, j.begins + j.row_no, j.email, j.active, j.skip, j.raw_email, j.spellings
    FROM JSON_TABLE(${list}, '$[*]' COLUMNS (
      page INT UNSIGNED PATH '$.page',
      begins INT UNSIGNED PATH '$.begins',
      NESTED PATH '$.rows[*]' COLUMNS (
        row_no FOR ORDINALITY,
        id BIGINT UNSIGNED PATH '$.id',
        email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$.email',
        active TINYINT PATH '$.active',
        skip VARCHAR(32) CHARACTER SET utf8mb4 PATH '$.skip',
        raw_email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$.rawEmail',
        spellings VARCHAR(8000) CHARACTER SET utf8mb4 PATH '$.spellings'
      )
    )) AS j
    WHERE ${stillReading(lease)}`;
  if (affected === 0) throw new LeaseLostError(lease.runId);
}

async function clear(db: Database, lease: Lease): Promise<void> {
  let deleted = CLEAR_CHUNK;
  while (deleted === CLEAR_CHUNK) deleted = await inTransaction(db, (tx) => clearChunk(tx, lease));
}

/** The lock keeps the run from being taken over meanwhile: a successor's rows must not be missing from its plan. */
async function clearChunk(tx: Transaction, lease: Lease): Promise<number> {
  const { runId } = lease;
  const [run] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE id = ${runId} AND status = 'reading' ${held(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  return tx.$executeRaw`DELETE FROM sync_staged_users WHERE run_id = ${runId} LIMIT ${CLEAR_CHUNK}`;
}
