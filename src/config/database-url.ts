import { z } from 'zod';

const SHAPE = 'must be mysql://user:password@host:port/database';

const WHOLE = { shape: /^\d{1,10}$/, what: 'a whole number' };
const AT_LEAST_1 = { shape: /^[1-9]\d{0,9}$/, what: 'a whole number, 1 or more' };
// Other clients count in seconds: their 10 would have each connection given up at once.
const MS = {
  shape: /^[1-9]\d{2,9}$/,
  what: 'a number of milliseconds, 100 or more (10 seconds are 10000)',
};
const MS_OR_NONE = { shape: /^(0|[1-9]\d{2,9})$/, what: `${MS.what}, or 0 for no limit` };
const YES_NO = { shape: /^(true|false)$/, what: 'true or false' };
const TEXT = { shape: /\S/, what: 'some text' };

type Parameter = { readonly shape: Pick<RegExp, 'test'>; readonly what: string };

/** The parameters allowed after `?`. The driver ignores any other parameter silently, TLS options included. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  ssl: YES_NO,
  'ssl-ca': TEXT,
  'ssl-server-name': TEXT,
  allowPublicKeyRetrieval: YES_NO,
  compress: YES_NO,
  acquireTimeout: MS,
  connectTimeout: MS_OR_NONE,
  connectionLimit: AT_LEAST_1,
  idleTimeout: WHOLE,
  initializationTimeout: MS,
  keepAliveDelay: WHOLE,
  leakDetectionTimeout: WHOLE,
  maxAllowedPacket: WHOLE,
  minDelayValidation: WHOLE,
  minimumIdle: WHOLE,
  pingTimeout: WHOLE,
  socketTimeout: MS_OR_NONE,
  cachingRsaPublicKey: TEXT,
  rsaPublicKey: TEXT,
  socketPath: TEXT,
  initSql: TEXT,
  sessionVariables: { shape: { test: isJsonObject }, what: 'a JSON object' },
};

const TLS =
  'sslmode usessl requiressl sslenabled sslaccept tls usetls tlsmode encrypt secure sslverify sslverifyservercert verifyservercertificate rejectunauthorized trustservercertificate';
const AUTHORITY =
  'cafile ca cacert sslcapath sslcafile sslcacert sslrootcert sslcert tlsca tlscafile servercertificate';

/** How other clients spell these parameters, in small letters, without `-` and `_`. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(TLS.split(' ').map((word) => [word, 'ssl=true'])),
  ...Object.fromEntries(AUTHORITY.split(' ').map((word) => [word, 'ssl=true&ssl-ca=/path/to/ca.pem'])),
  servername: 'ssl-server-name',
  poolsize: 'connectionLimit',
  maxconnections: 'connectionLimit',
  pooltimeout: 'acquireTimeout, in milliseconds',
  timeout: 'connectTimeout, in milliseconds',
  socket: 'socketPath',
  unixsocket: 'socketPath',
};

/** Parameters that the bot sets by itself, because it relies on their values. */
const OURS = [
  'timezone',
  'charset',
  'collation',
  'foundrows',
  'bigintasnumber',
  'datestrings',
  'rowsasarray',
];

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '');
const NAMES = new Map(Object.keys(PARAMETERS).map((name) => [plain(name), name]));

/** `DATABASE_URL`. Refuses each parameter that would have no effect, or another effect than its name says. */
export const databaseUrl = z
  .url({ protocol: /^(mysql|mariadb)$/, error: ({ input }) => shapeOf(input) })
  .regex(/^\w+:\/\/[^/]+\/[^/?]+/, { error: ({ input }) => shapeOf(input) })
  .superRefine((value, context) => {
    if (!URL.canParse(value)) return;
    const url = new URL(value);
    // The URL was split inside the password: any other message would be about a piece of it, and might show that piece.
    if (endsTooSoon(value)) return context.addIssue(ENCODED);
    if (![url.username, url.password, url.pathname].every(isEncoded)) context.addIssue(ENCODED);
    for (const message of problemsOf(url.searchParams)) context.addIssue({ code: 'custom', message });
  });

const ENCODED = `${SHAPE}, with # / ? @ % in user, password and database percent-encoded (# is %23, / is %2F, ? is %3F, @ is %40, % is %25)`;

/**
 * Whether the password contains a /, ? or # that is not percent-encoded: a parser ends the login and the host there. The real host
 * then follows later, behind an @. An @ in the value of a known parameter is no sign of this; a # always is, since a database URL
 * has no fragment.
 */
function endsTooSoon(value: string): boolean {
  const [, after = ''] = /^\w+:\/\/[^/?#]*(.*)$/s.exec(value) ?? [];
  if (after.includes('#')) return true;
  const [path = '', ...queries] = after.split('?');
  if (path.includes('@')) return true;
  const query = queries.join('?');
  const names = [...new URLSearchParams(query).keys()];
  return query.includes('@') && (path.length < 2 || !names.every((name) => name in PARAMETERS));
}

function shapeOf(input: unknown): string {
  return typeof input === 'string' && endsTooSoon(input) ? ENCODED : SHAPE;
}

/** Whether each % begins an encoded character. */
export function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function problemsOf(parameters: URLSearchParams): readonly string[] {
  const names = [...new Set(parameters.keys())];
  const problems = names.flatMap((name) => problemOf(name, parameters.getAll(name)) ?? []);
  const needsTls = ['ssl-ca', 'ssl-server-name'].filter((name) => parameters.has(name));
  if (parameters.get('ssl') !== 'true')
    problems.push(...needsTls.map((name) => `has the parameter ${name}, which needs ssl=true beside it`));
  return problems;
}

/** The driver ignores anything else silently. */
function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

function problemOf(name: string, values: readonly string[]): string | undefined {
  const known = PARAMETERS[name];
  const shown = /^[\w-]{1,40}$/.test(name) ? `the parameter ${name}` : 'a parameter';
  if (known !== undefined) {
    if (values.length > 1) return `has ${shown} more than once`;
    if (values.every((value) => known.shape.test(value))) return undefined;
    const tls = name === 'ssl' ? ': ssl=true turns TLS on' : '';
    return `has ${shown}, which must be ${known.what}${tls}`;
  }
  if (OURS.includes(plain(name))) return `has ${shown}, which usersync sets by itself: leave it out`;
  const meant = NAMES.get(plain(name)) ?? OTHER_WORDS[plain(name)];
  return meant === undefined
    ? `has ${shown}, which does not exist (docs/settings.md lists those that do)`
    : `has ${shown}, which would do nothing: write ${meant}`;
}
