import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../sandbox/database/database.ts';
import type { DatabaseOptions, DatabaseServer } from '../../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../../sandbox/database/mariadb.ts';
import { createAudit } from '../../../../src/database/audit/audit.ts';
import { createPauses } from '../../../../src/database/automation.ts';
import { type Database, openDatabase } from '../../../../src/database/client.ts';
import { createOutbox } from '../../../../src/database/outbox.ts';
import type { PlanSettings } from '../../../../src/database/plan/draft.ts';
import { createPlans } from '../../../../src/database/plan/plans.ts';
import { createStaging } from '../../../../src/database/plan/staging.ts';
import { locationIn } from '../../../../src/database/reports/targets.ts';
import { createRuns } from '../../../../src/database/runs/runs.ts';
import type { Plans, Staging } from '../../../../src/sync/ports/plans.ts';
import type { Runs } from '../../../../src/sync/ports/runs.ts';
import type { Target } from '../../../../src/sync/ports/source.ts';
import type { Audit, ObserveStep, Outbox } from '../../../../src/sync/ports/steps.ts';
import type { UserStatus } from '../../../../src/sync/run/change.ts';
import type { Pauses } from '../../../../src/sync/use-cases/pause.ts';

/** One process of the bot, as the database sees it: a name of its own and connections of its own. */
export type BotProcess = {
  readonly owner: string;
  readonly db: Database;
  readonly runs: Runs;
  readonly plans: Plans;
  readonly staging: Staging;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly pauses: Pauses;
};

export type UserRow = {
  readonly id: number;
  readonly email: string;
  readonly location_id: number;
  readonly status: UserStatus;
  readonly created_at: Date;
  readonly updated_at: Date;
};

type ProcessOptions = {
  /** Is told of its steps. */
  readonly observe?: ObserveStep;
  /** That of a proxy before the server. */
  readonly port?: number;
  /** Waits for a connection for so many ms. */
  readonly acquireTimeout?: number;
  /** What the database's clock shows in its sessions, from beginning to end. */
  readonly at?: Date;
  /** `SYNC_ABSENCE_DAYS`. */
  readonly absenceDays?: number;
  /** At most as many at a time. */
  readonly connections?: number;
};

export type Testbed = {
  readonly database: FreshDatabase;
  /** The process that most tests need. */
  readonly bot: BotProcess;
  /** One more process on the same database. */
  another(options?: ProcessOptions): BotProcess;
  /** Runs one statement beside the bot. */
  sql<Row = unknown>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** A location of its own, so that tests on one database do not meet. */
  location(): Promise<Target>;
  /** Puts users there, last touched on 1 January 2025. */
  addUsers(target: Target, users: Readonly<Record<string, UserStatus>>): Promise<void>;
  /** Who stands at the location, by email. */
  usersAt(target: Target): Promise<Record<string, UserStatus>>;
  /** The whole table, of every location. */
  everyUser(): Promise<UserRow[]>;
};

type TestbedOptions = DatabaseOptions & {
  /** Settings of a server of its own. */
  readonly flags?: readonly string[];
};

/** A migrated database for the tests of one file, and bot processes on it; gone with the last test. */
export function useTestbed({ flags, ...options }: TestbedOptions = {}): Testbed {
  let server: DatabaseServer | undefined;
  let database: FreshDatabase | undefined;
  const processes: BotProcess[] = [];
  let locations = 0;
  const there = (): FreshDatabase => {
    if (database === undefined) throw new Error('The testbed opens before the first test, not earlier');
    return database;
  };
  const another = (options: ProcessOptions = {}) => {
    const started = startProcess(there().url, options);
    processes.push(started);
    return started;
  };
  beforeAll(async () => {
    server = flags && (await startMariadb({ flags }));
    database = await freshDatabase({ ...options, ...(server && { server }), migrated: true });
    another();
  });
  afterAll(async () => {
    await Promise.all(processes.map(({ db }) => db.$disconnect()));
    await database?.drop();
    await server?.stop();
  });
  const sql = <Row>(statement: string, values?: unknown[]) => there().sql<Row>(statement, values);
  return {
    get database() {
      return there();
    },
    get bot() {
      return processes[0] ?? another();
    },
    another,
    sql,
    location: async () => {
      locations += 1;
      const [id, name] = [locations, `at${locations}`];
      const baseUrl = `https://${name}.example.com`;
      await sql('INSERT INTO locations (id, location_code, location_name, online_url) VALUES (?, ?, ?, ?)', [
        id,
        name,
        `Location ${id}`,
        baseUrl,
      ]);
      return { name, locationId: id, locationName: `Location ${id}`, baseUrl };
    },
    addUsers: async ({ locationId }, users) => {
      const rows = Object.entries(users).map(([email, status]) => [email, locationId, status]);
      if (rows.length === 0) return;
      await there().connection.batch(
        "INSERT INTO users (email, location_id, status, created_at, updated_at) VALUES (?, ?, ?, '2025-01-01', '2025-01-01')",
        rows,
      );
    },
    usersAt: async ({ locationId }) => {
      const rows = await sql<UserRow>('SELECT email, status FROM users WHERE location_id = ? ORDER BY id', [
        locationId,
      ]);
      return Object.fromEntries(rows.map(({ email, status }) => [email, status]));
    },
    everyUser: () => sql<UserRow>('SELECT * FROM users ORDER BY id'),
  };
}

/** The settings of plans that nobody has changed. A target is named by the code of its location, and perhaps a word behind it. */
export const AS_BY_DEFAULT: PlanSettings = {
  newUser: new Map(),
  absenceDays: 0,
  locationOf: (tx, target) => locationIn(new Map([[target, target.split(' ')[0] ?? '']]))(tx, target),
};

/** Disconnect its `db` when done. */
function startProcess(
  databaseUrl: string,
  { observe, port, acquireTimeout, at, absenceDays = 0, connections = 4 }: ProcessOptions,
): BotProcess {
  const owner = randomUUID();
  const url = new URL(`${databaseUrl}?connectionLimit=${connections}`);
  // Waits for a connection for as long as a busy machine takes; behind another port, the server may be lost on purpose.
  const wait = acquireTimeout ?? (port === undefined ? 120_000 : undefined);
  if (wait !== undefined) url.searchParams.set('acquireTimeout', String(wait));
  if (port !== undefined) url.port = String(port);
  if (at !== undefined) {
    url.searchParams.set('sessionVariables', JSON.stringify({ timestamp: at.getTime() / 1000 }));
  }
  const db = openDatabase(url.href, observe);
  return {
    owner,
    db,
    runs: createRuns(db, owner),
    plans: createPlans(db, { ...AS_BY_DEFAULT, absenceDays }),
    staging: createStaging(db),
    audit: createAudit(db),
    outbox: createOutbox(db, owner),
    pauses: createPauses(db),
  };
}
