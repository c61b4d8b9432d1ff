import { isOn } from '../client.ts';
import { ask, connect } from './single-connection.ts';

/** A connection for inspecting a database. Its statements change nothing. */
export type Inspection = {
  ask<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Ends the connection at once, even during a statement. */
  close(): void;
};

/** Connects like the bot. Throws `DatabaseRefusalError`, and so does `ask`. */
export async function openInspection(databaseUrl: string): Promise<Inspection> {
  const connection = await connect(databaseUrl);
  // Without a listener, a connection that breaks between statements would end the process.
  connection.on('error', () => {});
  return {
    ask: (sql, values) => ask(connection, sql, values),
    close: () => connection.destroy(),
  };
}

/** The TLS cipher of the connection; undefined for plain text. Throws `DatabaseRefusalError`. */
export async function cipherOf({ ask }: Inspection): Promise<string | undefined> {
  const [row] = await ask<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return row?.Value || undefined;
}

export type ServerFacts = {
  readonly kind: 'MySQL' | 'MariaDB';
  /** In the server's words, such as `8.4.3` or `10.11.19-MariaDB`. */
  readonly version: string;
  /** True on a replica, or if an administrator forbade writing. */
  readonly readOnly: boolean;
  /** The account under which the server logged the bot in, `name@host`. */
  readonly account: string;
  readonly database: string;
};

/** Reads the server's kind, version and state. Throws `DatabaseRefusalError`. */
export async function serverFacts({ ask }: Inspection): Promise<ServerFacts> {
  const [row] = await ask<{
    version: string;
    locked: unknown;
    engine: unknown;
    account: string;
    name: string;
  }>(
    'SELECT VERSION() AS version, @@GLOBAL.read_only AS locked, @@GLOBAL.innodb_read_only AS engine, CURRENT_USER() AS account, DATABASE() AS name',
  );
  if (row === undefined) throw new Error('The server told nothing about itself');
  const { version, locked, engine, account, name } = row;
  const kind = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  return { kind, version, readOnly: isOn(locked) || isOn(engine), account, database: name };
}

const MEASUREMENTS = 3;

/**
 * Milliseconds by which the database's clock is ahead of this machine's clock; negative if it is behind. The quickest of three
 * measurements counts; its error is at most half a round trip. Throws `DatabaseRefusalError`.
 */
export async function clockAheadMs({ ask }: Inspection, now: () => number): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
  for (let measurement = 0; measurement < MEASUREMENTS; measurement += 1) {
    const sent = now();
    const [row] = await ask<{ at: Date }>('SELECT UTC_TIMESTAMP(3) AS at');
    const received = now();
    if (row === undefined) throw new Error('The server told no time');
    const tripMs = received - sent;
    if (tripMs < best.tripMs) best = { tripMs, aheadMs: row.at.getTime() - (sent + received) / 2 };
  }
  return Math.round(best.aheadMs);
}
