import {
  cipherOf,
  clockAheadMs,
  type Inspection,
  openInspection,
  serverFacts,
} from '../../database/schema/inspect.ts';
import { pendingMigrations } from '../../database/schema/migrate.ts';
import { MigrationError } from '../../database/schema/migrations.ts';
import {
  clusterOf,
  DatabaseRefusalError,
  isOtherServer,
  readsElsewhere,
} from '../../database/schema/single-connection.ts';
import { sessionDeviations } from '../../database/session.ts';
import { MIGRATIONS } from '../../process/runtime.ts';
import { BY_REFUSAL, databaseRemedy } from '../remedies.ts';
import { type Check, type Conditions, checkOf, fail, pass, type Topic, type Verdict, warn } from './check.ts';

/** The name of the check that the other checks on the database need. */
export const DATABASE = 'database';

/**
 * The versions that the bot's SQL needs. MariaDB: JSON_TABLE and SKIP LOCKED, both since 10.6. MySQL: SKIP LOCKED (8.0.1), window
 * functions (8.0.2) and JSON_TABLE (8.0.4) are in every general release of 8.0, the first being 8.0.11.
 */
const LEAST = { MySQL: '8.0.11', MariaDB: '10.6' } as const;

/** Returns the same inspection at every call. */
export type Inspect = () => Promise<Inspection>;

/** Builds checks that look at the database by one inspection. */
export function checksBy(inspect: Inspect) {
  type Look = (inspection: Inspection) => Promise<Verdict>;
  return (name: string, topic: Topic, conditions: Conditions, look: Look): Check =>
    checkOf(name, topic, conditions, async () => look(await inspect()));
}

/** Checks of the database server. */
export function databaseChecks(databaseUrl: string, inspect: Inspect): readonly Check[] {
  const reached = { needs: [DATABASE] };
  const check = checksBy(inspect);
  return [
    checkOf(DATABASE, 'database', { settings: ['DATABASE_URL'] }, () => reach(databaseUrl, inspect)),
    check('database encryption', 'database_encryption', reached, (inspection) =>
      encryption(databaseUrl, inspection),
    ),
    check('database version', 'database_version', reached, version),
    check('database session', 'database_session', reached, session),
    check('database clock', 'database_clock', reached, clock),
  ];
}

/** Opens an inspection at the first call, and returns the same one at every later call. */
export function inspectOnce(databaseUrl: string): { inspect: Inspect; close(): Promise<void> } {
  let opening: Promise<Inspection> | undefined;
  return {
    inspect: () => {
      opening ??= openInspection(databaseUrl);
      return opening;
    },
    close: async () => {
      await opening?.then(({ close }) => close()).catch(() => {});
    },
  };
}

async function reach(databaseUrl: string, inspect: Inspect): Promise<Verdict> {
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const server = searchParams.get('socketPath') ?? `${hostname}:${port || '3306'}`;
  try {
    const { account, database, readOnly } = await serverFacts(await inspect());
    const where = `${account} at ${server}, database ${database}`;
    return readOnly ? fail(`${where}: the server is read-only`, BY_REFUSAL.read_only) : pass(where);
  } catch (error) {
    if (!(error instanceof DatabaseRefusalError)) throw error;
    return fail(`${server}: ${error.message}`, databaseRemedy(error, databaseUrl));
  }
}

async function encryption(databaseUrl: string, inspection: Inspection): Promise<Verdict> {
  const cipher = await cipherOf(inspection);
  if (cipher !== undefined) return pass(cipher);
  const { hostname, searchParams } = new URL(databaseUrl);
  const isHere = searchParams.has('socketPath') || LOOPBACK.test(hostname);
  if (isHere) return pass('plain text, on this machine');
  return warn(
    `plain text to ${hostname}: whoever is between can read passwords and users`,
    'Add ?ssl=true to DATABASE_URL, and ssl-ca=/path/to/ca.pem where the certificate is of an authority of your own (docs/settings.md).',
  );
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

async function version(inspection: Inspection): Promise<Verdict> {
  const { kind, version: running } = await serverFacts(inspection);
  const least = LEAST[kind];
  if (isOtherServer(running)) return fail(`${running}; usersync needs MySQL or MariaDB itself`, OTHER_SERVER);
  if (!isAtLeast(running, least))
    return fail(
      `${kind} ${running}; usersync needs ${least} or newer`,
      `Upgrade the server to ${kind} ${least} or newer.`,
    );
  const cluster = await clusterOf(inspection.ask);
  if (cluster === 'several primaries') return fail(`${kind} ${running} with several primaries`, OTHER_SERVER);
  const among = `, a Galera node of ${cluster}: give all processes of the bot the same one`;
  return pass(`${kind} ${running}${cluster === undefined ? '' : among}`);
}

const OTHER_SERVER = 'Use a server that docs/scaling.md names under Which database.';

/** Checks that the bot's sessions are as its statements need them, whatever the server's settings. */
export async function session({ ask }: Inspection): Promise<Verdict> {
  const deviations = await sessionDeviations(ask);
  if (await readsElsewhere(ask)) return fail('reads go to another server than transactions', ONE_SERVER);
  if (deviations.length === 0) return pass("as the bot sets it, whatever the server's own settings say");
  const detail = deviations.map(({ variable, value }) => `${variable} is ${value || 'empty'}`).join(', ');
  const others = deviations.filter(({ variable }) => variable !== 'binlog_format');
  const todo = [
    ...(others.length < deviations.length ? [LOG_ROWS] : []),
    ...(others.length > 0 ? [KEEP_OURS] : []),
  ];
  return fail(detail, todo.join(' '));
}

const ONE_SERVER =
  'A proxy splits reads and writes, and a replica may lag behind. Have it send all that this account asks to the primary, or point DATABASE_URL there.';
const LOG_ROWS =
  "Run as an administrator: SET GLOBAL binlog_format = 'ROW' (MIXED will do), and set it in the server's configuration; " +
  'or, on MariaDB, let the account choose it for itself: GRANT BINLOG ADMIN ON *.*.';
const KEEP_OURS =
  'Take initSql out of DATABASE_URL (and sessionVariables), and see that no proxy between the bot and the server shares or resets sessions.';

/** More than the error of the measurement, and more than clocks differ if NTP keeps them. */
const NOTABLE_SKEW_MS = 2_000;
/** One minute is the unit of the times that people see and set: the end of Confirm, and the due times of scheduled previews. */
const UNUSABLE_SKEW_MS = 60_000;

async function clock(inspection: Inspection): Promise<Verdict> {
  const ahead = await clockAheadMs(inspection, Date.now);
  const skew = Math.abs(ahead);
  const detail = `${(skew / 1000).toFixed(skew < 1000 ? 3 : 1)} s ${ahead < 0 ? 'behind' : 'ahead of'} this machine's`;
  const todo = 'Let NTP keep the clocks of both machines (timedatectl shows whether it does).';
  if (skew > UNUSABLE_SKEW_MS) return fail(`${detail}; at most 60 s will do`, todo);
  return skew > NOTABLE_SKEW_MS ? warn(detail, todo) : pass(detail);
}

/** As `engines` in package.json, which has Prisma's: at least this minor version of these majors, or any newer major. */
export const LEAST_NODES = ['20.19', '22.12', '24'] as const;

/** `version` as in `process.versions.node`. */
export function nodeCheck(version: string): Check {
  const needed = `${version}; usersync needs Node ${LEAST_NODES.join(', ')} or newer`;
  const verdict = isServed(version)
    ? pass(version)
    : fail(needed, 'Install one of these (.nvmrc names one).');
  return checkOf('Node version', 'node', {}, async () => verdict);
}

function isServed(version: string): boolean {
  const sameMajor = LEAST_NODES.find((least) => numbers(least)[0] === numbers(version)[0]);
  return isAtLeast(version, sameMajor ?? LEAST_NODES[LEAST_NODES.length - 1] ?? '');
}

/** Compares dotted version numbers. Ignores text behind them (`-MariaDB`). */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  for (const [index, wanted] of want.entries()) {
    const had = have[index] ?? 0;
    if (had !== wanted) return had > wanted;
  }
  return true;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}

/** Checks that no migration waits to be applied. */
export async function applied(databaseUrl: string): Promise<Verdict> {
  try {
    const missing = await pendingMigrations(databaseUrl, MIGRATIONS);
    return missing.length === 0
      ? pass('all are applied')
      : fail(`not applied: ${missing.join(', ')}`, 'Make a backup, then run: npm run migrate');
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return fail(error.what, error.next);
  }
}
