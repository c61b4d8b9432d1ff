import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { TimedOutError, withTimeout } from '../../sync/run/concurrency.ts';
import { askOn, connect, DatabaseRefusalError, type Query } from '../schema/single-connection.ts';
import { driverOptions } from '../session.ts';

/**
 * The server ends a connection after this silence, for example of a machine without power or network. As long as the longest lease,
 * so that a paused process does not lose its lock before its leases.
 */
const SILENT_SECONDS = 60;
/** A statement that gets no answer within this time, or the shorter `socketTimeout`, has lost its connection. */
const UNANSWERED_MS = 10_000;
const GOODBYE_MS = 1_000;

/** A named lock that this process holds. The server frees the lock when the connection ends, for whatever reason. */
export type NamedLock = {
  /** A name that was never used before; at most 64 characters (MySQL's limit). */
  readonly name: string;
  /** The server that holds the lock: a hash that differs between the servers of a cluster. */
  readonly server: string;
  /** The start of that server (a restart ends its locks), in UTC, exact to one or two seconds. */
  readonly serverStartedAt: string;
  /** Runs a statement on the connection that holds the lock. Throws `DatabaseRefusalError`. */
  readonly ask: Query;
  /** Ends the connection, and with it the lock. */
  end(): Promise<void>;
};

/**
 * Takes a new lock on its own connection. `onLost` is called when the connection ends, unless `end` was called. Throws
 * `DatabaseRefusalError`, and `NoNamedLockError` if the database gives no lasting lock.
 */
export async function takeNamedLock(databaseUrl: string, onLost: () => void): Promise<NamedLock> {
  const connection = await connect(databaseUrl);
  const patienceMs = Math.min(UNANSWERED_MS, driverOptions(databaseUrl).socketTimeout || UNANSWERED_MS);
  const send = askOn(connection);
  const ask = async <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
    try {
      return await withTimeout(patienceMs, undefined, () => send<Row>(sql, values));
    } catch (cause) {
      if (!(cause instanceof TimedOutError)) throw cause;
      over();
      connection.destroy();
      throw new DatabaseRefusalError('ER_SOCKET_TIMEOUT', '', 'The server gave no answer', { cause });
    }
  };
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
    await ask(`SET SESSION wait_timeout = ${SILENT_SECONDS}`);
    const name = await lock(ask);
    const { server, serverStartedAt } = await identify(ask);
    await requireHeld(ask, name);
    return { name, server, serverStartedAt, end, ask };
  } catch (error) {
    const there = open;
    await end();
    if (!there || error instanceof NoNamedLockError) throw error;
    throw new NoNamedLockError('The database refused the lock', { cause: error });
  }
}

/** The database gives no named lock, or the lock does not stay with the connection. */
class NoNamedLockError extends Error {
  override readonly name = 'NoNamedLockError';
}

async function lock(ask: Query): Promise<string> {
  const name = `usersync ${randomUUID()}`;
  const [row] = await ask<{ got: unknown }>('SELECT GET_LOCK(?, 0) AS got', [name]);
  if (Number(row?.got) !== 1) throw new NoNamedLockError('GET_LOCK gave no lock');
  await requireHeld(ask, name);
  return name;
}

/** A proxy may send each statement over another connection; the lock of such a connection proves nothing about this process. */
async function requireHeld(ask: Query, name: string): Promise<void> {
  const sql = 'SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS held';
  const [row] = await ask<{ held: unknown }>(sql, [name]);
  if (Number(row?.held) !== 1) throw new NoNamedLockError('The lock does not stay with its connection');
}

type Variable = { readonly Variable_name: string; readonly Value: string };

/** The server that `ask` reaches. `SHOW` needs no privilege and skips names that a server does not know, as MySQL server_uid. */
export async function identify(ask: Query): Promise<Pick<NamedLock, 'server' | 'serverStartedAt'>> {
  const variables = await ask<Variable>(`SHOW GLOBAL VARIABLES
     WHERE Variable_name IN ('hostname', 'port', 'server_id', 'server_uuid', 'server_uid', 'datadir')`);
  const named = variables.map(({ Variable_name: name, Value: value }) => `${name}=${value}`).sort();
  const server = createHash('sha256').update(named.join('\n')).digest('hex');
  const [uptime] = await ask<Variable>("SHOW GLOBAL STATUS WHERE Variable_name = 'Uptime'");
  if (uptime === undefined) throw new NoNamedLockError('The server tells no uptime');
  const [start] = await ask<{ at: string }>(
    "SELECT DATE_FORMAT(UTC_TIMESTAMP(3) - INTERVAL ? SECOND, '%Y-%m-%d %H:%i:%s') AS at",
    [Number(uptime.Value)],
  );
  return { server, serverStartedAt: start?.at ?? '' };
}
