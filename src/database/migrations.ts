import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Migration = { readonly name: string; readonly checksum: string; readonly statements: string[] };

/** A row of Prisma's own history table. */
export type AppliedMigration = {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly rolled_back_at: Date | null;
};

/** The history and the folder do not fit together, or a migration stopped half-way. Needs a person. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The migrations of `directory`, in order. The checksum is Prisma's: SHA-256 (hex) of the file. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), statements: statements(sql) };
    }),
  );
}

/** Our migrations end each statement with a semicolon at the end of a line, and only there. */
function statements(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

/**
 * The migrations that are still to be applied. Throws `MigrationError` where one was edited after it was applied,
 * failed half-way, or is not in the folder (a newer version of the bot ran here).
 */
export function pending(
  migrations: readonly Migration[],
  history: readonly AppliedMigration[],
): readonly Migration[] {
  const standing = history.filter((applied) => applied.rolled_back_at === null);
  for (const applied of standing) {
    const name = applied.migration_name;
    const migration = migrations.find((candidate) => candidate.name === name);
    if (migration === undefined) {
      throw new MigrationError(
        `The database has the migration ${name}, which this version does not know. Run the newer version, or restore the backup made before it.`,
      );
    }
    if (applied.finished_at === null) {
      throw new MigrationError(
        `The migration ${name} failed half-way. Undo what it did, delete its row from _prisma_migrations, then migrate again.`,
      );
    }
    if (applied.checksum !== migration.checksum) {
      throw new MigrationError(
        `The migration ${name} was edited after it was applied. Restore its file as it was, and put the change into a new migration.`,
      );
    }
  }
  return migrations.filter(({ name }) => !standing.some((applied) => applied.migration_name === name));
}
