import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { IDLE_MS, listenHere } from '../process/listen.ts';
import { type Fault, plannedFaults } from './faults.ts';
import { serve } from './server.ts';
import type { Channel, Member, StoredMessage, UserGroup, Workspace } from './workspace.ts';

export type StrictSlackOptions = {
  readonly members?: readonly Member[];
  readonly channels?: readonly Channel[];
  readonly userGroups?: readonly UserGroup[];
  /** The token's scopes, as Slack reports them in a header. */
  readonly scopes?: readonly string[];
  /** Fields that are added to or replace the answer of `auth.test`. */
  readonly identity?: Readonly<Record<string, unknown>>;
  /** The address of the socket behind the app-level token; by default a port on which nothing listens. */
  readonly socketUrl?: string;
  /** The clock of trigger_ids, response_urls and message times, in milliseconds. */
  readonly now?: () => number;
  /** How long a trigger_id is good; by default for ever, as Slack's 3 s would end by chance on a busy machine. */
  readonly triggerLifetimeMs?: number;
};

export type StrictSlack = {
  readonly workspace: Workspace;
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  readonly botToken: string;
  /** The app-level token, which leads to `socketUrl`. */
  readonly appToken: string;
  readonly signingSecret: string;
  /** Every call of the Web API, in order. */
  readonly calls: Workspace['calls'];
  /** Every broken rule. Each test that talks to Slack must end by expecting none. */
  readonly violations: Workspace['violations'];
  /** The messages that everybody in the channel sees: outside threads, or in the given thread. */
  messages(channel: string, threadTs?: string): StoredMessage[];
  /** The messages that only this user saw. */
  ephemerals(user: string): StoredMessage[];
  /**
   * Makes the next calls of a method fail. `upload` stands for the address that receives files, `response_url` for those that
   * receive answers. Several faults of a method happen one after another.
   */
  fail(method: string, fault: Fault): void;
  stop(): Promise<void>;
};

const BOT = 'U0USERSYNC';

const MEMBERS: readonly Member[] = [
  { id: 'U0ADMIN001', name: 'ayu', real_name: 'Ayu' },
  { id: 'U0ADMIN002', name: 'budi', real_name: 'Budi' },
  { id: 'U0MEMBER01', name: 'citra', real_name: 'Citra' },
  { id: BOT, name: 'usersync', is_bot: true },
];

const EVERYBODY = MEMBERS.map(({ id }) => id);

/** The scopes of manifest.yml. */
const SCOPES = [
  'app_mentions:read',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:history',
  'groups:read',
  'usergroups:read',
  'users:read',
];

/**
 * Starts a double of Slack's Web API. It refuses the same requests as Slack: wrong tokens, payloads over the limits, expired
 * triggers, channels without the bot. It records the calls for tests.
 */
export async function startStrictSlack(options: StrictSlackOptions = {}): Promise<StrictSlack> {
  const faults = plannedFaults();
  const botToken = 'xoxb-strict-slack';
  const appToken = 'xapp-strict-slack';
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    serve({ workspace, faults, botToken, appToken, socketUrl }, request, response).catch((error: unknown) => {
      workspace.violations.push({
        method: request.url ?? '',
        path: '',
        rule: String(error),
        slackError: undefined,
      });
      response.destroy();
    });
  });
  const { port } = await listenHere(server);
  const { socketUrl = `ws://127.0.0.1:${port}` } = options;
  const workspace = newWorkspace(`http://127.0.0.1:${port}`, options);
  return {
    workspace,
    apiUrl: `${workspace.url}/api/`,
    botToken,
    appToken,
    // A secret per instance: a bot that gets the port of a stopped bot must not accept the requests for that bot.
    signingSecret: `strict-slack-signing-secret-${randomBytes(8).toString('hex')}`,
    calls: workspace.calls,
    violations: workspace.violations,
    messages: (channel, threadTs) =>
      workspace.messages.filter(
        (each) => each.channel === channel && each.ephemeralTo === undefined && each.threadTs === threadTs,
      ),
    ephemerals: (user) => workspace.messages.filter(({ ephemeralTo }) => ephemeralTo === user),
    fail: faults.add,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      // Calls under way are answered first, unless a fault delays them.
      const patience = setTimeout(() => server.closeAllConnections(), 500);
      await closed;
      clearTimeout(patience);
    },
  };
}

function newWorkspace(url: string, options: StrictSlackOptions): Workspace {
  const channels = options.channels ?? [
    { id: 'C0DEVSUP01', name: 'dev-support', members: EVERYBODY },
    { id: 'C0NOTHERE1', name: 'not-here', members: EVERYBODY.filter((id) => id !== BOT) },
  ];
  return {
    url,
    teamId: 'T0USERSYNC',
    appId: 'A0USERSYNC',
    botUserId: BOT,
    scopes: options.scopes ?? SCOPES,
    identity: options.identity ?? {},
    now: options.now ?? Date.now,
    triggerLifetimeMs: options.triggerLifetimeMs ?? Number.POSITIVE_INFINITY,
    members: new Map((options.members ?? MEMBERS).map((member) => [member.id, member])),
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    userGroups: new Map((options.userGroups ?? []).map((group) => [group.id, group])),
    messages: [],
    views: new Map(),
    homes: new Map(),
    files: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    calls: [],
    violations: [],
  };
}
