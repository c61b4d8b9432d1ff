import type { Config } from '../../config/config.ts';
import { nameForTarget } from '../../config/shapes.ts';
import type { DepotLimits } from '../../depot-api/client.ts';
import { LocationUrlError } from '../../depot-api/errors.ts';
import { parseBaseUrl } from '../../depot-api/http/base-url.ts';
import { type DepotProbe, probeRedis } from '../../depot-api/probe.ts';
import { isLimited, messageOf, RunError } from '../../sync/failures/failure.ts';
import type { Locations, Target } from '../../sync/ports/source.ts';
import { type Check, type Conditions, checkOf, fail, pass, type Verdict, warn } from './check.ts';
import { TABLES } from './schema-checks.ts';

/**
 * Two checks for each target: its row in `locations`, and its depot server. `probe` logs in there and reads the first page. It
 * throws the `RunError` that a sync would fail with.
 */
export function targetChecks(
  { targets, depot: { limits } }: Config,
  locations: Locations,
  probe: (target: Target, signal: AbortSignal) => Promise<DepotProbe>,
): readonly Check[] {
  let found: Promise<ReadonlyMap<string, Target>> | undefined;
  const everyRow = () => {
    found ??= locations.findAll([...targets.keys()]);
    return found;
  };
  const located = { needs: [TABLES], settings: ['SYNC_TARGETS'] };
  return [...targets].flatMap(([target, code]) => [
    checkOf(`location of ${target}`, 'location', { ...located, target }, async () =>
      location(code, target, await everyRow()),
    ),
    checkOf(`depot server of ${target}`, 'depot', depotConditions(target, limits), async (signal) => {
      const row = await locations.find(target);
      if (row === undefined) return fail('its location is gone', 'Run doctor again.');
      return depot(target, () => probe(row, signal));
    }),
  ]);
}

function depotConditions(target: string, { timeoutMs }: DepotLimits): Conditions {
  const login = ['EXTERNAL_API_EMAIL', 'EXTERNAL_API_PASSWORD'];
  const ownLogin = login.map((name) => nameForTarget(name, target));
  return {
    target,
    settings: [...login, ...ownLogin, ...DEPOT_LIMITS],
    needs: [`location of ${target}`],
    // The login and the page have their own time limits. This one only ends a probe that would never end.
    limitMs: 2 * timeoutMs + 5_000,
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

/** The address of a location; the error, if a sync would refuse it. */
function addressOf({ baseUrl, locationName }: Target): string | LocationUrlError {
  try {
    return parseBaseUrl(baseUrl, locationName).href;
  } catch (error) {
    if (error instanceof LocationUrlError) return error;
    throw error;
  }
}

function location(code: string, target: string, rows: ReadonlyMap<string, Target>): Verdict {
  const row = rows.get(target);
  if (row === undefined) {
    return fail(
      `locations has no single row whose location_code is ${code}`,
      'Name the right code in SYNC_TARGETS (prod=CODE), leave one row where there are several (an id below 0 or beyond 2^53 does not count), or add the row: ' +
        insertLocation(code, 'NAME', 'https://ADDRESS'),
    );
  }
  const address = addressOf(row);
  if (address instanceof LocationUrlError) {
    return fail(
      address.message,
      `UPDATE locations SET online_url = 'https://ADDRESS' WHERE location_code = ${quoted(code)}`,
    );
  }
  const found = `${row.locationName} (id ${row.locationId}), ${address}`;
  const others = [...rows.values()].filter(({ locationId }) => locationId !== row.locationId);
  const twin = others.find((other) => addressOf(other) === address);
  return twin === undefined ? pass(found) : warn(`${found}, like ${twin.locationName}`, ONE_EACH);
}

/** The statement that adds a row to `locations`. */
export function insertLocation(code: string, name: string, address: string): string {
  const values = [code, name, address].map(quoted).join(', ');
  return `INSERT INTO locations (location_code, location_name, online_url) VALUES (${values})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
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

/** Statuses by which servers refuse a wrong login, 401 apart. Laravel's own login answers 422. */
const MAY_REFUSE = [400, 403, 422];

/** Whether another login may help. */
function isLoginRefused({ failure }: RunError): boolean {
  if (failure.code !== 'login_failed') return false;
  const { unauthorized, why } = failure;
  if (why?.code === 'login_refused') return MAY_REFUSE.includes(why.status);
  return unauthorized === true || (why?.code === 'no_token' && why.words !== undefined);
}

function remedyFor(error: RunError, name: string): string {
  const { failure } = error;
  if ('why' in failure && isLimited(failure))
    return 'Lower EXTERNAL_API_REQUESTS_PER_SECOND, wait a minute, then run doctor again.';
  if (failure.code !== 'login_failed')
    return 'Ask the administrator of that server what it answers to GET /api/conf/users, then run doctor again.';
  if (failure.unanswered)
    return 'See that this machine reaches the address in locations.online_url (DNS, firewall, certificate), or contact the administrator of that server.';
  const [email, password] = ['EXTERNAL_API_EMAIL', 'EXTERNAL_API_PASSWORD'];
  const correct = `Correct ${email} and ${password} (or ${nameForTarget(email, name)} and ${nameForTarget(password, name)}).`;
  const ask = 'ask the administrator of that server what it answers to POST /api/auth/login.';
  if (!isLoginRefused(error)) return `See that locations.online_url is right, then ${ask}`;
  return failure.unauthorized ? correct : `${correct} If they are right, ${ask}`;
}

/** The check of Redis, if `REDIS_URL` is set. Only warns: a process can limit itself. */
export function redisChecks({ redisUrl }: Config): readonly Check[] {
  if (redisUrl === undefined) return [];
  const { host } = new URL(redisUrl);
  const run = async () => {
    try {
      return pass(`${host} answers in ${await probeRedis(redisUrl)} ms`);
    } catch (error) {
      return warn(
        `${host}: ${messageOf(error)}`,
        'Start Redis, correct REDIS_URL, give its account the rights in docs/deploying.md, or set maxmemory-policy noeviction; until then several processes together may exceed the rate limits.',
      );
    }
  };
  return [checkOf('Redis', 'redis', { settings: ['REDIS_URL'] }, run)];
}
