import { flawedEnd } from '../../database/audit/audit.ts';
import { auditTablesBy, foreignEngines, ownTableNames } from '../../database/audit/audit-tables.ts';
import { flawedTriggers } from '../../database/audit/verify-audit.ts';
import { isWhole } from '../../database/plan/users-fit.ts';
import {
  type ColumnFacts,
  type Inspection,
  serverFacts,
  type TableFacts,
  tableFacts,
  tableNames,
} from '../../database/schema/inspect.ts';
import { migrationRights, missingPrivileges } from '../../database/schema/inspect-privileges.ts';
import { pendingMigrations } from '../../database/schema/migrate.ts';
import { SHARED_TABLES } from '../../database/schema/usable-tables.ts';
import { MIGRATIONS } from '../../process/runtime.ts';
import type { EngineOfTable } from '../../sync/failures/failure.ts';
import type { NewUserDefaults } from '../../sync/run/change.ts';
import { fail, pass, type Verdict, warn } from './check.ts';

export type Tables = ReadonlyMap<string, TableFacts>;

/** A column by its name; MySQL ignores the case of these names. */
export function columnOf(found: Tables, table: string, name: string): ColumnFacts | undefined {
  return found.get(table)?.columns.find((column) => column.name.toLowerCase() === name);
}

export const OTHER_DATABASE =
  "Point DATABASE_URL at the right database; these columns are the Laravel application's to add.";

/** Checks what the database account may do in daily work. */
export async function privileges(inspection: Inspection, newUser: NewUserDefaults): Promise<Verdict> {
  const missing = await missingPrivileges(inspection, newUser);
  if (missing.length === 0) return pass('the account may do what the bot does with each table that is there');
  const { account, database } = await serverFacts(inspection);
  const byTable = new Map<string, string[]>();
  for (const { table, privilege } of missing) byTable.set(table, [...(byTable.get(table) ?? []), privilege]);
  const lacking = [...byTable].map(([table, rights]) => `${rights.join(', ')} on ${table}`);
  const grants = [...byTable].map(
    ([table, rights]) => `${rights.join(', ')} ON \`${database}\`.${table} TO ${quoted(account)}`,
  );
  return fail(
    `the account lacks ${lacking.join('; ')}`,
    `Run as an administrator: GRANT ${grants.join('; GRANT ')}`,
  );
}

/**
 * Checks what the account may do in a migration. Missing rights matter only while one is pending: for daily work, an account without
 * these rights is better.
 */
export async function privilegesToMigrate(inspection: Inspection, databaseUrl: string): Promise<Verdict> {
  const { kind, account, database } = await serverFacts(inspection);
  const { missing, triggersNeedSuper } = await migrationRights(inspection, kind);
  const lacking = [
    ...missing,
    ...(triggersNeedSuper ? ['SUPER (binary logging is on, log_bin_trust_function_creators is 0)'] : []),
  ];
  if (lacking.length === 0) return pass('the account may create tables and triggers');
  const detail = `the account itself lacks ${lacking.join(', ')}`;
  // If the history of migrations is unusable, the check on migrations says so. Here it counts as a pending migration.
  const pending = await pendingMigrations(databaseUrl, MIGRATIONS).catch(() => undefined);
  if (pending?.length === 0) return pass(`${detail}; nothing is to be migrated`);
  return warn(
    detail,
    `Migrate with the account of an administrator in DATABASE_URL, or run as one: ${remedies(missing, triggersNeedSuper, `\`${database}\`.* TO ${quoted(account)}`)}`,
  );
}

function remedies(missing: readonly string[], triggersNeedSuper: boolean, where: string): string {
  return [
    ...(missing.length > 0 ? [`GRANT ${missing.join(', ')} ON ${where}`] : []),
    ...(triggersNeedSuper ? ['SET GLOBAL log_bin_trust_function_creators = 1'] : []),
  ].join('; ');
}

/** `name@host` in the form for GRANT. A name may contain an @, a host may not. */
export function quoted(account: string): string {
  const at = account.lastIndexOf('@');
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
}

type Changed = {
  readonly type?: string;
  readonly collation?: string;
  readonly more?: '' | ' NULL' | ' AUTO_INCREMENT';
};

/** For ALTER: a column of `users` with one change, else as the server shows it (`shown`), since MODIFY drops what it does not name. */
export function redefined(
  shown: readonly string[] | undefined,
  { name, type }: Pick<ColumnFacts, 'name' | 'type'>,
  { type: newType = type, collation, more = '' }: Changed,
): string {
  const begin = `  \`${name}\` ${type}`;
  const rest =
    shown?.find((line) => line.startsWith(begin))?.slice(begin.length) ??
    ' … (the rest as in SHOW CREATE TABLE users)';
  const parts =
    /^(?<charset>( CHARACTER SET \w+)?( COLLATE \w+)?)(?<empty>( NOT)? NULL)?(?<others>.*?),?$/s.exec(rest);
  const { charset = '', empty = '', others = '' } = parts?.groups ?? {};
  // No column is numbered and has a default too.
  const kept = more === ' AUTO_INCREMENT' ? others.replace(/^ DEFAULT ('[^']*'|\S+)/, '') : others;
  const words = collation === undefined ? charset : ` CHARACTER SET utf8mb4 COLLATE ${collation}`;
  return `MODIFY \`${name}\` ${newType}${words}${more === ' NULL' ? '' : empty}${more}${kept}`;
}

const READ_BACK =
  'Where a table is missing, a backup that was read back only in part is the usual cause: read it back whole (docs/backup.md), then run npm run migrate -- --repair.';

/** Checks that the bot's own tables exist, in InnoDB too: a run, its audit row and its notices are one transaction. */
export async function ownTables(inspection: Inspection, newUser: NewUserDefaults): Promise<Verdict> {
  const { ask } = inspection;
  const names = ownTableNames(await auditTablesBy(ask));
  const there = await tableNames(ask);
  const missing = names.filter((name) => !there.has(name));
  if (missing.length > 0) {
    const named = missing.join(', ');
    // The servers hide a table from an account without rights on it, as on the new table of an upgrade.
    const { status, todo } = await privileges(inspection, newUser);
    return status === 'pass'
      ? fail(`missing: ${named}`, READ_BACK)
      : fail(`missing, or hidden from this account: ${named}`, `${todo}. ${READ_BACK}`);
  }
  return inInnodb(await foreignEngines(ask, names)) ?? pass('in InnoDB');
}

/** Checks that the triggers keep rows of the audit log from being changed or deleted. Without them, nothing is executed. */
export async function auditTriggers({ ask }: Inspection): Promise<Verdict> {
  const flaws = await flawedTriggers(ask, await auditTablesBy(ask));
  if (flaws.length === 0) return pass('both stand: rows can be neither changed nor deleted');
  return fail(
    flaws.map(({ name, flaw }) => `${name} is ${flaw}`).join(', '),
    'Run npm run migrate -- --repair with an account that may create triggers; until then no run is executed.',
  );
}

/** Checks that the next step continues the audit log. */
export async function auditEnd({ ask }: Inspection): Promise<Verdict> {
  const flaw = await flawedEnd(ask, await auditTablesBy(ask));
  if (flaw === undefined) return pass('as remembered');
  return fail(flaw, 'Run npm run audit:verify, then see "After an incident" in docs/security.md.');
}

/** The tables `users` and `locations`; a table that does not exist is missing from the map. */
export function laravelTables({ ask }: Inspection): Promise<Tables> {
  return tableFacts(ask, SHARED_TABLES);
}

/** Checks that both tables exist, in InnoDB: only there can a transaction be undone. */
export async function tables(inspection: Inspection): Promise<Verdict> {
  const found = await laravelTables(inspection);
  const missing = SHARED_TABLES.filter((name) => !found.has(name));
  if (missing.length > 0) {
    return fail(
      `${missing.join(' and ')} missing, or hidden from this account`,
      'If DATABASE_URL names the right database and it is a new one, run: npm run migrate',
    );
  }
  const views = [...found].flatMap(([table, { engine }]) => (engine === 'VIEW' ? [table] : []));
  if (views.length > 0)
    return fail(
      `a view: ${views.join(', ')}`,
      'A sync locks, adds and undoes rows of the table itself: let the table have that name, together with the application, or point DATABASE_URL at the database that has it.',
    );
  const engines = [...found].map(([table, { engine }]) => ({ table, engine }));
  const others = engines.filter(({ engine }) => engine.toUpperCase() !== 'INNODB');
  return locationsProblem(found) ?? inInnodb(others) ?? pass('both are there, in InnoDB');
}

/** The columns of `locations` that the bot reads (contract, section 2). */
const READ = ['id', 'location_code', 'location_name', 'online_url'];

function locationsProblem(found: Tables): Verdict | undefined {
  const missing = READ.filter((name) => columnOf(found, 'locations', name) === undefined);
  if (missing.length > 0) return fail(`locations has no ${missing.join(', ')}`, OTHER_DATABASE);
  const id = columnOf(found, 'locations', 'id');
  if (id === undefined || isWhole(id)) return undefined;
  return fail(
    `locations.id is ${id.type}`,
    'The bot serves tables whose locations have a number, as Laravel makes them with $table->id().',
  );
}

function inInnodb(others: readonly EngineOfTable[]): Verdict | undefined {
  if (others.length === 0) return undefined;
  return fail(
    others.map(({ table, engine }) => `${table} is kept by ${engine || 'no engine'}, not InnoDB`).join('; '),
    `A sync could not be undone there. Run, on a copy first: ${others.map(({ table }) => `ALTER TABLE ${table} ENGINE = InnoDB`).join('; ')}`,
  );
}
