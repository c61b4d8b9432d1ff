import { type FreshDatabase, freshDatabase } from '../../../../sandbox/database/database.ts';
import { type LocationUrls, seedLocations } from '../../../../sandbox/database/seed-locations.ts';
import { type DepotServer, startDepotServer } from '../../../../sandbox/depot/server.ts';
import {
  type StrictSlack,
  type StrictSlackOptions,
  startStrictSlack,
} from '../../../../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS } from '../../../../sandbox/worlds/bot.ts';
import type { Line } from '../../../../src/cli/doctor/check.ts';
import { runDoctor } from '../../../../src/cli/doctor/doctor.ts';
import type { Environment } from '../../../../src/config/settings.ts';

/**
 * Everything that a doctor looks at, in order: a migrated database, three depot servers, Slack in Socket Mode. This Slack does not
 * know `blocks.validate`: to check all samples of messages takes most of the time of an examination, and is a test of its own.
 */
export type DoctorWorld = {
  readonly database: FreshDatabase;
  /** The server of dev; the other two list the same users. */
  readonly depot: DepotServer;
  readonly urls: LocationUrls;
  readonly slack: StrictSlack;
  readonly environment: Readonly<Record<string, string>>;
  /** What the doctor finds, with some settings changed (undefined: unset). */
  examine(changes?: Environment): Promise<readonly Line[]>;
  stop(): Promise<void>;
};

export async function startDoctorWorld(slackOptions?: StrictSlackOptions): Promise<DoctorWorld> {
  const [database, depot, slack] = await Promise.all([
    freshDatabase({ migrated: true }),
    startDepotServer({ count: 150 }),
    startStrictSlack(slackOptions),
  ]);
  slack.fail('blocks.validate', { error: 'unknown_method', times: Number.POSITIVE_INFINITY });
  const { users } = depot;
  const [test, prod] = await Promise.all([startDepotServer({ users }), startDepotServer({ users })]);
  const urls = { dev: depot.url, test: test.url, prod: `${prod.url}/` };
  await seedLocations(database.url, urls);
  const environment = {
    ...BOT_SETTINGS,
    DATABASE_URL: database.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_CHANNEL_IDS: 'C0DEVSUP01',
  };
  return {
    database,
    depot,
    urls,
    slack,
    environment,
    examine: (changes) => examine({ ...environment, ...changes }),
    stop: async () => {
      await Promise.all([depot.stop(), test.stop(), prod.stop(), slack.stop()]);
      await database.drop();
    },
  };
}

/** What the doctor finds, in this process. */
export async function examine(environment: Environment): Promise<readonly Line[]> {
  const lines: string[] = [];
  await runDoctor(environment, { json: true, say: (line) => lines.push(line) });
  return JSON.parse(lines.join('\n'));
}

/** What one check found. */
export function findingOf(findings: readonly Line[], name: string): Omit<Line, 'check'> | undefined {
  const found = findings.find(({ check }) => check === name);
  if (found === undefined) return undefined;
  const { status, detail, todo } = found;
  return { status, detail, todo };
}

/** The names of the checks that ended so. */
export function checksThat(status: Line['status'], findings: readonly Line[]): readonly string[] {
  return findings.filter((finding) => finding.status === status).map(({ check }) => check);
}
