import { auditTablesBy } from '../audit/audit-tables.ts';
import { flawedTriggers, repairsOf } from '../audit/verify-audit.ts';
import { type Migration, MigrationError } from './migrations.ts';
import { DatabaseRefusalError, type Query } from './single-connection.ts';
import { leftBy } from './taken-names.ts';

/**
 * Restores the triggers of the audit log and logs their names: they are lost when a dump is restored without SUPER. Throws
 * `MigrationError`, and changes nothing, if the account may not create triggers.
 */
export async function restoreTriggers(
  ask: Query,
  migrations: readonly Migration[],
  log: (line: string) => void,
): Promise<void> {
  const tables = await auditTablesBy(ask);
  const flaws = await flawedTriggers(ask, tables);
  const repairs = repairsOf(
    flaws,
    migrations.flatMap(({ statements }) => statements),
    tables,
  );
  await requireRights(ask, repairs);
  for (const statement of repairs) await ask(statement);
  for (const { name } of flaws) log(`put back the trigger ${name}`);
}

/**
 * Statements that leave nothing but a named table or trigger, and statements that may be repeated: conversions of engines, and
 * UPDATEs of `sync_runs` whose values follow from other columns.
 */
const REPEATABLE =
  /^(CREATE (TABLE|TRIGGER) `|SET @|PREPARE |EXECUTE |DEALLOCATE PREPARE |UPDATE `sync_runs` )/;

/**
 * Whether a migration that failed half-way can simply be tried again: it left only triggers, and empty tables of the bot. A
 * migration that changes tables leaves changes that no name shows.
 */
export async function canForget(ask: Query, migration: Migration): Promise<boolean> {
  if (!migration.statements.every((statement) => REPEATABLE.test(statement))) return false;
  for (const { kind, name } of await leftBy(ask, migration)) {
    if (kind === 'table' && !(await isOwnAndEmpty(ask, name))) return false;
  }
  return true;
}

async function isOwnAndEmpty(ask: Query, table: string): Promise<boolean> {
  if (!table.startsWith('sync_')) return false;
  return (await ask(`SELECT 1 FROM \`${table}\` LIMIT 1`)).length === 0;
}

/** Deletes what a failed migration left, with its record, so that it is tried again. Only after `canForget`. */
export async function forgetHalfWay(ask: Query, migration: Migration): Promise<void> {
  for (const { kind, name } of await leftBy(ask, migration))
    await ask(`DROP ${kind === 'table' ? 'TABLE' : 'TRIGGER'} \`${name}\``);
  await ask('DELETE FROM _prisma_migrations WHERE migration_name = ? AND finished_at IS NULL', [
    migration.name,
  ]);
}

/** A table that does not exist: a statement about it fails because of its absence, or before that because of a missing right. */
const NOWHERE = 'usersync_no_such_table';

/** The history of the migrations is read and written whatever they contain. */
const ALWAYS = /^/;

type Need = { readonly where: RegExp; readonly attempt: string };

/** The rights that migrations need, each with a test statement that changes nothing, whether it fails or not. */
const NEEDS: readonly Need[] = [
  { where: /^CREATE TABLE /, attempt: `CREATE TABLE ${NOWHERE}_2 LIKE ${NOWHERE}` },
  { where: /^ALTER TABLE /, attempt: `ALTER TABLE ${NOWHERE} COMMENT = ''` },
  { where: /^CREATE (UNIQUE )?INDEX /, attempt: `CREATE INDEX nothing ON ${NOWHERE} (id)` },
  { where: ALWAYS, attempt: `SELECT id FROM ${NOWHERE}` },
  { where: ALWAYS, attempt: `INSERT INTO ${NOWHERE} VALUES (1)` },
  { where: ALWAYS, attempt: `UPDATE ${NOWHERE} SET id = 1` },
  {
    where: /REFERENCES `/,
    attempt: `ALTER TABLE ${NOWHERE} ADD FOREIGN KEY (id) REFERENCES ${NOWHERE}_2 (id)`,
  },
  {
    where: /^CREATE TRIGGER /,
    attempt: `CREATE TRIGGER ${NOWHERE} BEFORE INSERT ON ${NOWHERE} FOR EACH ROW SET @nothing = 1`,
  },
];

/** The server writes a binary log and lets only SUPER create triggers. */
const NEEDS_SUPER = '1419';

/** The statement that a database administrator runs once. */
const TRUST = 'SET GLOBAL log_bin_trust_function_creators = 1';

/**
 * Tests with the server, before anything is changed, whether the account may run the statements, so that rights from roles and
 * wildcards count as the server counts them. Throws `MigrationError` with the statement that helps.
 */
export async function requireRights(ask: Query, statements: readonly string[]): Promise<void> {
  const rights = new Set<string>();
  for (const { where, attempt } of NEEDS) {
    if (!statements.some((statement) => where.test(statement))) continue;
    const refusal = await refusalOf(ask, attempt);
    if (refusal?.number === NEEDS_SUPER) throw new MigrationError(NEEDS_SUPER_WHAT, NEEDS_SUPER_NEXT);
    const right = /^([A-Z ]+) command denied/.exec(refusal?.message ?? '')?.[1];
    if (right !== undefined) rights.add(right);
  }
  if (rights.size === 0) return;
  const missing = [...rights].join(', ');
  const [row] = await ask<{ name: string }>('SELECT DATABASE() AS name');
  throw new MigrationError(
    `The account lacks ${missing}, which the migrations need. Nothing was changed.`,
    `Migrate with the account of an administrator in DATABASE_URL, or have one run: GRANT ${missing} ON \`${row?.name}\`.* TO the account.`,
  );
}

const NEEDS_SUPER_WHAT =
  'The account may not create the triggers of the audit log: the server writes a binary log and asks for SUPER (1419). Nothing was changed.';
const NEEDS_SUPER_NEXT = `Have an administrator of the server run ${TRUST} (on a managed server it is a parameter), or migrate with an account that has SUPER; it can be set back to 0 afterwards.`;

/** How to continue after a migration that failed because SUPER is missing; empty for any other failure. */
export function mendingHint(error: unknown): string {
  if (!(error instanceof DatabaseRefusalError && error.number === NEEDS_SUPER)) return '';
  return `Have an administrator of the server run ${TRUST}, then run: npm run migrate -- --repair`;
}

async function refusalOf(ask: Query, statement: string): Promise<DatabaseRefusalError | undefined> {
  try {
    await ask(statement);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseRefusalError) return error;
    throw error;
  }
}
