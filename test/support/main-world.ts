import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FreshDatabase, freshDatabase } from '../../sandbox/database/database.ts';
import { type StrictSlack, startStrictSlack } from '../../sandbox/strict-slack/strict-slack.ts';
import type { Environment } from '../../src/config/settings.ts';
import { type MainProcess, runMain } from './main-process.ts';

/** What a process of the bot needs, in a folder without a `.env` that a developer may have. */
export type MainWorld = {
  readonly slack: StrictSlack;
  readonly migrated: FreshDatabase;
  /** The settings of a bot in http mode that starts, with some of them changed. */
  settings(changes?: Environment): Environment;
  run(command: string, environment: Environment, ...words: readonly string[]): MainProcess;
  stop(): Promise<void>;
};

export async function startMainWorld(): Promise<MainWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'usersync-main-'));
  const [slack, migrated] = await Promise.all([startStrictSlack(), freshDatabase({ migrated: true })]);
  return {
    slack,
    migrated,
    settings: (changes = {}) => ({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      SLACK_ADMIN_USER_IDS: 'U0ADMIN001',
      DATABASE_URL: migrated.url,
      EXTERNAL_API_EMAIL: 'admin@example.com',
      EXTERNAL_API_PASSWORD: 'depot-password',
      PORT: '0',
      ...changes,
    }),
    run: (command, environment, ...words) => runMain(command, environment, folder, words),
    stop: async () => {
      await Promise.all([slack.stop(), migrated.drop(), rm(folder, { recursive: true })]);
    },
  };
}
