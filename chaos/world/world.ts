import type { Connection } from 'mariadb';
import { connect, createDatabase, type DatabaseServer } from '../../sandbox/database/database-server.ts';
import { DEV_SUPPORT } from '../../sandbox/local-slack/workspace.ts';
import { type StrictSlack, startStrictSlack } from '../../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS } from '../../sandbox/worlds/bot.ts';
import { migrate } from '../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../src/process/runtime.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { BotPool } from './bot-pool.ts';
import { type Clock, createClock } from './clock.ts';
import { type Depot, startDepot } from './depots.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { type Replicas, startReplicas } from './replicas.ts';
import { rest } from './rest.ts';
import { seed } from './seed.ts';
import { createTripwires, type Tripwires } from './tripwires.ts';

/** All that one schedule is played in: a database, a Slack, depot servers and bots of its own. */
export type World = {
  readonly schedule: Schedule;
  /** For looking, and for what the Laravel application does. */
  readonly sql: Connection;
  readonly clock: Clock;
  readonly slack: StrictSlack;
  readonly depots: readonly Depot[];
  readonly replicas: Replicas;
  readonly wires: Tripwires;
  readonly refusals: Refusals;
  /** The replica that was told last to do something at a place. */
  readonly lastTold: Map<number, number>;
  /** The trigger ids of all requests so far: a bot may serve one long after it was sent. */
  readonly triggers: Set<string>;
  /** What must not happen, and did, as far as the world itself sees it. */
  readonly problems: string[];
  /** Milliseconds since the last sign of work. */
  idleFor(): number;
  /** See `rest`. */
  rest(): Promise<number>;
  /** Ends the bots. The rest stands, to be looked at. */
  stopBots(): Promise<void>;
  end(): Promise<void>;
};

export type Stage = { readonly server: DatabaseServer; readonly pool: BotPool };

export async function createWorld(schedule: Schedule, { server, pool }: Stage): Promise<World> {
  const database = await createDatabase(server);
  await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
  const [sql, watching, clockwork] = await Promise.all([
    connect(database.url),
    connect(database.url),
    connect(database.url),
  ]);
  const clock = createClock(clockwork);
  const wires = createTripwires();
  const refusals = createRefusals();
  const problems: string[] = [];
  const lastTold = new Map<number, number>();
  let workedAt = performance.now();
  const worked = () => {
    workedAt = performance.now();
  };
  const slack = await startStrictSlack();
  const depots = await Promise.all(
    schedule.places.map((place, index) =>
      startDepot(place, wires, worked, (effect) => replicas.disrupt(lastTold.get(index) ?? 0, effect)),
    ),
  );
  await seed(sql, schedule, depots);
  const replicas: Replicas = await startReplicas({
    pool,
    count: schedule.replicas,
    pace: schedule.pace,
    settings: settingsOf(schedule, slack),
    databaseUrl: database.url,
    databaseAt: server,
    slackUrl: slack.workspace.url,
    wires,
    refusals,
    worked,
    lapse: clock.lapseLeasesOf,
    complain: (problem) => void problems.push(problem),
  });
  const restless = {
    connection: watching,
    clock,
    replicas,
    idleFor: () => performance.now() - workedAt,
    isBusy: () => depots.some((depot) => depot.isBusy()),
  };
  return {
    schedule,
    sql,
    clock,
    slack,
    depots,
    replicas,
    wires,
    refusals,
    lastTold,
    triggers: new Set(),
    problems,
    idleFor: restless.idleFor,
    rest: () => rest(restless),
    stopBots: () => replicas.stop(),
    end: async () => {
      await replicas.stop();
      await Promise.all([slack.stop(), ...depots.map((depot) => depot.stop())]);
      await Promise.all([sql.end(), watching.end(), clockwork.end()]);
      await database.drop();
    },
  };
}

/** Due once a year: every bot that starts catches up on it, and one preview comes of that. */
function scheduleOf(scheduled: Schedule['settings']['scheduled']): Record<string, string> {
  if (scheduled === undefined) return {};
  const { target, rule } = scheduled;
  return {
    SYNC_SCHEDULE: '0 0 1 1 *',
    SYNC_SCHEDULE_CHANNEL_ID: DEV_SUPPORT.id,
    SYNC_SCHEDULE_TARGETS: target,
    SYNC_AUTO: rule === undefined ? '' : `${target}=${rule.actions.join('+')}:${rule.most}`,
  };
}

function settingsOf({ places, settings }: Schedule, slack: StrictSlack): Record<string, string> {
  return {
    ...BOT_SETTINGS,
    SLACK_MODE: 'http',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SYNC_TARGETS: places.map(({ target }) => target).join(','),
    EXTERNAL_API_PAGE_SIZE: String(settings.pageSize),
    EXTERNAL_API_TIMEOUT_MS: '2500',
    DEACTIVATION_LIMIT_COUNT: String(settings.guard.count),
    DEACTIVATION_LIMIT_PERCENT: String(settings.guard.percent),
    PROTECTED_EMAILS: settings.protectedEmails.join(','),
    TWO_PERSON_TARGETS: settings.twoPersonTargets.join(','),
    SYNC_FREEZE: settings.frozen ? '2020-01-01-2099-12-31' : '',
    SYNC_ABSENCE_DAYS: String(settings.absenceDays),
    BREAK_GLASS: settings.breakGlass ? 'on' : 'off',
    ...scheduleOf(settings.scheduled),
    LOG_LEVEL: 'info',
  };
}
