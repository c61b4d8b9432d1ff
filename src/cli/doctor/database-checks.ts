import { DatabaseRefusalError } from '../../database/schema/connection.ts';
import { clockAheadMs, type Inspection, openInspection, serverFacts } from '../../database/schema/inspect.ts';
import type { Check } from './check.ts';
import { databaseRemedy } from './database-remedy.ts';
import { fail, pass, type Verdict, warn } from './finding.ts';
import { isAtLeast } from './node-check.ts';
import { session } from './session-check.ts';

/** The check that the others on the database need. */
export const DATABASE = 'database';
/** Without it, no statement of the bot means what it should. */
export const SESSION = 'database session';

/**
 * What the bot's SQL needs. MariaDB: JSON_TABLE and SKIP LOCKED, both since 10.6. MySQL: SKIP LOCKED (8.0.1), window
 * functions (8.0.2) and JSON_TABLE (8.0.4) are in every 8.0 from the first general release, 8.0.11.
 */
const LEAST = { MySQL: '8.0.11', MariaDB: '10.6' } as const;

/** `inspect` opens the inspection once and keeps it. */
export function databaseChecks(databaseUrl: string, inspect: () => Promise<Inspection>): readonly Check[] {
  return [
    { name: DATABASE, settings: ['DATABASE_URL'], run: () => reach(databaseUrl, inspect) },
    { name: 'database version', needs: [DATABASE], run: async () => version(await inspect()) },
    { name: SESSION, needs: [DATABASE], run: async () => session(await inspect()) },
    { name: 'database clock', needs: [DATABASE], run: async () => clock(await inspect()) },
  ];
}

/** Opens an inspection at the first call and hands the same one to every later call. */
export function inspectOnce(databaseUrl: string): { inspect(): Promise<Inspection>; close(): Promise<void> } {
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

async function reach(databaseUrl: string, inspect: () => Promise<Inspection>): Promise<Verdict> {
  const { hostname, port } = new URL(databaseUrl);
  const server = `${hostname}:${port || '3306'}`;
  try {
    const { account, database, readOnly } = await serverFacts(await inspect());
    const where = `${account} at ${server}, database ${database}`;
    return readOnly
      ? fail(
          `${where}: the server is read-only`,
          'Point DATABASE_URL at the primary server, not at a replica.',
        )
      : pass(where);
  } catch (error) {
    if (!(error instanceof DatabaseRefusalError)) throw error;
    return fail(`${server}: ${error.message}`, databaseRemedy(error, databaseUrl));
  }
}

async function version(inspection: Inspection): Promise<Verdict> {
  const { kind, version: running } = await serverFacts(inspection);
  const least = LEAST[kind];
  return isAtLeast(running, least)
    ? pass(`${kind} ${running}`)
    : fail(
        `${kind} ${running}; usersync needs ${least} or newer`,
        `Upgrade the server to ${kind} ${least} or newer.`,
      );
}

/** More than the measurement can be wrong, and more than two machines differ whose clocks are kept by NTP. */
const NOTABLE_SKEW_MS = 2_000;
/** A minute is the unit of what people see and set: until when Confirm is valid, and when previews on schedule are due. */
const UNUSABLE_SKEW_MS = 60_000;

async function clock(inspection: Inspection): Promise<Verdict> {
  const ahead = await clockAheadMs(inspection, Date.now);
  const skew = Math.abs(ahead);
  const detail = `${(skew / 1000).toFixed(skew < 1000 ? 3 : 1)} s ${ahead < 0 ? 'behind' : 'ahead of'} this machine's`;
  const todo = 'Let NTP keep the clocks of both machines (timedatectl shows whether it does).';
  if (skew > UNUSABLE_SKEW_MS) return fail(`${detail}; at most 60 s will do`, todo);
  return skew > NOTABLE_SKEW_MS ? warn(detail, todo) : pass(detail);
}
