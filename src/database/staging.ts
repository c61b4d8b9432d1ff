import { LeaseLostError } from '../sync/errors.ts';
import type { Lease, Staging } from '../sync/ports.ts';
import type { SourcePage } from '../sync/source.ts';
import { type Database, inTransaction, reaching, type Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { held } from './transition.ts';

const CLEAR_CHUNK = 10_000;
const ROWS_PER_STATEMENT = 2_000;

export function createStaging(db: Database): Staging {
  return {
    add: async (lease, readNo, pages) => {
      for (const part of inParts(pages.filter(({ rows }) => rows.length > 0)))
        await reaching(() => add(db, lease, readNo, part));
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

/** True only while this process still holds the run: a page that arrives late is staged for nobody. */
const stillReading = (lease: Lease) => Prisma.sql`
  EXISTS (SELECT 1 FROM sync_runs WHERE id = ${lease.runId} AND status = 'reading' ${held(lease)})`;

/** Parts that keep a statement far below the server's `max_allowed_packet`. */
function* inParts(pages: readonly SourcePage[]): Generator<readonly SourcePage[]> {
  let part: SourcePage[] = [];
  let rows = 0;
  for (const page of pages) {
    if (part.length > 0 && rows + page.rows.length > ROWS_PER_STATEMENT) {
      yield part;
      [part, rows] = [[], 0];
    }
    part.push(page);
    rows += page.rows.length;
  }
  if (rows > 0) yield part;
}

async function add(db: Database, lease: Lease, readNo: number, pages: readonly SourcePage[]): Promise<void> {
  const list = JSON.stringify(pages.map(withSpellingsAsText));
  const affected = await db.$executeRaw`
    INSERT INTO sync_staged_users
      (run_id, read_no, source_id, page_no, row_no, email, active, skip_reason, raw_email, spellings)
    SELECT ${lease.runId}, ${readNo}, j.id, j.page, j.row_no, j.email, j.active, j.skip, j.raw_email, j.spellings
    FROM JSON_TABLE(${list}, '$[*]' COLUMNS (
      page INT UNSIGNED PATH '$.page',
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

/** JSON_TABLE takes single values only, and an array as the JSON text that it is. */
function withSpellingsAsText(page: SourcePage): object {
  if (page.rows.every(({ spellings }) => spellings === undefined)) return page;
  const rows = page.rows.map((row) => {
    return row.spellings === undefined ? row : { ...row, spellings: JSON.stringify(row.spellings) };
  });
  return { ...page, rows };
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
