import { type AuditTables, SET_ASIDE, USUAL, withAuditTables } from '../audit/audit-tables.ts';
import { type Migration, MigrationError, type PendingMigration } from './migrations.ts';
import type { Query } from './single-connection.ts';

/** A table or trigger that a migration creates. */
type Creation = {
  readonly kind: 'table' | 'trigger';
  readonly name: string;
  readonly columns: readonly string[];
};

/** A name that exists already. `ours`: it looks like the migration's own table or trigger, left by an unrecorded attempt. */
type Taken = Pick<Creation, 'kind' | 'name'> & { readonly ours: boolean; readonly isBegun: boolean };

/**
 * Checks every name that the migrations need, before the first one changes anything. Chooses the names of the audit tables,
 * unless they exist already (`made`): if an application has one of the usual names, the other names are used. Throws
 * `MigrationError` if any other name is taken, but by a migration that stopped half-way itself.
 */
export async function chooseAuditTables(
  ask: Query,
  migrations: readonly PendingMigration[],
  made: AuditTables | undefined,
): Promise<AuditTables> {
  const chosen = made ?? ((await areFree(ask, migrations)) ? USUAL : SET_ASIDE);
  const taken = await takenBy(ask, migrations, chosen);
  const first = taken.find(({ ours, isBegun }) => !(ours && isBegun));
  if (first === undefined) return chosen;
  throw first.ours ? leftBehind(first) : takenByAnother(first);
}

async function areFree(ask: Query, migrations: readonly PendingMigration[]): Promise<boolean> {
  const taken = await takenBy(ask, migrations, USUAL);
  return taken.every(({ ours }) => ours);
}

/** Whether these migrations create the tables of the audit log. */
export function createsAuditTables(migrations: readonly Migration[]): boolean {
  const made = migrations.flatMap(({ statements }) => statements).flatMap(creationOf);
  return made.some(({ kind, name }) => kind === 'table' && name === USUAL.logs);
}

function takenByAnother({ kind, name }: Taken): MigrationError {
  return new MigrationError(
    `The database has a ${kind} ${name} that is another application's.`,
    'Nothing was changed: usersync needs that name. Rename it there, together with that application, then migrate again.',
  );
}

function leftBehind({ kind, name }: Taken): MigrationError {
  return new MigrationError(
    `The database has usersync's ${kind} ${name}, and no migration is recorded that made it.`,
    // A dump drops no table that it does not name.
    `Nothing was changed. If a backup without it was restored, run: DROP ${kind.toUpperCase()} \`${name}\`. Otherwise restore the backup made before the attempt that left it. Then migrate again.`,
  );
}

async function takenBy(
  ask: Query,
  migrations: readonly PendingMigration[],
  tables: AuditTables,
): Promise<readonly Taken[]> {
  const wanted = migrations.flatMap(({ statements, isBegun }) =>
    statements
      .flatMap((statement) => creationOf(withAuditTables(statement, tables)))
      .map((creation) => ({ ...creation, isBegun })),
  );
  if (wanted.length === 0) return [];
  const there = await existing(ask);
  return wanted.flatMap(({ kind, name, columns, isBegun }) => {
    const found = there.find((each) => each.kind === kind && each.name === name);
    if (found === undefined) return [];
    return { kind, name, isBegun, ours: columns.every((column) => found.columns.includes(column)) };
  });
}

/** `CREATE TABLE IF NOT EXISTS` does not count: such a table may be another application's. */
function creationOf(statement: string): readonly Creation[] {
  const table = /^CREATE TABLE `(\w+)`/.exec(statement)?.[1];
  if (table !== undefined) {
    const columns = [...statement.matchAll(/^\s+`(\w+)` /gm)].flatMap(([, column = '']) => column);
    return [{ kind: 'table', name: table, columns }];
  }
  const [, trigger, on] = /^CREATE TRIGGER `(\w+)`[^`]+`(\w+)`/.exec(statement) ?? [];
  return trigger === undefined || on === undefined ? [] : [{ kind: 'trigger', name: trigger, columns: [on] }];
}

/**
 * All tables and views with their columns, and all triggers with their table. All, because servers differ in which names they
 * call equal. On a server that keeps names in lower case, the bot's names are in lower case too.
 */
async function existing(ask: Query): Promise<readonly Creation[]> {
  const columns = await ask<{ name: string; columnName: string }>(
    'SELECT TABLE_NAME AS name, COLUMN_NAME AS columnName FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()',
  );
  const triggers = await ask<{ name: string; tableName: string }>(
    'SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS tableName FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
  );
  const [server] = await ask<{ folds: unknown }>('SELECT @@lower_case_table_names AS folds');
  const folded = (name: string) => (Number(server?.folds) === 0 ? name : name.toLowerCase());
  const byTable = new Map<string, string[]>();
  for (const { name, columnName } of columns) {
    const known = byTable.get(folded(name)) ?? [];
    byTable.set(folded(name), [...known, columnName]);
  }
  return [
    ...[...byTable].map(([name, names]): Creation => ({ kind: 'table', name, columns: names })),
    ...triggers.map(({ name, tableName }): Creation => {
      return { kind: 'trigger', name: folded(name), columns: [folded(tableName)] };
    }),
  ];
}
