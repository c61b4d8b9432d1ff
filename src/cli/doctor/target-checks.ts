import { nameForTarget } from '../../config/shapes.ts';
import { LocationUrlError } from '../../depot-api/errors.ts';
import type { DepotProbe } from '../../depot-api/probe.ts';
import { RunError } from '../../sync/failures/failure.ts';
import type { Locations, Target } from '../../sync/ports/source.ts';
import { type Check, checkOf, fail, pass, type Verdict, warn } from './check.ts';
import { TABLES } from './schema-checks.ts';

export type TargetParts = {
  /** `SYNC_TARGETS`: names, each with its location code. */
  readonly targets: ReadonlyMap<string, string>;
  readonly locations: Locations;
  /** Parses `online_url`. Throws `LocationUrlError`. */
  readonly addressOf: (target: Target) => string;
  /** Logs in and reads the first page. Throws the `RunError` that a sync would fail with. Ends by itself within `depotLimitMs`. */
  readonly probe: (target: Target, signal: AbortSignal) => Promise<DepotProbe>;
  readonly depotLimitMs: number;
};

/** Two checks for each target: its row in `locations`, and its depot server. */
export function targetChecks(parts: TargetParts): readonly Check[] {
  const { locations, probe, addressOf } = parts;
  let found: Promise<ReadonlyMap<string, Target>> | undefined;
  const everyRow = () => {
    found ??= locations.findAll([...parts.targets.keys()]);
    return found;
  };
  const located = { needs: [TABLES], settings: ['SYNC_TARGETS'] };
  return [...parts.targets].flatMap(([name, code]) => [
    checkOf(`location of ${name}`, 'location', { ...located, target: name }, async () => {
      const rows = await everyRow();
      const row = rows.get(name);
      const verdict = location(code, row, addressOf);
      const twin = row && verdict.status === 'pass' && twinOf(row, [...rows.values()], addressOf);
      return twin ? warn(`${verdict.detail}, like ${twin.locationName}`, ONE_EACH) : verdict;
    }),
    checkOf(`depot server of ${name}`, 'depot', depotConditions(name, parts), async (signal) => {
      const target = await locations.find(name);
      if (target === undefined) return fail('its location is gone', 'Run doctor again.');
      return depot(name, () => probe(target, signal));
    }),
  ]);
}

function depotConditions(target: string, { depotLimitMs: limitMs }: TargetParts) {
  const login = ['EXTERNAL_API_EMAIL', 'EXTERNAL_API_PASSWORD'];
  const ownLogin = login.map((name) => nameForTarget(name, target));
  return {
    target,
    settings: [...login, ...ownLogin, ...DEPOT_LIMITS],
    needs: [`location of ${target}`],
    limitMs,
  };
}

const DEPOT_LIMITS = [
  'EXTERNAL_API_TIMEOUT_MS',
  'EXTERNAL_API_PAGE_SIZE',
  'EXTERNAL_API_MAX_CONCURRENT',
  'EXTERNAL_API_REQUESTS_PER_SECOND',
];

const ONE_EACH =
  'Correct online_url of one of them: each location has its own server. A sync adds the users of the other one, and deactivates its own.';

type Addressed = { readonly row: Target; readonly address: string };

/** A row with its address; empty if a sync would refuse the address. */
function addressed(row: Target, addressOf: TargetParts['addressOf']): readonly Addressed[] {
  try {
    return [{ row, address: addressOf(row) }];
  } catch (error) {
    if (error instanceof LocationUrlError) return [];
    throw error;
  }
}

/** Another location with the same address. */
function twinOf(
  { locationId }: Target,
  rows: readonly Target[],
  addressOf: TargetParts['addressOf'],
): Target | undefined {
  const every = rows.flatMap((row) => addressed(row, addressOf));
  const own = every.find(({ row }) => row.locationId === locationId)?.address;
  return every.find(({ row, address }) => address === own && row.locationId !== locationId)?.row;
}

function location(code: string, row: Target | undefined, addressOf: TargetParts['addressOf']): Verdict {
  if (row === undefined) {
    return fail(
      `locations has no single row whose location_code is ${code}`,
      'Name the right code in SYNC_TARGETS (prod=CODE), leave one row where there are several (an id below 0 or beyond 2^53 does not count), or add the row: ' +
        `INSERT INTO locations (location_code, location_name, online_url) VALUES (${quoted(code)}, 'NAME', 'https://ADDRESS')`,
    );
  }
  try {
    return pass(`${row.locationName} (id ${row.locationId}), ${addressOf(row)}`);
  } catch (error) {
    if (!(error instanceof LocationUrlError)) throw error;
    return fail(
      error.message,
      `UPDATE locations SET online_url = 'https://ADDRESS' WHERE location_code = ${quoted(code)}`,
    );
  }
}

async function depot(name: string, probe: () => Promise<DepotProbe>): Promise<Verdict> {
  try {
    const { loginMs, pageMs, rows, total } = await probe();
    const users =
      total === undefined ? `${rows} users, of how many it does not tell` : `${rows} of ${total} users`;
    const detail = `login in ${loginMs} ms; first page in ${pageMs} ms: ${users}`;
    return rows === 0
      ? warn(
          detail,
          'Ask the administrator of that server: while it lists no users, no sync deactivates anyone there.',
        )
      : pass(detail);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const [detail, todo] = [error.message, remedyFor(error, name)];
    return { status: 'fail', detail, todo, loginRefused: isLoginRefused(error) };
  }
}

function isLoginRefused({ failure }: RunError): boolean {
  return failure.code === 'login_failed' && failure.unauthorized === true;
}

function remedyFor({ failure }: RunError, name: string): string {
  if (failure.code !== 'login_failed')
    return 'Ask the administrator of that server what it answers to GET /api/conf/users, then run doctor again.';
  return failure.unauthorized
    ? `Correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD (or ${nameForTarget('EXTERNAL_API_EMAIL', name)} and ${nameForTarget('EXTERNAL_API_PASSWORD', name)}).`
    : 'See that this machine reaches the address in locations.online_url (DNS, firewall, certificate), or contact the administrator of that server.';
}

function quoted(code: string): string {
  return `'${code.replaceAll("'", "''")}'`;
}

/** The check of Redis, if `REDIS_URL` is set; `probe` returns milliseconds. Only warns: a process can limit itself. */
export function redisChecks(
  redisUrl: string | undefined,
  probe: (url: string) => Promise<number>,
): readonly Check[] {
  if (redisUrl === undefined) return [];
  const { host } = new URL(redisUrl);
  const run = async () => {
    try {
      return pass(`${host} answers in ${await probe(redisUrl)} ms`);
    } catch (error) {
      return warn(
        `${host}: ${error instanceof Error ? error.message : String(error)}`,
        'Start Redis, correct REDIS_URL, give its account the rights in docs/deploying.md, or set maxmemory-policy noeviction; until then several processes together may exceed the rate limits.',
      );
    }
  };
  return [{ topic: 'redis', name: 'Redis', settings: ['REDIS_URL'], run }];
}
