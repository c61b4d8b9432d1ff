import { ConfigError } from '../config/config.ts';
import { problemLine } from '../config/conflicts.ts';
import { DatabaseRefusalError } from '../database/schema/single-connection.ts';
import { MissingScopesError, OrgWideInstallError, SlackLoginError } from '../slack/connect/connection.ts';
import type { NoAnswer } from '../slack/connect/token-facts.ts';
import { en } from '../slack/text/en.ts';
import { DatabaseLostError } from '../sync/failures/errors.ts';
import { type DatabaseRefusal, messageOf } from '../sync/failures/failure.ts';
import { fail, oneLine, sentence, type Verdict, warn } from './doctor/check.ts';

/** The first steps for a new operator. */
const FIRST_STEPS = [
  'usersync is not set up yet. What to do:',
  '  npm run demo      shows the whole job on this machine, without any account',
  '  manifest.yml      creates the Slack app: https://api.slack.com/apps, "Create New App", "From a manifest"',
  '  npm run setup     asks for each setting, tests it, and writes .env',
  '  npm run doctor    checks everything and says what is still missing',
  '  npm start         starts the bot (after npm run build)',
  '',
];

/** Explains to the operator why a command cannot go on, and what to do, without stack and secrets. `who`: the command's name. */
export function explain(error: unknown, databaseUrl: string | undefined, who = 'usersync') {
  if (error instanceof ConfigError) {
    return [
      ...(error.untouched ? FIRST_STEPS : []),
      `${who} cannot start. Set these in the environment or in .env (see .env.example):`,
      ...error.problems.map((each) => `  ${problemLine(each)}`),
    ];
  }
  if (error instanceof DatabaseRefusalError && databaseUrl !== undefined) {
    const remedy = databaseRemedy(error, databaseUrl);
    return [oneLine(`The database at DATABASE_URL cannot be used: ${sentence(error.message)} ${remedy}`)];
  }
  if (error instanceof SlackLoginError) {
    const { setting, reply } = error;
    const { detail, todo } = noAnswer(reply, NEW_TOKEN[setting]);
    return [oneLine(`${reply.outcome === 'refused' ? `${setting}: ` : ''}${sentence(detail)} ${todo}`)];
  }
  if (error instanceof OrgWideInstallError) return [`${error.message}. ${ONE_WORKSPACE}`];
  if (error instanceof MissingScopesError) return [`${error.message}. ${REINSTALL}`];
  if (error instanceof DatabaseLostError) return [lossLine(error)];
  return [messageOf(error)];
}

/** The lost database in words, what is `done`, and what to do. */
export function lossLine({ committing, why }: DatabaseLostError, done = 'Nothing was changed.'): string {
  if (committing)
    return 'The database was lost just as the request was being saved, so it may have gone through: see npm run sync -- history.';
  const what = why === undefined ? 'The database cannot be reached.' : en.trouble.databaseWhy[why];
  return `${what} ${done} ${{ ...BY_REFUSAL, ...BY_LOSS }[why ?? 'other']}`;
}

const BY_LOSS = {
  busy: 'Try again; if that stays so, raise connectionLimit in DATABASE_URL.',
  privilege: 'Run npm run doctor: it says which login or right is refused.',
};

/** What to do if the database at `DATABASE_URL` refuses the bot, or a statement. */
export function databaseRemedy({ code, number, refusal }: DatabaseRefusalError, databaseUrl: string): string {
  const { pathname, searchParams } = new URL(databaseUrl);
  const database = decodeURIComponent(pathname.slice(1));
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return 'Correct user and password in DATABASE_URL (write special characters of the password percent-encoded), or create that user. A MariaDB that takes no plain text says the same: then add ?ssl=true.';
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return "This account logs in without a password, and only on the server's own machine: make one with a password (docs/existing-database.md).";
    case 'ER_AUTHENTICATION_PLUGIN_NOT_SUPPORTED':
      return 'Give the bot an account that logs in by caching_sha2_password, mysql_native_password or ed25519 (docs/existing-database.md).';
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return `Grant the account its privileges on the database ${database} (docs/existing-database.md has the statements).`;
    case 'ER_BAD_DB_ERROR':
      return `Correct the database's name in DATABASE_URL, or create it: CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return "The server's certificate is of no authority that this machine knows. Name that authority in DATABASE_URL: ?ssl=true&ssl-ca=/path/to/ca.pem (MySQL's own ca.pem lies in its data folder).";
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return "The server's certificate is for another name. Write the host in DATABASE_URL as the certificate has it, or add ssl-server-name=NAME with the name that the message tells.";
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return "Renew the server's certificate, or correct the clock of this machine.";
    case 'ENOENT':
    case 'EACCES':
      return searchParams.has('socketPath')
        ? 'Start the database server, or correct socketPath in DATABASE_URL: no server listens there, or the bot may not use it.'
        : 'Correct ssl-ca in DATABASE_URL: that file cannot be read.';
    case 'ER_SECURE_TRANSPORT_REQUIRED':
      return 'The server takes no plain text: add ?ssl=true to DATABASE_URL (and ssl-ca=/path/to/ca.pem where its certificate is of an authority of your own).';
    case 'ER_SERVER_SSL_DISABLED':
      return 'The server has no TLS: take ssl=true out of DATABASE_URL, or set TLS up on the server.';
    case 'ER_CANNOT_RETRIEVE_RSA_KEY':
      return 'Add ?ssl=true to DATABASE_URL where the server has TLS, else ?allowPublicKeyRetrieval=true.';
    case 'ER_INITIAL_SQL_ERROR':
    case 'ER_SETTING_SESSION_ERROR':
      return 'The server does not let the bot set up its session: take initSql and sessionVariables out of DATABASE_URL, and see that the server is MySQL 8.0.11 or MariaDB 10.6 or newer.';
    case 'ER_HOST_IS_BLOCKED':
      return "Run as an administrator: TRUNCATE TABLE performance_schema.host_cache (on MariaDB: FLUSH HOSTS); then find out what broke this machine's connections.";
    case 'ER_HOST_NOT_PRIVILEGED':
      return 'Let the account log in from this machine: its host part (CREATE USER … @host) does not match.';
    case 'ENOTFOUND':
      return "Correct the server's name in DATABASE_URL.";
    case 'EAI_AGAIN':
      return "DNS gave no answer: see that it works on this machine, or correct the server's name in DATABASE_URL.";
    case 'ER_MUST_CHANGE_PASSWORD_LOGIN':
      return "The account's password has expired: give it a new one as an administrator (ALTER USER … IDENTIFIED BY …), and write that into DATABASE_URL.";
    default:
      // From 45000 on, the numbers are the driver's own.
      return refusal === 'other' && Number(number) > 0 && Number(number) < 45_000
        ? 'The server answers, and refuses for the reason above: ask its administrator.'
        : BY_REFUSAL[refusal];
  }
}

const OF_THE_APPLICATION = 'Ask the application developers that the table belongs to.';

/** What the operator does where the database refuses for this reason. */
export const BY_REFUSAL: Readonly<Record<DatabaseRefusal, string>> = {
  value_missing:
    'Give the column a default, or name a value in NEW_USER_DEFAULTS (docs/existing-database.md).',
  duplicate: OF_THE_APPLICATION,
  foreign_key: OF_THE_APPLICATION,
  check: OF_THE_APPLICATION,
  trigger: OF_THE_APPLICATION,
  too_long: 'Make the column longer (email: VARCHAR(255)).',
  value_not_taken: OF_THE_APPLICATION,
  generated: OF_THE_APPLICATION,
  privilege: 'Grant the account what the message names (docs/existing-database.md has the statements).',
  read_only:
    'Point DATABASE_URL at the primary server, not at a replica, or let the server be written to again.',
  disk_full: "Make room on the database server's disk.",
  packet_too_large: 'Raise max_allowed_packet on the server to 16 MB.',
  lock_wait: 'Look for long transactions (SHOW FULL PROCESSLIST), then try again.',
  too_many_connections:
    "Raise max_connections, or the account's limit (MAX_USER_CONNECTIONS), or lower connectionLimit in DATABASE_URL.",
  table_damaged: 'CHECK TABLE, then REPAIR TABLE or a backup, for the table that the message names.',
  table_missing: 'Run npm run migrate, or correct the database in DATABASE_URL.',
  statement_logging:
    "Run as an administrator: SET GLOBAL binlog_format = 'ROW', and set it in the server's configuration.",
  time_limit: 'See who ended the statement, or which time limit the server or a proxy has.',
  other:
    'Start the database server, or correct host and port in DATABASE_URL; look at firewalls between here and there.',
};

/** Where to get a token. */
export const NEW_TOKEN = {
  SLACK_BOT_TOKEN: 'Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.',
  SLACK_APP_TOKEN:
    'Generate an App-Level Token with connections:write (Basic Information) for SLACK_APP_TOKEN, and see that Socket Mode is on.',
} as const;

/** The remedy for missing scopes. */
export const REINSTALL =
  'OAuth & Permissions → Scopes, as in manifest.yml; then install the app to the workspace again.';

/** The remedy for an app that is installed to a whole organisation. */
export const ONE_WORKSPACE =
  'Install the app to one workspace of it (api.slack.com/apps → the app → Install App, signed in there), and write that token into SLACK_BOT_TOKEN.';

const BY_SLACK_ERROR: Readonly<Record<string, string>> = {
  channel_not_found:
    'Correct the channel id; a private channel must be joined first: type /invite @usersync there.',
  not_in_channel: 'Type /invite @usersync in that channel.',
  missing_scope: 'Add the scopes of manifest.yml to the app and install it again.',
  account_inactive: 'The app was removed from the workspace: install it again and copy its new token.',
  link_disabled: 'Turn Socket Mode on: https://api.slack.com/apps → the app → Socket Mode.',
  no_such_subteam: 'Correct the id in SLACK_ADMIN_USERGROUP_IDS (it begins with S).',
  user_not_found:
    'Correct the id in SLACK_ADMIN_USER_IDS: in Slack, the profile → ⋮ → Copy member ID (it begins with U).',
  not_allowed_token_type:
    'Use the other kind of token: xoxb-… for SLACK_BOT_TOKEN, xapp-… for SLACK_APP_TOKEN.',
};

/** The verdict if Slack gives no answer. `remedy` is for error codes without a known one; `bot` is the bot's name in Slack. */
export function noAnswer(reply: NoAnswer, remedy: string, bot = 'usersync'): Verdict {
  switch (reply.outcome) {
    case 'refused': {
      const { error, needed } = reply;
      if (needed === undefined)
        return fail(
          `Slack says ${error}`,
          (BY_SLACK_ERROR[error] ?? remedy).replaceAll('@usersync', `@${bot}`),
        );
      // The scope of an app-level token is chosen when the token is generated, not in the manifest.
      const todo = needed === 'connections:write' ? remedy : REINSTALL;
      return fail(`Slack says ${error}: ${needed}`, todo);
    }
    case 'limited':
      return warn('Slack limits the rate and did not answer', `Try again in ${reply.seconds} seconds.`);
    case 'unreachable':
      return fail(
        `Slack cannot be reached: ${reply.reason}`,
        'See that this machine reaches SLACK_API_URL (DNS, firewall, proxy, certificate).',
      );
  }
}
