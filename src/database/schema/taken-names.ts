import { type AuditTables, SET_ASIDE, USUAL, withAuditTables } from '../audit/audit-tables.ts';
import { type Migration, MigrationError } from './migrations.ts';
import type { Query } from './single-connection.ts';

/** A table or trigger that a migration creates. */
type Creation = {
  readonly kind: 'table' | 'trigger';
  readonly name: string;
  readonly columns: readonly string[];
};

/** A name that exists already. `ours`: it looks like the migration's own table or trigger, left by an unrecorded attempt. */
type Taken = { readonly kind: Creation['kind']; readonly name: string; readonly ours: boolean };

/**
 * Checks every name that the migrations need, before the first one changes anything. Chooses the names of the audit tables,
 * unless they exist already (`made`): if an application has one of the usual names, the other names are used. Throws
 * `MigrationError` if any other name is taken.
 */
export async function chooseAuditTables(
  ask: Query,
  migrations: readonly Migration[],
  made: AuditTables | undefined,
): Promise<AuditTables> {
  const chosen = made ?? ((await areFree(ask, migrations)) ? USUAL : SET_ASIDE);
  const [first] = await takenBy(ask, migrations, chosen);
  if (first === undefined) return chosen;
  throw first.ours ? leftBehind(first) : takenByAnother(first);
}

async function areFree(ask: Query, migrations: readonly Migration[]): Promise<boolean> {
  const taken = await takenBy(ask, migrations, USUAL);
  return !taken.some(({ name, ours }) => name.startsWith('audit_') && !ours);
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
    'Nothing was changed. Restore the backup made before the attempt that left it, then migrate again.',
  );
}

/** The remains of a migration that failed half-way, one sentence per kind: an operator removes the bot's remains only. */
export async function remains(ask: Query, migration: Migration): Promise<string> {
  const names = new Set<string>();
  const foreign = new Set<string>();
  for (const tables of [USUAL, SET_ASIDE]) {
    for (const taken of await takenBy(ask, [migration], tables)) {
      (taken.ours ? names : foreign).add(`${taken.kind} ${taken.name}`);
    }
  }
  return [
    ...(names.size > 0 ? [`What it made and is there: ${[...names].join(', ')}.`] : []),
    ...(foreign.size > 0 ? [`Not usersync's, so leave it alone: ${[...foreign].join(', ')}.`] : []),
  ].join(' ');
}

/** The tables and triggers that a migration itself has created, under either name of the audit log's tables. */
export async function leftBy(ask: Query, migration: Migration): Promise<readonly Taken[]> {
  const taken = [
    ...(await takenBy(ask, [migration], USUAL)),
    ...(await takenBy(ask, [migration], SET_ASIDE)),
  ];
  const names = [...new Set(taken.filter(({ ours }) => ours).map(({ name }) => name))];
  return names.flatMap((name) => taken.find((each) => each.ours && each.name === name) ?? []);
}

async function takenBy(
  ask: Query,
  migrations: readonly Migration[],
  tables: AuditTables,
): Promise<readonly Taken[]> {
  const wanted = migrations
    .flatMap(({ statements }) => statements)
    .flatMap((statement) => creationOf(withAuditTables(statement, tables)));
  if (wanted.length === 0) return [];
  const there = await existing(ask);
  return wanted.flatMap(({ kind, name, columns }) => {
    const found = there.find((each) => each.kind === kind && each.name === name);
    if (found === undefined) return [];
    return { kind, name, ours: columns.every((column) => found.columns.includes(column)) };
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
