import { z } from 'zod';
import type { Differences } from '../../sync/ports/ports.ts';
import { type Database, execute, inTransaction, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import type { Query } from '../schema/single-connection.ts';
import type { NamedLock } from './named-lock.ts';

/** A lock must be free for so long before its process counts as dead: a living process takes another lock in this time. */
const FREE_SECONDS = 1;
/** The largest difference between two measurements of a server's start. */
const START_DIFFERS_SECONDS = 2;
/** Longer than any lease. For rows of processes that nobody can judge: they locked at another server or before its restart. */
const FORGOTTEN_AFTER_HOURS = 1;
/** Longer than the time after which a living process confirms that it lives (src/database/presence/own-lock.ts). */
const SEEN_WITHIN_MINUTES = 11;

/** A short hash of each setting that all processes need alike, by the setting's name. */
export type SettingMarks = Readonly<Record<string, string>>;

type Leased = { readonly table: Prisma.Sql; readonly open: Prisma.Sql };

/** The tables in which processes hold leases, and their rows with work that is still to be done. */
const LEASED: readonly Leased[] = [
  { table: Prisma.sql`sync_runs`, open: Prisma.sql`status IN ('reading', 'executing')` },
  { table: Prisma.sql`sync_outbox`, open: Prisma.sql`closed_at IS NULL` },
  { table: Prisma.sql`sync_batches`, open: Prisma.sql`lease_until IS NOT NULL` },
];

/** Tells the others that this process holds `lock`. `known`: they knew an earlier one. False if they took it for dead meanwhile. */
export async function register(
  db: Database,
  owner: string,
  { name, server, serverStartedAt, settings }: Omit<NamedLock, 'ask' | 'end'> & { settings: SettingMarks },
  known: boolean,
): Promise<boolean> {
  const marks = JSON.stringify(settings);
  const updated = await execute(db)`
    UPDATE sync_processes
    SET lock_name = ${name}, server = ${server}, server_started_at = ${serverStartedAt}, free_since = NULL,
        seen_at = UTC_TIMESTAMP(3), settings = ${marks}
    WHERE owner = ${owner}`;
  if (updated === 1) return true;
  await execute(db)`
    INSERT INTO sync_processes (owner, lock_name, server, server_started_at, seen_at, settings)
    VALUES (${owner}, ${name}, ${server}, ${serverStartedAt}, UTC_TIMESTAMP(3), ${marks})`;
  return !known;
}

/** Tells the other processes not to judge this one by `lockName`; only its leases count then. */
export async function unregister(db: Database, owner: string, lockName: string): Promise<void> {
  await execute(db)`DELETE FROM sync_processes WHERE owner = ${owner} AND lock_name = ${lockName}`;
}

const silentRow = z.object({
  owner: z.string(),
  lockName: z.string(),
  marked: z.coerce.boolean(),
  due: z.coerce.boolean(),
});

/** A process whose lock is free. `marked`: seen free before. `due`: free for so long that the process counts as dead. */
export type Silent = Readonly<z.infer<typeof silentRow>>;

/**
 * The other processes whose lock is free. Undefined if this process does not hold its own lock at this server: nothing is certain
 * about the others then. Only processes that locked at the same server, after the same start, can be judged. COALESCE, because
 * MySQL raises an error for a lock without a name, and may evaluate it even if the table has no row.
 */
export async function silentProcesses(
  lock: NamedLock,
  owner: string,
): Promise<readonly Silent[] | undefined> {
  const rows = await lock.ask<{ held: unknown; owner: unknown }>(
    `SELECT IS_USED_LOCK(?) <=> CONNECTION_ID() AS held, p.owner, p.lock_name AS lockName,
            p.free_since IS NOT NULL AS marked,
            p.free_since <= UTC_TIMESTAMP(3) - INTERVAL ${FREE_SECONDS} SECOND AS due
     FROM (SELECT 1 AS one) here
     LEFT JOIN sync_processes p ON p.server = ? AND p.owner <> ? AND IS_USED_LOCK(COALESCE(p.lock_name, 'none')) IS NULL
       AND ABS(TIMESTAMPDIFF(SECOND, p.server_started_at, ?)) <= ${START_DIFFERS_SECONDS}`,
    [lock.name, lock.server, owner, lock.serverStartedAt],
  );
  if (!rows.every(({ held }) => Number(held) === 1)) return undefined;
  return rows.filter((row) => row.owner !== null).map((row) => silentRow.parse(row));
}

const storedMarks = z.preprocess(
  (text) => JSON.parse(String(text)),
  z.record(z.string(), z.string()).nullable(),
);

/** See `Differences`. `ask` reaches `server`. `owner` is left out; doctor, which is no process of the bot, gives an empty one. */
export async function differencesFrom(
  { owner, server, settings }: { owner: string; server: string; settings: SettingMarks },
  ask: Query,
): Promise<Differences> {
  const rows = await ask<{ server: string; settings: string | null }>(
    `SELECT p.server, p.settings FROM sync_processes p
     WHERE p.owner <> ? AND p.seen_at > UTC_TIMESTAMP(3) - INTERVAL ${SEEN_WITHIN_MINUTES} MINUTE
       AND (p.server <> ? OR IS_USED_LOCK(p.lock_name) IS NOT NULL)`,
    [owner, server],
  );
  const differing = rows
    .map((row) => storedMarks.parse(row.settings) ?? {})
    // A name that only one of them has is a setting that another version does not know.
    .map((marks) =>
      Object.keys(settings).filter((name) => (marks[name] ?? settings[name]) !== settings[name]),
    )
    .filter((names) => names.length > 0);
  return {
    settings: [...new Set(differing.flat())].sort(),
    differing: differing.length,
    elsewhere: rows.filter((row) => row.server !== server).length,
    others: rows.length,
  };
}

/** Records that a lock was seen free, unless its process has taken another lock meanwhile. */
export async function mark(db: Database, { owner, lockName }: Silent): Promise<void> {
  await execute(db)`
    UPDATE sync_processes SET free_since = UTC_TIMESTAMP(3)
    WHERE owner = ${owner} AND lock_name = ${lockName} AND free_since IS NULL`;
}

/**
 * Ends the leases of a dead process and deletes its row. False if this must wait: one of its transactions still holds row locks,
 * it has taken another lock, or another process is doing the same.
 */
export function bury(db: Database, { owner, lockName }: Silent): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const [dead] = await tx.$queryRaw<{ owner: string }[]>`
      SELECT owner FROM sync_processes
      WHERE owner = ${owner} AND lock_name = ${lockName}
        AND free_since <= UTC_TIMESTAMP(3) - INTERVAL ${FREE_SECONDS} SECOND FOR UPDATE SKIP LOCKED`;
    return dead !== undefined && forget(tx, owner);
  });
}

/** Like `bury`, for a process that stops by itself. */
export function depart(db: Database, owner: string): Promise<boolean> {
  return inTransaction(db, (tx) => forget(tx, owner));
}

async function forget(tx: Transaction, owner: string): Promise<boolean> {
  for (const leased of LEASED) await endLeases(tx, owner, leased);
  const leases = LEASED.map((leased) => leasesIn(owner, leased));
  const [held] = await tx.$queryRaw<{ id: number }[]>`${Prisma.join(leases, ' UNION ALL ')} LIMIT 1`;
  if (held !== undefined) return false;
  await tx.$executeRaw`DELETE FROM sync_processes WHERE owner = ${owner}`;
  return true;
}

/** SQL: the open rows of a table for which a process holds a lease. */
function leasesIn(owner: string, { table, open }: Leased): Prisma.Sql {
  return Prisma.sql`SELECT id FROM ${table} WHERE ${open} AND lease_owner = ${owner} AND lease_until > UTC_TIMESTAMP(3)`;
}

async function endLeases(tx: Transaction, owner: string, leased: Leased): Promise<void> {
  const rows = await tx.$queryRaw<{ id: number }[]>`${leasesIn(owner, leased)} FOR UPDATE SKIP LOCKED`;
  if (rows.length === 0) return;
  const ids = Prisma.join(rows.map(({ id }) => id));
  await tx.$executeRaw`UPDATE ${leased.table} SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id IN (${ids})`;
}

/** Returns the owners without a row: they were found dead, or have stopped. */
export async function goneOf(db: Database, owners: readonly string[]): Promise<readonly string[]> {
  if (owners.length === 0) return [];
  const rows = await reaching(() => db.syncProcess.findMany({ where: { owner: { in: [...owners] } } }));
  const there = new Set(rows.map(({ owner }) => owner));
  return owners.filter((owner) => !there.has(owner));
}

/** Deletes rows whose processes have not confirmed for a long time that they live. */
export async function forgetOld(db: Database): Promise<void> {
  await execute(db)`
    DELETE FROM sync_processes WHERE seen_at < UTC_TIMESTAMP(3) - INTERVAL ${FORGOTTEN_AFTER_HOURS} HOUR`;
}
