import type { NewUserDefaults } from '../../sync/run/change.ts';
import { type AuditTables, auditTablesBy, USUAL } from '../audit/audit-tables.ts';
import { type Inspection, READ_DELETED_AT } from './inspect.ts';
import { DatabaseRefusalError, type Query } from './single-connection.ts';

type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

export type MissingPrivilege = { readonly table: string; readonly privilege: Privilege };

type Statements = Partial<Record<Privilege, string | undefined>>;

const USER_COLUMNS = 'email, location_id, status, created_at, updated_at';

/** SQL: adds no user, with each column that the bot gives a new one. Refused where the account may add none. */
export function addingNobody(newUser: NewUserDefaults): string {
  const given = [...newUser.keys()].map((name) => `\`${name}\``);
  return `INSERT INTO users (${[USER_COLUMNS, ...given].join(', ')})
    SELECT ${[USER_COLUMNS, ...given.map(() => 'NULL')].join(', ')} FROM users WHERE FALSE`;
}

/** An own table in which rows are added, changed and deleted; `column` is any of its columns. */
function own(table: string, column: string): Statements {
  return {
    SELECT: `SELECT * FROM ${table} WHERE FALSE`,
    INSERT: `INSERT INTO ${table} SELECT * FROM ${table} WHERE FALSE`,
    UPDATE: `UPDATE ${table} SET ${column} = ${column} WHERE FALSE`,
    DELETE: `DELETE FROM ${table} WHERE FALSE`,
  };
}

/**
 * The bot's kinds of statements for each table, in a form that touches no row. UPDATE on locations is for locking its row: on
 * MySQL, `SELECT … FOR UPDATE` needs the right to write (manual, "Locking Reads").
 */
const statementsFor = (
  { logs, heads }: AuditTables,
  newUser: NewUserDefaults,
): Readonly<Record<string, Statements>> => ({
  locations: {
    SELECT: 'SELECT id, location_code, location_name, online_url FROM locations WHERE FALSE',
    UPDATE: 'SELECT id FROM locations WHERE FALSE FOR UPDATE',
  },
  users: {
    SELECT: `SELECT id, ${USER_COLUMNS}, (${READ_DELETED_AT}) AS readable FROM users WHERE FALSE`,
    INSERT: addingNobody(newUser),
    UPDATE: 'UPDATE users SET status = status, updated_at = updated_at WHERE FALSE',
  },
  sync_runs: own('sync_runs', 'status'),
  sync_approvals: own('sync_approvals', 'approved_at'),
  sync_pauses: own('sync_pauses', 'why'),
  sync_requests: own('sync_requests', 'served_at'),
  sync_absences: own('sync_absences', 'days'),
  sync_batches: own('sync_batches', 'lease_until'),
  sync_changes: own('sync_changes', 'action'),
  sync_staged_users: own('sync_staged_users', 'email'),
  sync_odd_spellings: own('sync_odd_spellings', 'email'),
  sync_outbox: own('sync_outbox', 'attempts'),
  sync_home_viewers: own('sync_home_viewers', 'seen_at'),
  sync_reminders: own('sync_reminders', 'lease_until'),
  sync_processes: own('sync_processes', 'seen_at'),
  [logs]: { ...own(logs, 'seq'), UPDATE: undefined, DELETE: undefined },
  [heads]: { ...own(heads, 'seq'), INSERT: undefined, DELETE: undefined },
  _prisma_migrations: { SELECT: 'SELECT * FROM _prisma_migrations WHERE FALSE' },
});

/** Every table that the bot uses; the audit log's tables by their usual names. */
export const TABLES = Object.keys(statementsFor(USUAL, new Map()));

const DENIED = ['ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR'];
/**
 * The table or a column is missing or cannot be written (a view, a generated column), another column demands a value, or the
 * session logs statements: other checks report these.
 * Each server checks the privileges first.
 */
const REPORTED_ELSEWHERE = '1146 1054 1364 1906 3105 1288 1348 1356 1471 1665'.split(' ');

/**
 * The privileges that the bot's account lacks. Tested with the statements themselves, which touch no row (WHERE FALSE), so that
 * roles, wildcards and privileges on single columns count as the server counts them. EXPLAIN would not do: MySQL ignores the
 * locking clause in it. A table that does not exist yet is skipped. Throws `DatabaseRefusalError` for any error but a denial.
 */
export async function missingPrivileges(
  inspection: Inspection,
  newUser: NewUserDefaults,
): Promise<readonly MissingPrivilege[]> {
  const missing: MissingPrivilege[] = [];
  const statementsByTable = statementsFor(await auditTablesIn(inspection), newUser);
  for (const [table, statements] of Object.entries(statementsByTable)) {
    for (const privilege of ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const) {
      const statement = statements[privilege];
      if (statement !== undefined && (await isDenied(inspection, statement)))
        missing.push({ table, privilege });
    }
  }
  return missing;
}

/** A history that cannot be read is a denial too; the checks report it later. */
async function auditTablesIn({ ask }: Inspection): Promise<AuditTables> {
  try {
    return await auditTablesBy(ask);
  } catch (error) {
    if (error instanceof DatabaseRefusalError) return USUAL;
    throw error;
  }
}

async function isDenied({ ask }: Pick<Inspection, 'ask'>, statement: string): Promise<boolean> {
  try {
    await ask(statement);
    return false;
  } catch (error) {
    if (!(error instanceof DatabaseRefusalError)) throw error;
    if (REPORTED_ELSEWHERE.includes(error.number)) return false;
    if (DENIED.includes(error.code)) return true;
    throw error;
  }
}

/** Whether `users` has columns that the account may not read. Both servers hide such columns. Throws `DatabaseRefusalError`. */
export function hidesColumns(inspection: Inspection): Promise<boolean> {
  return isDenied(inspection, 'SELECT * FROM users WHERE FALSE');
}

/** The lines of a table as its server shows it, one for each column; undefined if the account has rights on single columns only. */
export type Shown = readonly string[] | undefined;

/** `users` as the server shows it. Throws `DatabaseRefusalError`. */
export async function usersAsShown(ask: Query): Promise<Shown> {
  const statement = 'SHOW CREATE TABLE users';
  if (await isDenied({ ask }, statement)) return undefined;
  const [row] = await ask<Readonly<Record<string, string>>>(statement);
  return (row?.['Create Table'] ?? '').split('\n');
}

/** The columns that a CHECK names, in small letters; MariaDB keeps JSON by one. As shown: the servers' lists of checks differ. */
export function checkedColumns(shown: Shown): ReadonlySet<string> | undefined {
  if (shown === undefined) return undefined;
  const checks = shown.flatMap((line) => line.split(' CHECK (').slice(1));
  const names = checks.flatMap((check) => check.match(/`[^`]+`/g) ?? []);
  return new Set(names.map((name) => name.slice(1, -1).toLowerCase()));
}

/** Functions, operators, and the columns of the index. */
const NO_OTHERS = /\w+\s*\(|\b(?:email|location_id|mod|div)\b/gi;

/** Whether partitions divide `users` by other columns than email and location: a unique index must have these columns too. */
export function isDividedOtherwise(shown: Shown): boolean {
  const by =
    shown?.flatMap((line) => /^\W*\d*\s*(?:SUB)?PARTITION BY .*?\((.*)\)/.exec(line)?.[1] ?? []) ?? [];
  // KEY () means the primary key.
  return by.some((columns) => columns === '' || /[a-z]/i.test(columns.replace(NO_OTHERS, '')));
}

/** The rights that `npm run migrate` would lack. Rights from roles are not seen. Throws `DatabaseRefusalError`. */
export async function migrationRights({ ask }: Inspection, kind: 'MySQL' | 'MariaDB') {
  const rows = await ask<{ privilege: string }>(`
    SELECT PRIVILEGE_TYPE AS privilege FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = ${OURSELVES}
    UNION
    SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
    WHERE GRANTEE = ${OURSELVES} AND DATABASE() LIKE TABLE_SCHEMA`);
  const own = new Set(rows.map(({ privilege }) => privilege));
  // MySQL demands REFERENCES on the table that a foreign key names; MariaDB is content with any privilege on it.
  const references = kind === 'MySQL' ? ['REFERENCES'] : [];
  const needed = ['ALTER', 'CREATE', 'INDEX', 'INSERT', ...references, 'SELECT', 'TRIGGER', 'UPDATE'];
  const [log] = await ask<{ guarded: unknown }>(
    'SELECT @@log_bin = 1 AND @@log_bin_trust_function_creators = 0 AS guarded',
  );
  return {
    /** The rights that migrations need and that the account itself does not have. */
    missing: needed.filter((privilege) => !own.has(privilege)),
    /** Whether binary logging lets only SUPER create triggers. */
    triggersNeedSuper: Number(log?.guarded) === 1 && !own.has('SUPER'),
  };
}

/** `'name'@'host'`, as information_schema writes an account. A name may contain an @, a host may not. */
const OURSELVES = `CONCAT("'", LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1),
  "'@'", SUBSTRING_INDEX(CURRENT_USER(), '@', -1), "'")`;
