import { readFileSync } from 'node:fs';
import type { PoolConfig } from 'mariadb';

/** The largest number of connections of one process, unless the URL has a `connectionLimit`. */
const CONNECTIONS = 30;

/** The driver's settings, unless the URL has its own. */
const DEFAULTS = {
  connectTimeout: 5_000,
  acquireTimeout: 5_000,
  // src/bot/jobs.ts decides how many runs at a time these connections allow.
  connectionLimit: CONNECTIONS,
  minimumIdle: 2,
  // In seconds: idle connections are closed before they count as silent.
  idleTimeout: 100,
  // A statement on a connection that a firewall forgot would wait for ever. No statement of the bot is silent for so long.
  keepAliveDelay: 10_000,
  socketTimeout: 120_000,
  // MySQL 8's default login, caching_sha2_password, asks for the server's key if the connection has no TLS.
  allowPublicKeyRetrieval: true,
} satisfies PoolConfig;

/**
 * The driver's options for DATABASE_URL. Its parameters are the driver's options by name, and come before the bot's own, except
 * where the code relies on a value: the time zone and SESSION_VARIABLES. `ssl-ca` is the path of the certificate authority's file
 * (PEM), `ssl-server-name` the name in the certificate if that is not the host. A file that cannot be read is left out, so that the
 * certificate is refused; `connect` throws the cause. An `initSql` of the URL replaces the bot's: the start checks.
 */
export function driverOptions(databaseUrl: string): PoolConfig {
  const url = new URL(databaseUrl);
  const {
    'ssl-ca': ca,
    'ssl-server-name': servername,
    sessionVariables,
    ...parameters
  } = Object.fromEntries(url.searchParams);
  const tls = {
    ...(ca === undefined ? {} : { ca: textOf(ca) }),
    ...(servername === undefined ? {} : { servername }),
  };
  return {
    initSql: [...INIT_SQL],
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, typed(value)])),
    timezone: 'Z',
    sessionVariables: { ...variablesOf(sessionVariables), ...SESSION_VARIABLES },
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || '3306'),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(parameters['ssl'] === 'true' && Object.keys(tls).length > 0 ? { ssl: tls } : {}),
  };
}

/** The largest number of connections of a process on `databaseUrl`. */
export function connectionLimit(databaseUrl: string): number {
  const limit = Number(new URL(databaseUrl).searchParams.get('connectionLimit'));
  return Number.isInteger(limit) && limit > 0 ? limit : CONNECTIONS;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function typed(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** The session variables that a URL asks for; none if they are not the JSON object that the driver expects. */
function variablesOf(parameter: string | undefined): object {
  try {
    const value: unknown = JSON.parse(parameter ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The SQL mode on which the code relies. Without NO_ZERO_DATE, so that a row of `users` with a zero date can be changed. */
const SQL_MODE = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
/** GROUP_CONCAT must hold a thousand changes of a plan. */
const GROUP_CONCAT_BYTES = 4_194_304;
/** A run and all that took it back are found by recursion. */
const RECURSIONS = 1_000_000;
/**
 * How long one statement waits for a row or a table (ALTER TABLE) that somebody else locks; the transaction is then undone and
 * tried again. Meanwhile the lock on the location keeps the Laravel application from adding users there, so it must not be long.
 */
const LOCK_WAIT_SECONDS = 10;
/** After this silence, the server undoes what a paused process, or a machine without power, has begun and locked; its own limit is hours. */
const SILENT_SECONDS = 120;

/** Session variables of both servers, so that the server's own settings do not change the meaning of a statement. */
const SESSION_VARIABLES: Readonly<Record<string, string | number>> = {
  autocommit: 1,
  completion_type: 0,
  default_storage_engine: 'InnoDB',
  foreign_key_checks: 1,
  group_concat_max_len: GROUP_CONCAT_BYTES,
  innodb_lock_wait_timeout: LOCK_WAIT_SECONDS,
  // src/database/errors.ts reads the name of an index or of a right in a message.
  lc_messages: 'en_US',
  lock_wait_timeout: LOCK_WAIT_SECONDS,
  sql_auto_is_null: 0,
  sql_big_selects: 1,
  sql_mode: SQL_MODE,
  sql_safe_updates: 0,
  // The largest number that JSON in a URL holds exactly. MariaDB resets this variable if INIT_SQL sets it.
  sql_select_limit: Number.MAX_SAFE_INTEGER,
  unique_checks: 1,
};

/** SQL for after the writes to `users`: a trigger may set variables of the session (never `autocommit`), which would last. */
export const SET_AGAIN = `SET ${Object.entries({ ...SESSION_VARIABLES, time_zone: '+00:00' })
  .filter(([name]) => name !== 'autocommit')
  .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`)
  .join(', ')}`;

/**
 * The other variables, in statements of which each server reads its own half. READ COMMITTED: a plan is read without locking the
 * users that the Laravel application writes meanwhile; each write checks its own conditions. InnoDB then cannot write while the
 * binary log has statement format, so the session switches to row format, if the account may (1227: it may not). MySQL has no such
 * IF outside a procedure; it logs rows by default.
 *
 * The first one, a plain SET, is done however short the server's time limit is. No check finds an `initSql` without its switches: under
 * `subquery_to_derived`, MySQL refuses the search for plans of a rule; `index_merge_intersection` reads all locations to count one.
 *
 * MariaDB's `innodb_snapshot_isolation`, on by default from 11.6.2, ends a transaction (1020) that locks a row which another one
 * changed since the statement began. Without it, the statement reads the changed row, as on servers without the variable (1193).
 */
const INIT_SQL: readonly string[] = [
  `SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci, wait_timeout = CAST(LEAST(@@wait_timeout, ${SILENT_SECONDS}) AS UNSIGNED)
  /*M! , tx_isolation = 'READ-COMMITTED', tx_read_only = 0, max_statement_time = 0, default_regex_flags = '', max_recursive_iterations = ${RECURSIONS}
    , optimizer_switch = 'index_merge_intersection=off' */
  /*!80000 , transaction_isolation = 'READ-COMMITTED', transaction_read_only = 0, max_execution_time = 0, cte_max_recursion_depth = ${RECURSIONS} */
  /*!80021 , optimizer_switch = 'index_merge_intersection=off,subquery_to_derived=off' */`,
  `/*M! BEGIN NOT ATOMIC
  DECLARE CONTINUE HANDLER FOR 1193, 1227 BEGIN END;
  EXECUTE IMMEDIATE 'SET innodb_snapshot_isolation = OFF';
  IF @@log_bin AND @@SESSION.binlog_format = 'STATEMENT' THEN SET SESSION binlog_format = ROW; END IF;
END */ /*!80000 DO 0 */`,
];

/** The values that a session must have, by the names of both servers. A variable that the server does not know is skipped. */
const EXPECTED: Readonly<Record<string, string | number>> = {
  ...SESSION_VARIABLES,
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_results: 'utf8mb4',
  time_zone: '+00:00',
  tx_isolation: 'READ-COMMITTED',
  transaction_isolation: 'READ-COMMITTED',
  tx_read_only: 0,
  transaction_read_only: 0,
  max_statement_time: 0,
  max_execution_time: 0,
  innodb_snapshot_isolation: 0,
  default_regex_flags: '',
  max_recursive_iterations: RECURSIONS,
  cte_max_recursion_depth: RECURSIONS,
};

/** A session variable that differs from the bot's value, such as `autocommit is OFF`. */
export type Deviation = { readonly variable: string; readonly value: string };

/** Checks that a session has the bot's values. `ask` runs on that session. */
export async function sessionDeviations(
  ask: <Row>(sql: string) => Promise<Row[]>,
): Promise<readonly Deviation[]> {
  const names = [...Object.keys(EXPECTED), 'log_bin', 'binlog_format'].map((name) => `'${name}'`);
  const rows = await ask<{ Variable_name: string; Value: string }>(
    `SHOW SESSION VARIABLES WHERE Variable_name IN (${names})`,
  );
  const told = new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
  const deviations = Object.entries(EXPECTED).flatMap(([variable, expected]) => {
    const value = told.get(variable);
    return value === undefined || isSame(value, expected) ? [] : [{ variable, value }];
  });
  const logsStatements = told.get('log_bin') === 'ON' && told.get('binlog_format') === 'STATEMENT';
  return logsStatements ? [...deviations, { variable: 'binlog_format', value: 'STATEMENT' }] : deviations;
}

const NUMBERS: Readonly<Record<string, number>> = { ON: 1, OFF: 0, NO_CHAIN: 0 };
/** Compares numbers by their value (`0.000000`) or word (`OFF`), and flags in any order and case. */
function isSame(value: string, expected: string | number): boolean {
  if (typeof expected === 'number') return (NUMBERS[value] ?? Number(value)) === expected;
  const parts = (text: string) => text.toUpperCase().split(',').sort().join();
  return parts(value) === parts(expected);
}

/** Whether a server's flag is on. `0`, `OFF` and undefined (no such flag) are off; MariaDB 12 has several words for on. */
export function isOn(flag: unknown): boolean {
  return flag !== undefined && !['0', 'OFF'].includes(String(flag).toUpperCase());
}
