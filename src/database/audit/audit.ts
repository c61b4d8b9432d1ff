import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Audit, AuditFacts, ChainPlace, RecordedStep } from '../../sync/ports/steps.ts';
import { EFFECTIVE_ACTIONS } from '../../sync/run/change.ts';
import { type Database, inTransaction, reaching, type Transaction } from '../client.ts';
import type { AuditLog } from '../generated/client.ts';
import { fromJson } from '../runs/stored-failure.ts';
import type { Query } from '../schema/single-connection.ts';
import { type AuditTables, auditNames, ledgerOf } from './audit-tables.ts';

const HEAD_ID = 1;

/** The `prevHash` of the first row. The migration writes it into audit_heads. */
export const GENESIS_HASH = '0'.repeat(64);

/** The hashed part of an audit row. Times are ISO 8601 in UTC, `counts` and `facts` are JSON text. */
export type AuditRecord = Readonly<Omit<AuditLog, 'hash'>>;

/**
 * SHA-256 (hex) over the record as a JSON array in a fixed order. Facts come last and only if there are any, so that rows of
 * versions without facts keep their hash.
 */
export function auditHash(record: AuditRecord): string {
  const canonical = JSON.stringify([
    record.seq.toString(),
    record.at.toISOString(),
    record.step,
    record.outcome,
    record.actorId,
    record.actorName,
    record.runId,
    record.target,
    record.counts,
    record.reason,
    record.prevHash,
    ...(record.facts === null ? [] : [record.facts]),
  ]);
  return createHash('sha256').update(canonical).digest('hex');
}

/** A row as it stands in the log: its hash may not be that of its content. */
export type AuditRow = AuditRecord & { readonly hash: string };

/**
 * A place where the chain is broken: the row before it (0 and zeros before the first), and the row after it with the hash of its
 * content as it is now. So a known break excuses nothing that somebody changes later.
 */
export type Break = Readonly<Record<'before' | 'after', ChainPlace>>;
export type FoundBreak = Break & { readonly why: string };

/** Why `row` does not continue the chain behind a place; undefined if it does. */
export function breakBetween({ seq, hash }: ChainPlace, row: AuditRow): FoundBreak | undefined {
  const now = auditHash(row);
  const why = [...misplaced({ seq, hash }, row), ...(now === row.hash ? [] : ['its content was changed'])];
  if (why.length === 0) return undefined;
  return { before: { seq, hash }, after: { seq: row.seq, hash: now }, why: why.join(', and ') };
}

function misplaced(before: ChainPlace, { seq, prevHash }: AuditRow): readonly string[] {
  const [first, last] = [before.seq + 1n, seq - 1n];
  if (first === last) return [`row ${first} before it is missing`];
  if (first < last) return [`rows ${first} to ${last} before it are missing`];
  return prevHash === before.hash ? [] : ['it does not continue the row before it'];
}

/**
 * Appends a row to the chain within `tx`. Locks the end of the chain until `tx` ends, so call this after everything that may
 * wait. The row exists if and only if `tx` commits; the same holds for log and metrics.
 */
export async function appendAudit(tx: Transaction, step: RecordedStep): Promise<void> {
  const { audit: entry } = step;
  const { logs, heads } = await auditNames(ledgerOf(tx).db, tx);
  const [head] = await tx.$queryRaw<{ seq: bigint; hash: string; now: Date }[]>`
    SELECT seq, hash, UTC_TIMESTAMP(3) AS now FROM ${heads} WHERE id = ${HEAD_ID} FOR UPDATE`;
  if (head === undefined)
    throw new Error(`${heads.sql} has lost its row; the audit chain cannot be continued`);
  const record: AuditRecord = {
    seq: head.seq + 1n,
    at: head.now,
    step: entry.step,
    outcome: cut(entry.outcome, 64),
    actorId: cut(entry.actor.id, 64),
    actorName: cut(entry.actor.name, 255),
    runId: entry.runId ?? null,
    target: entry.target === undefined ? null : cut(entry.target, 64),
    counts: entry.counts === undefined ? null : JSON.stringify(entry.counts),
    reason: entry.reason === undefined ? null : cut(entry.reason, 2000),
    facts: entry.facts === undefined ? null : JSON.stringify(entry.facts),
    prevHash: head.hash,
  };
  const hash = auditHash(record);
  // Plain SQL: Prisma would read the row before and after its change, while all other appends wait.
  await tx.$executeRaw`
    INSERT INTO ${logs} (seq, at, step, outcome, actor_id, actor_name, run_id, target, counts, reason, facts, prev_hash,
                         hash)
    VALUES (${record.seq}, ${record.at}, ${record.step}, ${record.outcome}, ${record.actorId}, ${record.actorName},
            ${record.runId}, ${record.target}, ${record.counts}, ${record.reason}, ${record.facts},
            ${record.prevHash}, ${hash})`;
  await tx.$executeRaw`UPDATE ${heads} SET seq = ${record.seq}, hash = ${hash} WHERE id = ${HEAD_ID}`;
  ledgerOf(tx).rows.push({ step, seq: record.seq, hash });
}

/** The audit log in `db`. Throws `DatabaseLostError` and `DatabaseRefusedError`. */
export function createAudit(db: Database): Audit {
  return {
    append: (audit) => inTransaction(db, (tx) => appendAudit(tx, { audit, run: undefined })),
    newestOf: (runId) =>
      reaching(async () => {
        const { logs } = await auditNames(db);
        const [row] = await db.$queryRaw<ChainPlace[]>`
          SELECT seq, hash FROM ${logs} WHERE run_id = ${runId} ORDER BY seq DESC LIMIT 1`;
        return row;
      }),
  };
}

/**
 * Why the next step will not continue the log: its end, which `audit_heads` holds, is not the newest row. Undefined if it is. Asked in
 * one statement: a row and the new end are appended together. Throws the errors of `ask`.
 */
export async function flawedEnd(ask: Query, { logs, heads }: AuditTables): Promise<string | undefined> {
  const [row] = await ask<Record<'end' | 'last', bigint | null> & { readonly fits: unknown }>(`
    SELECT h.seq AS end, l.seq AS last, h.hash <=> COALESCE(l.hash, '${GENESIS_HASH}') AS fits
    FROM (SELECT MAX(seq) AS seq FROM ${logs}) m LEFT JOIN ${logs} l ON l.seq = m.seq LEFT JOIN ${heads} h ON h.id = ${HEAD_ID}`);
  const [end, last] = [row?.end ?? undefined, row?.last ?? 0];
  if (end === undefined) return `${heads} is empty`;
  if (Number(end) !== Number(last))
    return `${heads} remembers row ${end}, and the last row of ${logs} is ${last}`;
  return Number(row?.fits) === 1 ? undefined : `${heads} remembers another hash of row ${end}`;
}

/** Cuts to `limit` code units, between whole characters: half a surrogate pair would be stored otherwise than hashed. */
function cut(text: string, limit: number): string {
  return text
    .toWellFormed()
    .slice(0, limit)
    .replace(/[\uD800-\uDBFF]$/, '');
}

const runId = z.number().int();
const stored: z.ZodType<AuditFacts> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plan'), planHash: z.string() }),
  z.object({ kind: z.literal('asked'), what: z.string(), ofRunId: runId.optional() }),
  z.object({ kind: z.literal('rollback'), ofRunId: runId }),
  z.object({ kind: z.literal('superseded'), byRunId: runId }),
  z.object({
    kind: z.literal('adjusted'),
    ofRunId: runId,
    omission: z.object({ emails: z.array(z.string()), actions: z.array(z.enum(EFFECTIVE_ACTIONS)) }),
    planHash: z.string().exactOptional(),
  }),
]);

/** The facts of an audit row; undefined if the row has none, or if this version does not know them. */
export function toFacts(text: string | null): AuditFacts | undefined {
  return fromJson(stored, text);
}
