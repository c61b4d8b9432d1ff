import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mariadb';
import { DEV } from '../sandbox/worlds/scenarios.ts';
import { type Database, openDatabase } from '../src/database/client.ts';
import type { BenchDatabase } from './database.ts';
import { timed } from './statistics.ts';

/** One insert per user is measured up to so many users, and beyond in proportion: 10,000 take some ten seconds. */
export const ONE_BY_ONE_LIMIT = 10_000;
/** `createMany` is measured up to so many: Prisma needs more than ten minutes and four gigabytes for a million. */
export const CREATE_MANY_LIMIT = 100_000;

/** Milliseconds of other ways to write the same users into the same table. */
export type ReferenceTimes = {
  /** (a) The framework's idiom: one Prisma `create` per user, all in one transaction. */
  readonly oneByOne: number;
  /** (b) Prisma's `createMany`. */
  readonly createMany: number;
  /** (c) The limit: `LOAD DATA LOCAL INFILE` of the users, and as many audit rows as our execution writes: one. */
  readonly loadData: number;
  /** (c) with the plan: the same, and `LOAD DATA LOCAL INFILE` of as many rows into `sync_changes`. */
  readonly loadDataWithPlan: number;
};

export type References = {
  measure(): Promise<ReferenceTimes>;
  stop(): Promise<void>;
};

/** Prepares the references for so many users. The files are written beforehand and not part of any time. */
export async function createReferences(database: BenchDatabase, users: number): Promise<References> {
  const folder = await mkdtemp(join(tmpdir(), 'usersync-bench-'));
  // In the order of the unique index, as our plan is: the fastest that LOAD DATA can be given.
  const emails = Array.from({ length: users }, (_, index) => `user${index + 1}@dkm`).sort();
  const loadUsers = await writeParts(
    join(folder, 'users'),
    emails.map((email) => `${email}\t${DEV.locationId}\tactive\n`),
    loadUsersFrom,
  );
  const loadChanges = await writeParts(
    join(folder, 'changes'),
    emails.map((email, index) => `${PLAN_OF_NOBODY}\t${index + 1}\tadd\t${email}\tactive\n`),
    loadChangesFrom,
  );
  const db = openDatabase(database.url);
  const connection = await loadingConnection(database.url);
  // Off by default on MySQL. The server is the bench's own, or one that was given with the rights of an administrator.
  await connection.query('SET GLOBAL local_infile = 1');
  const emptied = async (work: () => Promise<unknown>) => {
    await database.reset();
    return (await timed(work)).ms;
  };
  const inProportion = async (limit: number, write: (some: readonly string[]) => Promise<unknown>) =>
    (await emptied(() => write(emails.slice(0, limit)))) * Math.max(1, users / limit);
  return {
    measure: async () => ({
      oneByOne: await inProportion(ONE_BY_ONE_LIMIT, (some) => createOneByOne(db, some)),
      createMany: await inProportion(CREATE_MANY_LIMIT, (some) =>
        db.user.createMany({ data: some.map(userOf) }),
      ),
      loadData: await emptied(() => load(connection, loadUsers)),
      loadDataWithPlan: await emptied(() => load(connection, [...loadUsers, ...loadChanges])),
    }),
    stop: async () => {
      await Promise.all([db.$disconnect(), connection.end(), rm(folder, { recursive: true })]);
    },
  };
}

const LINES_PER_FILE = 100_000;

/** No run has this number. */
const PLAN_OF_NOBODY = 4_000_000_000;

/**
 * Writes lines into as many files as are needed, and returns the statements that load them. The driver sends a file as
 * one packet, of which a server takes 16 MB.
 */
async function writeParts(
  path: string,
  lines: readonly string[],
  loadFrom: (file: string) => string,
): Promise<readonly string[]> {
  const statements: string[] = [];
  for (let from = 0; from < lines.length; from += LINES_PER_FILE) {
    const file = `${path}-${from}.tsv`;
    await writeFile(file, lines.slice(from, from + LINES_PER_FILE).join(''));
    statements.push(loadFrom(file));
  }
  return statements;
}

function userOf(email: string) {
  const now = new Date();
  return {
    email,
    locationId: BigInt(DEV.locationId),
    status: 'active',
    createdAt: now,
    updatedAt: now,
  } as const;
}

async function createOneByOne(db: Database, emails: readonly string[]): Promise<void> {
  await db.$transaction(
    async (tx) => {
      for (const email of emails) await tx.user.create({ data: userOf(email) });
    },
    { timeout: 10 * 60_000 },
  );
}

function loadingConnection(url: string): Promise<Connection> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return createConnection({
    host: hostname,
    port: Number(port || '3306'),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    allowPublicKeyRetrieval: true,
    permitLocalInfile: true,
    timezone: 'Z',
  });
}

const loadUsersFrom = (file: string) => `
  LOAD DATA LOCAL INFILE '${file}' INTO TABLE users CHARACTER SET utf8mb4 (email, location_id, status)
  SET created_at = UTC_TIMESTAMP(), updated_at = UTC_TIMESTAMP()`;

const loadChangesFrom = (file: string) => `
  LOAD DATA LOCAL INFILE '${file}' INTO TABLE sync_changes CHARACTER SET utf8mb4
  (run_id, seq, action, email, status_after)`;

/**
 * One audit row, not one per user: an execution appends one row to `audit_logs`. What it did to each user stands in
 * `sync_changes` since the preview. This is the stricter reading of "the same number of audit rows".
 */
const AUDIT_ROW = `
  INSERT INTO audit_logs (seq, at, step, outcome, actor_id, actor_name, prev_hash, hash)
  SELECT COALESCE(MAX(seq), 0) + 1000000, UTC_TIMESTAMP(3), 'completed', 'completed', 'U0', 'bench', REPEAT('0', 64), REPEAT('0', 64)
  FROM audit_logs`;

async function load(connection: Connection, statements: readonly string[]): Promise<void> {
  await connection.beginTransaction();
  for (const statement of statements) await connection.query(statement);
  await connection.query(AUDIT_ROW);
  await connection.commit();
}
