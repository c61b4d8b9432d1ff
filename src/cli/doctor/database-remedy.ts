import type { DatabaseRefusalError } from '../../database/schema/single-connection.ts';
import type { DatabaseRefusal } from '../../sync/failures/failure.ts';

/** What to do if the database at `DATABASE_URL` refuses the bot, or a statement. */
export function databaseRemedy({ code, refusal }: DatabaseRefusalError, databaseUrl: string): string {
  const { pathname, searchParams } = new URL(databaseUrl);
  const database = decodeURIComponent(pathname.slice(1));
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return 'Correct user and password in DATABASE_URL (write special characters of the password percent-encoded), or create that user. A MariaDB that takes no plain text says the same: then add ?ssl=true.';
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return `Grant the user its privileges on the database ${database} (docs/existing-database.md has the statements).`;
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
      return TLS_ONLY;
    case 'ER_SERVER_SSL_DISABLED':
      return 'The server has no TLS: take ssl=true out of DATABASE_URL, or set TLS up on the server.';
    case 'ER_CANNOT_RETRIEVE_RSA_KEY':
      return 'Add ?ssl=true to DATABASE_URL where the server has TLS, else ?allowPublicKeyRetrieval=true.';
    case 'ER_INITIAL_SQL_ERROR':
    case 'ER_SETTING_SESSION_ERROR':
      return 'The server does not let the bot set up its session: take initSql and sessionVariables out of DATABASE_URL, and see that the server is MySQL 8.0.11 or MariaDB 10.6 or newer.';
    case 'ER_HOST_IS_BLOCKED':
      return "Run as an administrator: FLUSH HOSTS (or mysqladmin flush-hosts); then find out what broke this machine's connections.";
    case 'ER_HOST_NOT_PRIVILEGED':
      return 'Let the account log in from this machine: its host part (CREATE USER … @host) does not match.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return "Correct the server's name in DATABASE_URL.";
    default:
      return REMEDIES[refusal];
  }
}

const TLS_ONLY =
  'The server takes no plain text: add ?ssl=true to DATABASE_URL (and ssl-ca=/path/to/ca.pem where its certificate is of an authority of your own).';
const OF_THE_APPLICATION = 'Ask the application developers that the table belongs to.';

const REMEDIES: Readonly<Record<DatabaseRefusal, string>> = {
  value_missing:
    'Give the column a default, or name a value in NEW_USER_DEFAULTS (docs/existing-database.md).',
  duplicate: OF_THE_APPLICATION,
  foreign_key: OF_THE_APPLICATION,
  check: OF_THE_APPLICATION,
  trigger: OF_THE_APPLICATION,
  too_long: 'Make the column longer (email: VARCHAR(255)).',
  value_not_taken: OF_THE_APPLICATION,
  generated: OF_THE_APPLICATION,
  privilege: 'Grant the user what the message names (docs/existing-database.md has the statements).',
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
