import type { Logger } from 'pino';
import { tunnelOf } from '../../bot/proxy-tunnel.ts';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/settings.ts';
import { type Database, openDatabase } from '../../database/client.ts';
import { createLocations } from '../../database/reports/targets.ts';
import { probeDepot } from '../../depot-api/probe.ts';
import { boltLogger, createLogger } from '../../process/logger.ts';
import { networkBy } from '../../slack/connect/network.ts';
import { createSlackInspection } from '../../slack/connect/token-facts.ts';
import {
  type Check,
  choose,
  describe,
  type Finding,
  isSkipped,
  type Line,
  reportLine,
  type Subject,
  skippedLines,
  startChecks,
  summaryLine,
  type Topic,
} from './check.ts';
import { schemaChecks } from './schema-checks.ts';
import { databaseChecks, inspectOnce, nodeCheck } from './server-checks.ts';
import { readSettings, rulesFindings, type SettingsReading, settingsWarnings } from './settings-checks.ts';
import { slackChecks } from './slack-checks.ts';
import { redisChecks, targetChecks } from './target-checks.ts';

/**
 * Checks everything that the bot needs, and changes nothing. Reports one line for each check, with a remedy for each problem, and
 * one line for all skipped checks; with `json`, one array of `{ check, status, detail, todo }`. Calls `say` with each line of the
 * report. Returns false if any check failed.
 */
export async function runDoctor(
  environment: Environment,
  { json, say }: { readonly json: boolean; readonly say: (line: string) => void },
): Promise<boolean> {
  const findings: Line[] = [];
  for await (const finding of examine(environment)) {
    findings.push(finding);
    if (!json && !isSkipped(finding)) say(reportLine(finding));
  }
  if (!json) for (const line of skippedLines(findings)) say(line);
  say(json ? JSON.stringify(findings.map(published), undefined, 2) : summaryLine(findings));
  return findings.every(({ status }) => status !== 'fail');
}

/** Only the documented fields, since programs rely on them. */
function published({ check, status, detail, todo }: Line) {
  return { check, status, detail, todo };
}

async function* examine(environment: Environment): AsyncGenerator<Line> {
  const { config, unusable, problems, findings } = readSettings(environment);
  yield* findings;
  // If some settings cannot be parsed, nothing can be said about their combination.
  if (problems.length === 0) yield* rulesFindings(config);
  const { checks, close } = openChecks(config);
  try {
    for (const finding of startChecks(checks, unusable)) yield await finding;
  } finally {
    await close();
  }
}

/** The bot starts although one of these checks fails, but some commands will fail. */
const LOOKED_AT: readonly Topic[] = [
  'unique_index',
  'shared_tables',
  'audit_triggers',
  'audit_end',
  'columns',
  'location',
  'slack_scopes',
  'slack_channel',
];

/** Runs these checks after the start, and logs each failure with its remedy. Never throws. */
export async function warnAfterStart(config: Config, logger: Logger): Promise<void> {
  for (const { detail, todo } of settingsWarnings(config)) logger.warn(`${detail} ${todo}`);
  try {
    const { checks, close } = openChecks(config);
    const chosen = LOOKED_AT.flatMap((topic) => checks.filter((check) => check.topic === topic));
    for (const looking of startChecks(chosen, new Set())) {
      const finding = await looking;
      if (finding.status === 'fail') logger.warn({ check: finding.check }, describe(finding));
    }
    await close();
  } catch (error) {
    logger.warn({ err: error }, 'the checks behind the start went wrong');
  }
}

const BLOCKING: readonly Subject[] = [{ topic: 'database_session' }, { topic: 'own_tables' }];

/** Runs the checks without which a sync could not be undone, or would do something else. Returns a line for each failed one. */
export async function startBlockers(config: Config): Promise<readonly string[]> {
  const findings = await runChecks({ config, unusable: new Set() }, BLOCKING);
  return findings.filter(({ status }) => status === 'fail').map(describe);
}

/** Runs the checks on these subjects, and the checks that they need. */
export async function runChecks(
  { config, unusable }: Pick<SettingsReading, 'config' | 'unusable'>,
  subjects: readonly Subject[],
): Promise<readonly Finding[]> {
  const { checks, close } = openChecks(config);
  try {
    return await Promise.all(startChecks(choose(checks, subjects), unusable));
  } finally {
    await close();
  }
}

const SLACK_TIMEOUT_MS = 8_000;
/** Checks ask one question at a time, two of them long ones. The bot's pool would open more connections for them. */
const CONNECTIONS = 4;

/** The checks for these settings, in the order of the report. They change nothing, and open no connection before they run. */
function openChecks(config: Config): { readonly checks: readonly Check[]; close(): Promise<void> } {
  const { databaseUrl } = config;
  const { inspect, close } = inspectOnce(databaseUrl);
  const db = openDatabase(withConnections(databaseUrl, CONNECTIONS));
  return {
    checks: [
      nodeCheck(process.versions.node),
      ...databaseChecks(databaseUrl, inspect),
      ...schemaChecks(config, db, inspect),
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
    ...targetChecks(config, createLocations(db, config.targets), (target, signal) =>
      probeDepot(target, credentialsFor(target.name), { limits, logger, tunnel, signal }),
    ),
    ...redisChecks(config),
    ...slackChecks(config, slack),
  ];
}
