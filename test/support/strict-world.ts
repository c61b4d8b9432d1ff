import type { DestinationStream } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../sandbox/database/database.ts';
import type { DatabaseServer } from '../../sandbox/database/database-server.ts';
import { seedLocations } from '../../sandbox/database/seed-locations.ts';
import { type DepotServer, type DepotServerOptions, startDepotServer } from '../../sandbox/depot/server.ts';
import { AYU, BUDI, CITRA } from '../../sandbox/local-slack/workspace.ts';
import { type SlackPerson, slackPerson } from '../../sandbox/strict-slack/slack-person.ts';
import {
  type StrictSlack,
  type StrictSlackOptions,
  startStrictSlack,
} from '../../sandbox/strict-slack/strict-slack.ts';
import { type BotSettings, startBot } from '../../sandbox/worlds/bot.ts';
import { scenarioUsers, seedTestUsers } from '../../sandbox/worlds/scenarios.ts';
import type { RunningApp, Timing } from '../../src/bot/app.ts';

export type StrictWorld = {
  readonly slack: StrictSlack;
  readonly depots: { readonly dev: DepotServer; readonly test: DepotServer; readonly prod: DepotServer };
  /** May be stopped before the world is. */
  readonly bot: RunningApp;
  readonly database: FreshDatabase;
  /** Ayu and Budi are admins, Citra is not. */
  readonly ayu: SlackPerson;
  readonly budi: SlackPerson;
  readonly citra: SlackPerson;
  /** Any member, whose requests go to `bot`, or to another one. */
  person(userId: string, bot?: RunningApp): SlackPerson;
  /** One more process of the bot on the same database and Slack; it ends with the world. */
  anotherBot(settings?: BotSettings): Promise<RunningApp>;
  sql<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Ends everything, the database included. Throws where Slack saw one of its rules broken. Does it once. */
  stop(): Promise<void>;
};

/** For tests that wait for what the bot does every so often. */
export const IMPATIENT: Timing = { lookEveryMs: 200, deliverEveryMs: 100, finishWithinMs: 8_000 };

export type StrictWorldOptions = {
  readonly settings?: BotSettings;
  readonly slack?: StrictSlackOptions;
  readonly depots?: Partial<Record<'dev' | 'test' | 'prod', DepotServerOptions>>;
  /** Where the bot logs, at level trace. */
  readonly logs?: DestinationStream;
  /** Unless given, the bot keeps its own. */
  readonly timing?: Timing;
  /** The address under which the bot reaches the database, made from the real one. */
  readonly databaseUrl?: (url: string) => string;
  /** Another database server than the run's. */
  readonly server?: DatabaseServer;
};

/** A depot server that a test holds back for a while has not timed out on a busy machine. */
const PATIENT = { EXTERNAL_API_TIMEOUT_MS: '120000' };

/** The scenarios' world in http mode, with a Slack that refuses what Slack refuses. */
export async function startStrictWorld(options: StrictWorldOptions = {}): Promise<StrictWorld> {
  const database = await freshDatabase({ migrated: true, ...(options.server && { server: options.server }) });
  const depots = await startDepots(options.depots ?? {});
  await seedLocations(database.url, { dev: depots.dev.url, test: depots.test.url, prod: depots.prod.url });
  await seedTestUsers(database.url);
  const slack = await startStrictSlack(options.slack);
  const bots: RunningApp[] = [];
  const start = async (settings: BotSettings = {}) => {
    const url = options.databaseUrl?.(database.url) ?? database.url;
    const { port, stop } = await startBot(
      { ...slackSettings(slack), DATABASE_URL: url, ...PATIENT, ...settings },
      options.logs,
      options.timing,
    );
    let stopped: Promise<void> | undefined;
    const bot: RunningApp = {
      port,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
    bots.push(bot);
    return bot;
  };
  const bot = await start(options.settings);
  const end = async () => {
    await Promise.all(bots.map((each) => each.stop()));
    await Promise.all([slack.stop(), ...Object.values(depots).map((depot) => depot.stop())]);
    await database.drop();
    requireNoneBroken(slack);
  };
  let stopped: Promise<void> | undefined;
  const person: StrictWorld['person'] = (userId, at = bot) =>
    slackPerson(slack, `http://127.0.0.1:${at.port}/slack/events`, userId);
  return {
    slack,
    depots,
    bot,
    database,
    ayu: person(AYU.id),
    budi: person(BUDI.id),
    citra: person(CITRA.id),
    person,
    anotherBot: (settings) => start({ ...options.settings, ...settings }),
    sql: database.sql,
    stop: () => {
      stopped ??= end();
      return stopped;
    },
  };
}

/** No payload may break Slack's rules, whatever a test is about. */
function requireNoneBroken({ violations }: StrictSlack): void {
  if (violations.length === 0) return;
  const broken = violations.map((violation) => JSON.stringify(violation));
  throw new Error(`Slack saw broken rules:\n${broken.join('\n')}`);
}

/**
 * A world for the tests of one file or block, or a new one for each test; it ends with them, and fails them where Slack saw
 * one of its rules broken.
 */
export function useStrictWorld(
  options: StrictWorldOptions = {},
  { each = false }: { readonly each?: boolean } = {},
): StrictWorld {
  let world: StrictWorld | undefined;
  const there = (): StrictWorld => {
    if (world === undefined) throw new Error('The world begins before the first test, not earlier');
    return world;
  };
  const [before, after] = each ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => {
    world = await startStrictWorld(options);
  });
  after(() => world?.stop());
  return {
    get slack() {
      return there().slack;
    },
    get depots() {
      return there().depots;
    },
    get bot() {
      return there().bot;
    },
    get database() {
      return there().database;
    },
    get ayu() {
      return there().ayu;
    },
    get budi() {
      return there().budi;
    },
    get citra() {
      return there().citra;
    },
    person: (userId, bot) => there().person(userId, bot),
    anotherBot: (settings) => there().anotherBot(settings),
    sql: (statement, values) => there().sql(statement, values),
    stop: () => there().stop(),
  };
}

async function startDepots(options: NonNullable<StrictWorldOptions['depots']>) {
  const [dev, test, prod] = await Promise.all([
    startDepotServer({ users: scenarioUsers.dev(), ...options.dev }),
    startDepotServer({ users: scenarioUsers.test(), ...options.test }),
    startDepotServer({ users: scenarioUsers.prod(), ...options.prod }),
  ]);
  return { dev, test, prod };
}

function slackSettings(slack: StrictSlack): BotSettings {
  return {
    SLACK_MODE: 'http',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
  };
}

/**
 * Acts in a world of its own, so that tests that wait can wait side by side. Throws where Slack saw one of its rules
 * broken.
 */
export async function inStrictWorld(
  act: (world: StrictWorld) => Promise<void>,
  options?: StrictWorldOptions,
): Promise<void> {
  const world = await startStrictWorld(options);
  try {
    await act(world);
  } finally {
    await world.stop();
  }
}
