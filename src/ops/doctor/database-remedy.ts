import type { DatabaseRefusalError } from '../../database/connection.ts';

/** What to do where the database at `DATABASE_URL` does not let the bot in. */
export function databaseRemedy({ code }: DatabaseRefusalError, databaseUrl: string): string {
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return 'Correct user and password in DATABASE_URL (write special characters of the password percent-encoded), or create that user.';
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return `Grant the user its privileges on the database ${database} (docs/existing-database.md has the statements).`;
    case 'ER_BAD_DB_ERROR':
      return `Correct the database's name in DATABASE_URL, or create it: CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;
    case 'ER_CANNOT_RETRIEVE_RSA_KEY':
      return 'Add ?ssl=true to DATABASE_URL where the server has TLS, else ?allowPublicKeyRetrieval=true.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return "Correct the server's name in DATABASE_URL.";
    default:
      return 'Start the database server, or correct host and port in DATABASE_URL; look at firewalls between here and there.';
  }
}
