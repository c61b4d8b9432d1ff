import type { Logger } from 'pino';
import { openChecks } from './checks.ts';
import type { Config } from './config.ts';
import { startChecks } from './ops/doctor/check.ts';
import { describe } from './ops/doctor/report.ts';

/** What a bot can start without, although something of it will fail: the beginnings of the names of the checks. */
const LOOKED_AT = ['unique index of users', 'location of ', 'Slack scopes', 'Slack channel '];

/** Looks, behind a start, at what would let some commands fail, and logs what to do about it. Never throws. */
export async function warnAfterStart(config: Config, migrations: string, logger: Logger): Promise<void> {
  try {
    const { checks, close } = openChecks(config, migrations);
    const chosen = checks.filter(({ name }) => LOOKED_AT.some((beginning) => name.startsWith(beginning)));
    for (const looking of startChecks(chosen, new Set())) {
      const finding = await looking;
      if (finding.status === 'fail') logger.warn({ check: finding.check }, describe(finding));
    }
    await close();
  } catch (error) {
    logger.warn({ err: error }, 'the checks behind the start went wrong');
  }
}
