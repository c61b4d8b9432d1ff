import { isIP } from 'node:net';
import type { Answers } from './env-file.ts';
import {
  askFor,
  askForList,
  askForOptionalSecret,
  askForSecret,
  type Question,
  type Terminal,
} from './interview.ts';

const BOT_TOKEN: Question = {
  title: 'Slack: the bot token',
  where: ['https://api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token (xoxb-…)'],
  ask: async (terminal, known) => ({
    SLACK_BOT_TOKEN: await askForSecret(terminal, 'SLACK_BOT_TOKEN', known['SLACK_BOT_TOKEN']),
  }),
  judges: [{ topic: 'slack_token' }, { topic: 'slack_scopes' }],
};

const DELIVERY: Question = {
  title: 'Slack: how commands and clicks arrive',
  where: [
    'socket needs no public address: Basic Information → App-Level Tokens, with connections:write (xapp-…)',
    'http needs one that Slack reaches: Basic Information → App Credentials → Signing Secret',
  ],
  ask: askForDelivery,
  judges: [{ topic: 'slack_delivery' }],
};

async function askForDelivery(terminal: Terminal, known: Answers): Promise<Answers> {
  const usual = known['SLACK_SIGNING_SECRET'] && !known['SLACK_APP_TOKEN'] ? 'http' : 'socket';
  const mode = await askFor(terminal, 'SLACK_MODE', known['SLACK_MODE'] || usual);
  const secret = mode === 'http' ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
  return { SLACK_MODE: mode, [secret]: await askForSecret(terminal, secret, known[secret]) };
}

const CHANNELS: Question = {
  title: 'Slack: the channels where the command works; none = any',
  where: [
    'The name of the channel, at the top of it → at the bottom: Channel ID (C…); commas between several',
  ],
  ask: async (terminal, known) => ({
    SLACK_CHANNEL_IDS: await askForList(terminal, 'SLACK_CHANNEL_IDS', known['SLACK_CHANNEL_IDS']),
  }),
  judges: [{ topic: 'slack_channel' }],
};

const ADMINS: Question = {
  title: 'Slack: who may use it',
  where: [
    "People: somebody's profile → ⋮ → Copy member ID (U…); commas between several",
    'Without any, user groups, on paid plans: the group → ⋮ → Copy group ID (S…)',
  ],
  ask: askForAdmins,
  judges: [{ topic: 'slack_admin' }, { topic: 'slack_user_group' }],
};

async function askForAdmins(terminal: Terminal, known: Answers): Promise<Answers> {
  const [people, groups] = ['SLACK_ADMIN_USER_IDS', 'SLACK_ADMIN_USERGROUP_IDS'];
  const users = { [people]: await askForList(terminal, people, known[people]) };
  if (users[people] !== '' && !known[groups]) return users;
  return { ...users, [groups]: await askForList(terminal, groups, known[groups]) };
}

export const SLACK_QUESTIONS: readonly Question[] = [BOT_TOKEN, DELIVERY, CHANNELS, ADMINS];

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

const USUAL = {
  host: '127.0.0.1',
  port: '3306',
  database: 'laravel',
  user: 'usersync',
  password: '',
  /** The parameters after the database's name: `?ssl=true`. */
  options: '',
};

/** The parts of `DATABASE_URL`, not percent-encoded. */
export type DatabaseParts = Readonly<typeof USUAL>;

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
  const address = isIP(host) === 6 ? `[${host}]` : host;
  return `mysql://${login}@${address}:${port}/${encodeURIComponent(database)}${options}`;
}

/** Decodes a part of a URL. A part with a % that encodes nothing stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
