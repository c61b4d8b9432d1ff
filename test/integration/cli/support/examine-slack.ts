import type { StrictSlack } from '../../../../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS, type BotSettings } from '../../../../sandbox/worlds/bot.ts';
import { type Finding, startChecks } from '../../../../src/cli/doctor/check.ts';
import { slackChecks } from '../../../../src/cli/doctor/slack-checks.ts';
import { parseConfig } from '../../../../src/config/config.ts';
import { boltLogger, createLogger } from '../../../../src/process/logger.ts';
import { createSlackInspection } from '../../../../src/slack/connect/token-facts.ts';

/** What the checks on Slack find, with these settings beside those that fit it. */
export function examineSlack(slack: StrictSlack, changes: BotSettings = {}): Promise<Finding[]> {
  const config = parseConfig({
    ...BOT_SETTINGS,
    DATABASE_URL: 'mysql://127.0.0.1/none',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_CHANNEL_IDS: 'C0DEVSUP01',
    ...changes,
  });
  const logger = boltLogger(createLogger('silent'));
  const inspection = createSlackInspection({ ...config.slack, timeoutMs: 5_000, logger });
  return Promise.all(startChecks(slackChecks(config, inspection), new Set()));
}
