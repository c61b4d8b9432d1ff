import { LeaseLostError } from '../../sync/failures/errors.ts';
import type { Staging } from '../../sync/ports/plans.ts';
import type { Lease } from '../../sync/ports/runs.ts';
import type { Repeats, SourcePage, SourceRow } from '../../sync/ports/source.ts';
import { type Database, execute, inTransaction, query, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { leased } from '../transition.ts';

const CLEAR_CHUNK = 10_000;

/** The staging table in `db`. Pages are divided by the largest packet that the server accepts. */
export function createStaging(db: Database): Staging {
  let asked: Promise<number> | undefined;
  /** The largest packet that the server accepts, in bytes; asked once. */
  const packetBytes = () => {
    asked ??= query(db)<{ bytes: bigint }>`SELECT @@max_allowed_packet AS bytes`.then(([row]) =>
      Number(row?.bytes ?? 0),
    );
    asked.catch(() => {
      asked = undefined;
    });
    return asked;
  };
  return {
    add: async (lease, readNo, pages) => {
      const bytes = await packetBytes();
      for (const part of inParts(pages, bytes)) await add(db, lease, readNo, part);
    },
    countDistinct: async (runId, ...readNos) => {
      const [row] = await query(db)<{ n: bigint }>`
        SELECT COUNT(DISTINCT source_id) AS n FROM sync_staged_users
        WHERE run_id = ${runId} AND read_no IN (${Prisma.join([...readNos])})`;
      return Number(row?.n ?? 0);
    },
    sameRows: (runId, one, other) => reaching(() => sameRows(db, runId, one, other)),
    repeats: (runId, readNo) => reaching(() => repeats(db, runId, readNo)),
    clear: (lease) => clear(db, lease),
  };
}

/** Stages one text of `inParts`. A page that arrives too late is not staged: throws `LeaseLostError`. */
async function add(db: Database, lease: Lease, readNo: number, list: string): Promise<void> {
  const affected = await execute(db)`
    INSERT INTO sync_staged_users
      (run_id, read_no, source_id, page_no, row_no, email, active, skip_reason, raw_email, spellings)
    SELECT ${lease.runId}, ${readNo}, j.id, j.page, j.begins + j.row_no, j.email, j.active, j.skip, j.raw_email, j.spellings
    FROM JSON_TABLE(${list}, '$[*]' COLUMNS (
      page INT UNSIGNED PATH '$[0]',
      begins INT UNSIGNED PATH '$[1]',
      NESTED PATH '$[2][*]' COLUMNS (
        row_no FOR ORDINALITY,
        id BIGINT UNSIGNED PATH '$[0]',
        email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]',
        active TINYINT PATH '$[2]',
        skip VARCHAR(32) CHARACTER SET utf8mb4 PATH '$[3]',
        raw_email VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[4]',
        spellings VARCHAR(8000) CHARACTER SET utf8mb4 PATH '$[5]'
      )
    )) AS j
    WHERE EXISTS (SELECT 1 FROM sync_runs WHERE id = ${lease.runId} AND status = 'reading' ${leased(lease)})`;
  if (affected === 0) throw new LeaseLostError(lease.runId);
}

/** Compares rows as staged, unusable rows too: a user with different data in the two reads makes them differ. */
async function sameRows(db: Database, runId: number, one: number, other: number): Promise<boolean> {
  const [row] = await db.$queryRaw<{ n: bigint }[]>`
    SELECT COUNT(*) AS n FROM (
      SELECT source_id FROM sync_staged_users WHERE run_id = ${runId} AND read_no IN (${one}, ${other})
      GROUP BY source_id, CAST(email AS BINARY), active, skip_reason, CAST(raw_email AS BINARY)
      HAVING SUM(read_no = ${one}) <> SUM(read_no = ${other})
    ) differing`;
  return Number(row?.n ?? 1) === 0;
}

/** The number of users that a message names. */
const NAMED = 5;

async function repeats(db: Database, runId: number, readNo: number): Promise<Repeats> {
  const rows = await db.$queryRaw<{ id: bigint; email: string | null; total: bigint }[]>`
    SELECT source_id AS id, MIN(email) AS email, COUNT(*) OVER () AS total FROM sync_staged_users
    WHERE run_id = ${runId} AND read_no = ${readNo}
    GROUP BY source_id HAVING COUNT(*) > 1 ORDER BY source_id LIMIT ${NAMED}`;
  const users = rows.map(({ id, email }) => ({ id: Number(id), email }));
  return { total: Number(rows[0]?.total ?? 0), users };
}

async function clear(db: Database, lease: Lease): Promise<void> {
  let deleted = CLEAR_CHUNK;
  while (deleted === CLEAR_CHUNK) deleted = await inTransaction(db, (tx) => clearChunk(tx, lease));
}

/** The lock prevents a take-over meanwhile, so that no rows of the next process are deleted. */
async function clearChunk(tx: Transaction, lease: Lease): Promise<number> {
  const { runId } = lease;
  const [run] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE id = ${runId} AND status = 'reading' ${leased(lease)} FOR UPDATE`;
  if (run === undefined) throw new LeaseLostError(runId);
  return tx.$executeRaw`DELETE FROM sync_staged_users WHERE run_id = ${runId} LIMIT ${CLEAR_CHUNK}`;
}

/** The largest number of rows per statement, of several pages: longer statements would make others wait. */
const ROWS_PER_STATEMENT = 2_000;
/** The largest number of bytes per statement, even if the server accepts more. */
const MOST_BYTES = 1_000_000;

/**
 * Turns pages into JSON texts for `JSON_TABLE`, each an array of `[page, begins, rows]`; `begins` is the number of earlier rows
 * of the same page. Arrays, because the server takes a quarter longer for objects. A text stays below a quarter of `packetBytes`,
 * the largest packet that the server accepts, because escaping may double its length; only a single row may be larger. A page that
 * is too large is divided.
 */
export function* inParts(pages: readonly SourcePage[], packetBytes: number): Generator<string> {
  const most = Math.min(MOST_BYTES, Math.floor(packetBytes / 4));
  let part: string[] = [];
  let [rows, bytes] = [0, 0];
  for (const page of pages) {
    for (const piece of piecesOf(page, most)) {
      if (part.length > 0 && (rows + piece.rows > ROWS_PER_STATEMENT || bytes + piece.bytes > most)) {
        yield `[${part.join(',')}]`;
        [part, rows, bytes] = [[], 0, 0];
      }
      part.push(piece.text);
      rows += piece.rows;
      bytes += piece.bytes;
    }
  }
  if (part.length > 0) yield `[${part.join(',')}]`;
}

type Piece = { readonly text: string; readonly rows: number; readonly bytes: number };

function* piecesOf({ page, rows }: SourcePage, most: number): Generator<Piece> {
  let texts: string[] = [];
  let [begins, bytes] = [0, 0];
  const piece = (): Piece => ({
    text: `[${page},${begins},[${texts.join(',')}]]`,
    rows: texts.length,
    bytes,
  });
  for (const row of rows) {
    const text = JSON.stringify(cellsOf(row));
    const more = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && (bytes + more > most || texts.length >= ROWS_PER_STATEMENT)) {
      yield piece();
      begins += texts.length;
      [texts, bytes] = [[], 0];
    }
    texts.push(text);
    bytes += more;
  }
  if (texts.length > 0) yield piece();
}

/** The columns of a row as `add` reads them. JSON_TABLE reads only single values, so an array is passed as JSON text. */
function cellsOf({ id, email, active, skip, rawEmail, spellings }: SourceRow): readonly unknown[] {
  if (skip === undefined && spellings === undefined) return [id, email, active];
  return [id, email, active, skip, rawEmail, spellings && JSON.stringify(spellings)];
}
