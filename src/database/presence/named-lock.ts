import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from 'mariadb';
import { ask, connect } from '../schema/single-connection.ts';

/**
 * The server ends a connection that has said nothing for so long: that of a machine that lost its power or its network.
 * As long as the longest lease: a paused process loses its lock no sooner than its leases.
 */
const SILENT_SECONDS = 60;
/** A statement that is not answered for so long (ms) has lost its connection: the network swallows everything. */
const UNANSWERED_MS = 10_000;
const GOODBYE_MS = 1_000;

/** A named lock that this process holds. The server frees it when the connection ends, however that comes. */
export type NamedLock = {
  /** Never taken before, at most 64 characters (MySQL's limit). */
  readonly name: string;
  /** The server at which the lock holds: a hash of what tells it from the others of a cluster. */
  readonly server: string;
  /** Since when that server runs (its locks end when it restarts), in UTC, exact to a second or two. */
  readonly serverStartedAt: string;
  /** Runs a statement on the connection that holds the lock. Throws `DatabaseRefusalError`. */
  ask<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Ends the connection, and the lock with it. */
  end(): Promise<void>;
};

/**
 * Takes a new lock on a connection of its own. `onLost` is called once the connection is over, unless `end` was asked for.
 * Throws `DatabaseRefusalError`, and `NoNamedLockError` where the database gives no lock that lasts.
 */
export async function takeNamedLock(databaseUrl: string, onLost: () => void): Promise<NamedLock> {
  const connection = await connect(patient(databaseUrl));
  let ending = false;
  let open = true;
  const over = () => {
    if (!open) return;
    open = false;
    if (!ending) onLost();
  };
  connection.on('error', over);
  connection.on('end', over);
  const end = async () => {
    ending = true;
    await Promise.race([connection.end().catch(() => {}), wait(GOODBYE_MS, undefined, { ref: false })]);
    connection.destroy();
  };
  try {
    await ask(connection, `SET SESSION wait_timeout = ${SILENT_SECONDS}`);
    const name = await lock(connection);
    const { server, serverStartedAt } = await identify(connection);
    await requireHeld(connection, name);
    return {
      ...{ name, server, serverStartedAt, end },
      ask: (sql, values = []) => ask(connection, sql, values),
    };
  } catch (error) {
    const there = open;
    await end();
    if (!there || error instanceof NoNamedLockError) throw error;
    throw new NoNamedLockError('The database refused the lock', { cause: error });
  }
}

/** The database gives no named lock, or one that does not stay with the connection. */
class NoNamedLockError extends Error {
  override readonly name = 'NoNamedLockError';
}

function patient(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('socketTimeout', String(UNANSWERED_MS));
  return url.href;
}

async function lock(connection: Connection): Promise<string> {
  const name = `usersync ${randomUUID()}`;
  const [row] = await ask<{ got: unknown }>(connection, 'SELECT GET_LOCK(?, 0) AS got', [name]);
  if (Number(row?.got) !== 1) throw new NoNamedLockError('GET_LOCK gave no lock');
  await requireHeld(connection, name);
  return name;
}

/** A proxy may hand each statement to another connection of its own: what one of them locked says nothing of us. */
async function requireHeld(connection: Connection, name: string): Promise<void> {
  const sql = 'SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS held';
  const [row] = await ask<{ held: unknown }>(connection, sql, [name]);
  if (Number(row?.held) !== 1) throw new NoNamedLockError('The lock does not stay with its connection');
}

type Variable = { readonly Variable_name: string; readonly Value: string };

/** `SHOW` needs no privilege, and passes over names that a server does not know: MySQL has server_uuid, MariaDB server_uid. */
async function identify(connection: Connection): Promise<Pick<NamedLock, 'server' | 'serverStartedAt'>> {
  const variables = await ask<Variable>(
    connection,
    `SHOW GLOBAL VARIABLES
     WHERE Variable_name IN ('hostname', 'port', 'server_id', 'server_uuid', 'server_uid', 'datadir')`,
  );
  const named = variables.map(({ Variable_name: name, Value: value }) => `${name}=${value}`).sort();
  const server = createHash('sha256').update(named.join('\n')).digest('hex');
  const [uptime] = await ask<Variable>(connection, "SHOW GLOBAL STATUS WHERE Variable_name = 'Uptime'");
  if (uptime === undefined) throw new NoNamedLockError('The server tells no uptime');
  const [start] = await ask<{ at: string }>(
    connection,
    "SELECT DATE_FORMAT(UTC_TIMESTAMP(3) - INTERVAL ? SECOND, '%Y-%m-%d %H:%i:%s') AS at",
    [Number(uptime.Value)],
  );
  return { server, serverStartedAt: start?.at ?? '' };
}
