import { auditTablesBy } from '../audit/audit-tables.ts';
import { flawedTriggers, repairsOf } from '../audit/verify-audit.ts';
import { type Migration, MigrationError, REPAIR } from './migrations.ts';
import { DatabaseRefusalError, type Query } from './single-connection.ts';

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

type Mark = { readonly made: RegExp; readonly look: (name: string, on: string) => string };

const seen = (list: string, schema: string, where: string) =>
  `SELECT 1 FROM information_schema.${list} WHERE ${schema}_SCHEMA = DATABASE() AND ${where} LIMIT 1`;

/** What shows that a statement of a migration took effect: the servers carry each out as a whole or not at all. */
const MARKS: readonly Mark[] = [
  { made: /^CREATE TABLE `(\w+)`/, look: (name) => seen('TABLES', 'TABLE', `TABLE_NAME = '${name}'`) },
  {
    made: /^CREATE TRIGGER `(\w+)`/,
    look: (name) => seen('TRIGGERS', 'TRIGGER', `TRIGGER_NAME = '${name}'`),
  },
  {
    made: /^CREATE INDEX `(\w+)` ON `(\w+)`/,
    look: (name, on) => seen('STATISTICS', 'TABLE', `TABLE_NAME = '${on}' AND INDEX_NAME = '${name}'`),
  },
  {
    made: /^ALTER TABLE `(\w+)`[\s\S]*?\bADD COLUMN `(\w+)`/,
    look: (on, name) => seen('COLUMNS', 'TABLE', `TABLE_NAME = '${on}' AND COLUMN_NAME = '${name}'`),
  },
  { made: /^INSERT INTO `(\w+)`/, look: (on) => `SELECT 1 FROM \`${on}\` LIMIT 1` },
];

/**
 * Whether a statement of a migration that stopped half-way has taken effect. False for one that may be repeated: a conversion of an
 * engine, a change of an ENUM, and an UPDATE whose values follow from other columns.
 */
export async function tookEffect(ask: Query, statement: string): Promise<boolean> {
  for (const { made, look } of MARKS) {
    const [, name, on = ''] = made.exec(statement) ?? [];
    if (name !== undefined) return (await ask(look(name, on))).length > 0;
  }
  return false;
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
const NEEDS_SUPER_NEXT =
  'Have an administrator of the server run SET GLOBAL log_bin_trust_function_creators = 1 (on a managed server it is a parameter), or migrate with an account that has SUPER; it can be set back to 0 afterwards.';

/** Whether a statement waited in vain for a table that somebody else has open. */
export function isLockWait(error: unknown): boolean {
  return error instanceof DatabaseRefusalError && error.refusal === 'lock_wait';
}

/** How to continue after a migration that failed. `isUntouched`: none of its statements took effect. */
export async function mendingHint(ask: Query, error: unknown, isUntouched: boolean): Promise<string> {
  if (!isLockWait(error)) return REPAIR;
  const again = isUntouched ? 'Nothing of it was done. Then run: npm run migrate' : REPAIR;
  return `${await openTransactions(ask)} Wait until that has ended, or end it. ${again}`;
}

/** Who may have the table open: the oldest transactions of this database, as far as the account may see them. */
async function openTransactions(ask: Query): Promise<string> {
  const rows = await ask<{ id: unknown; who: string }>(
    `SELECT p.ID AS id, CONCAT(p.USER, '@', p.HOST) AS who
     FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
     WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID() ORDER BY t.trx_started LIMIT 3`,
  ).catch(() => []);
  const who = rows.map(({ id, who }) => `connection ${id} of ${who}`).join(', ');
  return who === ''
    ? 'A dump or an open transaction uses its table; an administrator sees whose it is by SHOW PROCESSLIST.'
    : `Its table is in use, and these have a transaction open: ${who}.`;
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
