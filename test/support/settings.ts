import { ConfigError, parseConfig } from '../../src/config/config.ts';
import { problemLine } from '../../src/config/conflicts.ts';
import type { Environment } from '../../src/config/settings.ts';

/** The least that the bot needs in http mode. */
export const LEAST: Environment = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'signing-secret',
  SLACK_ADMIN_USER_IDS: 'U0123456789',
  DATABASE_URL: 'mysql://user:secret@127.0.0.1:3306/laravel',
  EXTERNAL_API_EMAIL: 'admin@example.com',
  EXTERNAL_API_PASSWORD: 'depot password',
};

/** What is wrong with the settings, a line each. */
export function problemsOf(environment: Environment): readonly string[] {
  try {
    parseConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemLine);
    throw error;
  }
}
