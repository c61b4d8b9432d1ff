import type { Question } from './question.ts';
import { askFor, askForOptionalSecret } from './terminal.ts';

export const DATABASE: Question = {
  title: "The Laravel application's database",
  where: [
    "DB_HOST and the others in the application's .env; better an account of its own (docs/existing-database.md)",
  ],
  ask: async (terminal, known) => {
    const parts = partsOf(known['DATABASE_URL']);
    const url = urlOf({
      ...parts,
      host: await askFor(terminal, 'Host', parts.host),
      port: await askFor(terminal, 'Port', parts.port),
      database: await askFor(terminal, 'Database', parts.database),
      user: await askFor(terminal, 'User', parts.user),
      password: await askForOptionalSecret(terminal, 'Password', parts.password),
    });
    return { DATABASE_URL: url };
  },
  judges: [
    { topic: 'database' },
    { topic: 'database_version' },
    { topic: 'database_session' },
    { topic: 'database_clock' },
    { topic: 'privileges' },
    { topic: 'privileges_to_migrate' },
    { topic: 'own_tables' },
    { topic: 'shared_tables' },
  ],
  notes: [{ topic: 'columns' }, { topic: 'unique_index' }, { topic: 'collation' }],
};

/** The parts of `DATABASE_URL`, not percent-encoded. */
export type DatabaseParts = {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The parameters after the database's name: `?ssl=true`. */
  readonly options: string;
};

const USUAL: DatabaseParts = {
  host: '127.0.0.1',
  port: '3306',
  database: 'laravel',
  user: 'usersync',
  password: '',
  options: '',
};

/** Splits a URL into its parts; returns the usual parts if it cannot be parsed. */
export function partsOf(databaseUrl: string | undefined): DatabaseParts {
  if (databaseUrl === undefined || !URL.canParse(databaseUrl)) return USUAL;
  const url = new URL(databaseUrl);
  return {
    host: url.hostname,
    port: url.port || USUAL.port,
    database: decoded(url.pathname.slice(1)),
    user: decoded(url.username),
    password: decoded(url.password),
    options: url.search,
  };
}

/** Builds a URL from its parts. Special characters of user, password and database are percent-encoded. */
export function urlOf({ host, port, database, user, password, options }: DatabaseParts): string {
  const login = [user, ...(password === '' ? [] : [password])].map(encodeURIComponent).join(':');
  return `mysql://${login}@${host}:${port}/${encodeURIComponent(database)}${options}`;
}

/** A % that encodes nothing stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
