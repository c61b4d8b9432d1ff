import { tunnelOf } from '../bot/proxy-tunnel.ts';
import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from '../database/client.ts';
import { createLocations } from '../database/reports/targets.ts';
import { parseBaseUrl } from '../depot-api/http/base-url.ts';
import { probeDepot, probeRedis } from '../depot-api/probe.ts';
import { boltLogger, createLogger } from '../process/logger.ts';
import { networkBy } from '../slack/connect/network.ts';
import { createSlackInspection } from '../slack/connect/token-facts.ts';
import type { Check } from './doctor/check.ts';
import { databaseChecks, inspectOnce } from './doctor/database-checks.ts';
import { nodeCheck, redisChecks } from './doctor/environment-checks.ts';
import { privilegeChecks } from './doctor/privilege-checks.ts';
import { schemaChecks } from './doctor/schema-checks.ts';
import { slackChecks } from './doctor/slack-checks.ts';
import { targetChecks } from './doctor/target-checks.ts';

const SLACK_TIMEOUT_MS = 8_000;
/** Checks ask one question at a time. The bot's pool would open more connections for them. */
const CONNECTIONS = 2;

export type OpenChecks = {
  /** In the order of doctor's report. */
  readonly checks: readonly Check[];
  close(): Promise<void>;
};

/** The checks for these settings. They change nothing, and open no connection before they run. */
export function openChecks(config: Config, migrations: string): OpenChecks {
  const { databaseUrl } = config;
  const { inspect, close } = inspectOnce(databaseUrl);
  const db = openDatabase(withConnections(databaseUrl, CONNECTIONS));
  const schema = { databaseUrl, migrations, inspect, db, ...config.sync };
  return {
    checks: [
      nodeCheck(process.versions.node),
      ...databaseChecks(databaseUrl, inspect),
      ...schemaChecks(schema),
      ...privilegeChecks(schema),
      ...remoteChecks(config, db),
    ],
    close: async () => {
      await close();
      await db.$disconnect();
    },
  };
}

function withConnections(databaseUrl: string, connections: number): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('connectionLimit', String(connections));
  return url.href;
}

function remoteChecks(config: Config, db: Database): readonly Check[] {
  const { limits, credentialsFor } = config.depot;
  const logger = createLogger('silent');
  const tunnel = tunnelOf(config.proxy);
  const slack = createSlackInspection({
    ...config.slack,
    network: networkBy(tunnel, logger),
    timeoutMs: SLACK_TIMEOUT_MS,
    logger: boltLogger(logger),
  });
  return [
    ...targetChecks({
      targets: config.targets,
      locations: createLocations(db, config.targets),
      addressOf: ({ baseUrl, locationName }) => parseBaseUrl(baseUrl, locationName).href,
      probe: (target, signal) =>
        probeDepot(target, credentialsFor(target.name), { limits, logger, tunnel, signal }),
      // The login and the page have their own time limits. This one only ends a probe that would never end.
      depotLimitMs: 2 * limits.timeoutMs + 5_000,
    }),
    ...redisChecks(config.redisUrl, probeRedis),
    ...slackChecks(config, slack),
  ];
}
