import type { ChainPlace } from '../../sync/ports/steps.ts';
import { type Database, reaching } from '../client.ts';
import { type AuditRecord, auditHash, GENESIS_HASH } from './audit.ts';
import { auditNames } from './audit-tables.ts';

const CHUNK = 1_000;

export type AuditVerdict =
  | { readonly outcome: 'whole'; readonly rows: number }
  /** The first row that does not fit, and the reason. */
  | { readonly outcome: 'broken'; readonly seq: bigint; readonly why: string };

type Row = AuditRecord & { readonly hash: string };

/** A row as the server sends it: the number of a run is a BigInt. */
type RawRow = Omit<Row, 'runId'> & { readonly runId: bigint | number | null };

/**
 * Checks the audit chain from its first row to its end, a thousand rows at a time. `expected`: places of the chain that somebody
 * noted, with the beginnings of their hashes. If they all fit, nobody has rewritten or cut off a row up to the last of them.
 * Throws `DatabaseLostError`.
 */
export function verifyAudit(db: Database, expected: readonly ChainPlace[] = []): Promise<AuditVerdict> {
  return reaching(() => walk(db, expected));
}

async function walk(db: Database, expected: readonly ChainPlace[]): Promise<AuditVerdict> {
  // The end is read before the rows. Rows that are appended meanwhile are left to the next check.
  const names = await auditNames(db);
  const heads = names.heads.sql;
  const [head] = await db.$queryRaw<{ seq: bigint; hash: string }[]>`SELECT seq, hash FROM ${names.heads}`;
  if (head === undefined)
    return { outcome: 'broken', seq: 1n, why: `${heads}, which says where the chain ends, is empty` };
  let previous = { seq: 0n, hash: GENESIS_HASH };
  while (previous.seq < head.seq) {
    const raw = await db.$queryRaw<RawRow[]>`
      SELECT seq, at, step, outcome, actor_id AS actorId, actor_name AS actorName, run_id AS runId, target, counts, reason,
             facts, prev_hash AS prevHash, hash
      FROM ${names.logs} WHERE seq > ${previous.seq} AND seq <= ${head.seq} ORDER BY seq LIMIT ${CHUNK}`;
    const rows = raw.map((row): Row => ({ ...row, runId: row.runId === null ? null : Number(row.runId) }));
    for (const row of rows) {
      const why = flaw(row, previous) ?? unexpected(row, expected);
      if (why !== undefined) return { outcome: 'broken', seq: row.seq, why };
      previous = row;
    }
    // After rows were cut off at the end, the rest is a valid chain: only the stored end shows the loss.
    if (rows.length === 0)
      return {
        outcome: 'broken',
        seq: previous.seq + 1n,
        why: 'it is missing, and so is all after it',
      };
  }
  const beyond = expected.find(({ seq }) => seq > head.seq);
  if (beyond !== undefined) {
    return {
      outcome: 'broken',
      seq: beyond.seq,
      why: `it was there once, and the chain ends at row ${head.seq}`,
    };
  }
  if (previous.hash === head.hash) return { outcome: 'whole', rows: Number(head.seq) };
  return { outcome: 'broken', seq: previous.seq, why: `it is not the end that ${heads} remembers` };
}

/** A different noted hash means: the chain was rewritten from that row or an earlier one. */
function unexpected({ seq, hash }: Row, expected: readonly ChainPlace[]): string | undefined {
  const other = expected.find((place) => place.seq === seq && !hash.startsWith(place.hash));
  return (
    other &&
    `its hash begins with ${hash.slice(0, other.hash.length)} and not with ${other.hash}, as expected`
  );
}

function flaw(row: Row, previous: { readonly seq: bigint; readonly hash: string }): string | undefined {
  if (row.seq !== previous.seq + 1n) return `row ${previous.seq + 1n} before it is missing`;
  if (row.prevHash !== previous.hash) return 'it does not continue the row before it';
  return auditHash(row) === row.hash ? undefined : 'its content was changed';
}
