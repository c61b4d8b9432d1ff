import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { openChecks } from './checks.ts';
import { choose, startChecks } from './doctor/check.ts';
import { describe, type Subject, type Topic } from './doctor/finding.ts';
import { settingsWarnings } from './doctor/rules-check.ts';

/** The bot starts although one of these checks fails, but some commands will fail. */
const LOOKED_AT: readonly Topic[] = [
  'unique_index',
  'shared_tables',
  'audit_triggers',
  'columns',
  'location',
  'slack_scopes',
  'slack_channel',
];

/** Runs these checks after the start, and logs each failure with its remedy. Never throws. */
export async function warnAfterStart(config: Config, migrations: string, logger: Logger): Promise<void> {
  for (const { detail, todo } of settingsWarnings(config)) logger.warn(`${detail} ${todo}`);
  try {
    const { checks, close } = openChecks(config, migrations);
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

/**
 * Runs the checks without which the bot must not start: a failed sync could not be undone, or a statement would mean something
 * else. Returns one line for each failed check, with its remedy.
 */
export async function startBlockers(config: Config, migrations: string): Promise<readonly string[]> {
  const { checks, close } = openChecks(config, migrations);
  try {
    const findings = await Promise.all(startChecks(choose(checks, BLOCKING), new Set()));
    return findings.filter(({ status }) => status === 'fail').map(describe);
  } finally {
    await close();
  }
}
