import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Migration = { readonly name: string; readonly checksum: string; readonly statements: string[] };

/** A migration that is still to be applied. `isBegun`: an earlier attempt has stopped half-way. */
export type PendingMigration = Migration & { readonly isBegun: boolean };

/** A row of Prisma's history table. Another application may keep its history in the same table. */
export type AppliedMigration = {
  readonly id: string;
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly rolled_back_at: Date | null;
};

/** The history does not match the folder, a needed name is taken, a right is missing, or a migration failed. A person must act. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
  /** The problem, and the next step for the operator. `next` is empty if the cause already contains it. */
  readonly what: string;
  readonly next: string;
  constructor(what: string, next: string, options?: ErrorOptions) {
    super(`${what} ${next}`.trim(), options);
    this.what = what;
    this.next = next;
  }
}

/** What helps after a migration that stopped half-way. */
export const REPAIR =
  'Nobody has to undo anything. Once its cause is mended, run: npm run migrate -- --repair';

/**
 * An id that marks the row of a migration as the bot's: a random UUID whose end is derived from the migration's name. So a
 * version that does not know the migration can still tell that it is not another application's.
 */
export function ownRowId(name: string): string {
  return `${randomUUID().slice(0, -TAIL)}${tailOf(name)}`;
}

/**
 * Whether a row with an unknown name belongs to another application. This version knows all of the bot's migrations up to its
 * newest one, so an older row is another application's. A newer row without the bot's mark is another application's if Prisma can
 * have written it.
 */
function isAnothers({ id, checksum, migration_name: name }: AppliedMigration, newest: string): boolean {
  if (id.endsWith(tailOf(name))) return false;
  return name < newest || (UUID.test(id) && SHA256.test(checksum));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHA256 = /^[0-9a-f]{64}$/i;
const TAIL = 12;

function tailOf(name: string): string {
  return createHash('sha256').update(`usersync ${name}`).digest('hex').slice(0, TAIL);
}

/** The migrations of `directory`, in order, with Prisma's checksum: SHA-256 (hex) of the file. Throws errors of the file system. */
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

/** The bot's migrations end each statement with a semicolon at the end of a line, and have no other such semicolon. */
function statements(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

/**
 * The migrations that are still to be applied. Rows of other applications are ignored. Throws `MigrationError` if a migration was
 * edited after it was applied, if the folder lacks it (a newer version of the bot ran here), or, without `repair`, if it stopped
 * half-way.
 */
export function pending(
  migrations: readonly Migration[],
  history: readonly AppliedMigration[],
  repair: boolean,
): readonly PendingMigration[] {
  const inForce = history.filter((applied) => applied.rolled_back_at === null);
  const begun = new Set<string>();
  for (const applied of inForce) {
    const name = applied.migration_name;
    const migration = migrations.find((candidate) => candidate.name === name);
    if (migration === undefined) {
      if (isAnothers(applied, migrations.at(-1)?.name ?? '')) continue;
      throw new MigrationError(
        `The database has the migration ${name}, which this version does not know.`,
        'Run the newer version, or restore the backup made before it.',
      );
    }
    if (applied.finished_at === null) {
      if (!repair) throw new MigrationError(`The migration ${name} failed half-way.`, REPAIR);
      begun.add(name);
    } else if (applied.checksum !== migration.checksum) {
      throw new MigrationError(
        `The migration ${name} was edited after it was applied.`,
        'Restore its file as it was, and put the change into a new migration.',
      );
    }
  }
  return migrations
    .filter(({ name }) => begun.has(name) || !inForce.some((applied) => applied.migration_name === name))
    .map((migration) => ({ ...migration, isBegun: begun.has(migration.name) }));
}
