import { openDatabase } from './database/client.ts';
import { createLocations } from './database/locations.ts';
import { parseBaseUrl } from './depot-api/base-url.ts';
import { probeDepot } from './depot-api/probe.ts';
import { probeRedis } from './depot-api/probe-redis.ts';
import { boltLogger, createLogger } from './logger.ts';
import { type Check, startChecks } from './ops/doctor/check.ts';
import { databaseChecks, inspectOnce } from './ops/doctor/database-checks.ts';
import type { Finding } from './ops/doctor/finding.ts';
import { nodeCheck } from './ops/doctor/node-check.ts';
import { privilegeChecks } from './ops/doctor/privilege-checks.ts';
import { redisChecks } from './ops/doctor/redis-check.ts';
import { reportLine, summaryLine } from './ops/doctor/report.ts';
import { schemaChecks } from './ops/doctor/schema-checks.ts';
import { readSettings, type SettingsReading } from './ops/doctor/settings-check.ts';
import { slackChecks } from './ops/doctor/slack-checks.ts';
import { targetChecks } from './ops/doctor/target-checks.ts';
import { createSlackInspection } from './slack/inspect.ts';

const SLACK_TIMEOUT_MS = 8_000;

export type DoctorOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the migrations. */
  readonly migrations: string;
  /** What stands behind `doctor` on the command line. */
  readonly args: readonly string[];
  /** Takes the report, a line at a time. */
  readonly say: (line: string) => void;
};

/**
 * Looks at everything that the bot needs, changes nothing, and says what is wrong and what to do: a line per check, or
 * with `--json` an array of `{ check, status, detail, todo }`. Resolves to false where any check failed.
 */
export async function runDoctor({ environment, migrations, args, say }: DoctorOptions): Promise<boolean> {
  const json = args.includes('--json');
  const findings: Finding[] = [];
  for await (const finding of examine(environment, migrations)) {
    findings.push(finding);
    if (!json) say(reportLine(finding));
  }
  say(json ? JSON.stringify(findings, undefined, 2) : summaryLine(findings));
  return findings.every(({ status }) => status !== 'fail');
}

async function* examine(
  environment: DoctorOptions['environment'],
  migrations: string,
): AsyncGenerator<Finding> {
  const reading = readSettings(environment);
  yield* reading.findings;
  const { databaseUrl } = reading.config;
  const { inspect, close } = inspectOnce(databaseUrl);
  const db = openDatabase(databaseUrl);
  try {
    const schema = { databaseUrl, migrations, inspect, db };
    const checks = [
      nodeCheck(process.versions.node),
      ...databaseChecks(databaseUrl, inspect),
      ...schemaChecks(schema),
      ...privilegeChecks(schema),
      ...remoteChecks(reading, db),
    ];
    for (const finding of startChecks(checks, reading.unusable)) yield await finding;
  } finally {
    await close();
    await db.$disconnect();
  }
}

function remoteChecks({ config }: SettingsReading, db: ReturnType<typeof openDatabase>): readonly Check[] {
  const { limits, credentialsFor } = config.depot;
  const logger = createLogger('silent');
  const slack = createSlackInspection({
    ...config.slack,
    timeoutMs: SLACK_TIMEOUT_MS,
    logger: boltLogger(logger),
  });
  return [
    ...targetChecks({
      targets: config.targets,
      locations: createLocations(db, config.targets),
      addressOf: ({ baseUrl, locationName }) => parseBaseUrl(baseUrl, locationName).href,
      probe: (target, signal) => probeDepot(target, credentialsFor(target.name), { limits, logger, signal }),
      // The login and the page have their own limits; this one only keeps a mistake there from going on for ever.
      depotLimitMs: 2 * limits.timeoutMs + 5_000,
    }),
    ...redisChecks(config.redisUrl, probeRedis),
    ...slackChecks(config, slack),
  ];
}
