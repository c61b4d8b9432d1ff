import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { openChecks } from './checks.ts';
import { choose, startChecks } from './doctor/check.ts';
import { SESSION } from './doctor/database-checks.ts';
import { describe } from './doctor/finding.ts';
import { OWN, TABLES } from './doctor/schema-checks.ts';

/** What a bot can start without, although something of it will fail: the beginnings of the names of the checks. */
const LOOKED_AT = [
  'unique index of users',
  TABLES,
  'columns of users',
  'location of ',
  'Slack scopes',
  'Slack channel ',
];

/** Looks, behind a start, at what would let some commands fail, and logs what to do about it. Never throws. */
export async function warnAfterStart(config: Config, migrations: string, logger: Logger): Promise<void> {
  try {
    const { checks, close } = openChecks(config, migrations);
    const chosen = LOOKED_AT.flatMap((beginning) => checks.filter(({ name }) => name.startsWith(beginning)));
    for (const looking of startChecks(chosen, new Set())) {
      const finding = await looking;
      if (finding.status === 'fail') logger.warn({ check: finding.check }, describe(finding));
    }
    await close();
  } catch (error) {
    logger.warn({ err: error }, 'the checks behind the start went wrong');
  }
}

/**
 * What a bot must not start without, because a failed sync could not be undone or a statement would mean something else:
 * a line for each, with what to do. Empty where all is well.
 */
export async function startBlockers(config: Config, migrations: string): Promise<readonly string[]> {
  const { checks, close } = openChecks(config, migrations);
  try {
    const findings = await Promise.all(startChecks(choose(checks, [SESSION, OWN]), new Set()));
    return findings.filter(({ status }) => status === 'fail').map(describe);
  } finally {
    await close();
  }
}
