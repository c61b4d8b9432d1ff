import { type DestinationStream, pino } from 'pino';
import { type RunningApp, startApp, type Timing } from '../../src/bot/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createLogger } from '../../src/process/logger.ts';
import { AYU, BUDI } from '../local-slack/workspace.ts';

export type BotSettings = Readonly<Record<string, string>>;

/** The settings of a bot for tests: Ayu and Budi are admins, the depot servers accept the usual login. */
export const BOT_SETTINGS: BotSettings = {
  SLACK_BOT_TOKEN: 'xoxb-local-slack',
  SLACK_SIGNING_SECRET: 'local-slack-signing-secret',
  SLACK_ADMIN_USER_IDS: `${AYU.id},${BUDI.id}`,
  EXTERNAL_API_EMAIL: 'admin@example.com',
  EXTERNAL_API_PASSWORD: 'correct_password',
  EXTERNAL_API_REQUESTS_PER_SECOND: '1000',
  PORT: '0',
};

/** Starts the real bot in this process. Its log goes to `logs`, or nowhere. `timing` replaces its own intervals. */
export function startBot(
  settings: BotSettings,
  logs?: DestinationStream,
  timing?: Timing,
): Promise<RunningApp> {
  const config = parseConfig({ ...BOT_SETTINGS, ...settings });
  const logger =
    logs === undefined ? pino({ level: 'silent' }) : createLogger('trace', { destination: logs });
  return startApp(config, logger, timing);
}
