import type { Connection } from 'mariadb';
import { migrate } from '../../src/database/schema/migrate.ts';
import { connect } from '../../src/database/schema/single-connection.ts';
import { MIGRATIONS } from '../../src/process/runtime.ts';
import { createDatabase, type DatabaseServer } from './database-server.ts';

/** A migrated database and the statements that copy it. Running the migrations would take five times as long. */
export type Template = { readonly copying: string; remove(): Promise<void> };

/** Creates and migrates a new database. Nothing else may write to it. */
export async function createTemplate(server: DatabaseServer): Promise<Template> {
  const { name, url, drop } = await createDatabase(server);
  await migrate({ databaseUrl: url, directory: MIGRATIONS, log: () => {} });
  const connection = await connect(url);
  try {
    return { copying: (await statementsFor(connection, name)).join(';\n'), remove: drop };
  } finally {
    await connection.end();
  }
}

/** Copies the template into an empty database of the same server, over a connection with the bot's settings. */
export async function copyTemplate(databaseUrl: string, copying: string): Promise<void> {
  const connection = await connect(`${databaseUrl}?multipleStatements=true`);
  try {
    await connection.query(copying);
  } finally {
    await connection.end();
  }
}

/** Tables first, in any order; then rows; then triggers, which refuse rows. */
async function statementsFor(connection: Connection, database: string): Promise<readonly string[]> {
  const tables = await connection.query<Record<string, string>[]>('SHOW TABLES');
  const names = tables.flatMap((row) => Object.values(row));
  const creations = await Promise.all(
    names.map((name) => creationOf(connection, `TABLE \`${name}\``, 'Create Table')),
  );
  const triggers = await connection.query<{ Trigger: string }[]>('SHOW TRIGGERS');
  const refusals = await Promise.all(
    triggers.map(({ Trigger: name }) =>
      creationOf(connection, `TRIGGER \`${name}\``, 'SQL Original Statement'),
    ),
  );
  return [
    'SET FOREIGN_KEY_CHECKS = 0',
    ...creations,
    ...names.map((name) => `INSERT INTO \`${name}\` SELECT * FROM \`${database}\`.\`${name}\``),
    ...refusals.map((statement) => statement.replace(/ DEFINER=\S+/, '')),
  ];
}

async function creationOf(connection: Connection, what: string, column: string): Promise<string> {
  const [row] = await connection.query<Record<string, string>[]>(`SHOW CREATE ${what}`);
  const statement = row?.[column];
  if (statement === undefined) throw new Error(`The server does not say how ${what} is made`);
  return statement;
}
