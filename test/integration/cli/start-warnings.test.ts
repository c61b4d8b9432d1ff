import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StrictSlackOptions } from '../../../sandbox/strict-slack/strict-slack.ts';
import { warnAfterStart } from '../../../src/cli/doctor/doctor.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { createLogger } from '../../../src/process/logger.ts';
import { ALL_SCOPES } from '../../../src/slack/connect/manifest.ts';
import { type DoctorWorld, startDoctorWorld } from './support/doctor-world.ts';

let world: DoctorWorld;

async function start(slack?: StrictSlackOptions): Promise<void> {
  world = await startDoctorWorld(slack);
}
afterEach(() => world.stop());

/** What is logged behind a start with these settings. */
async function warnings(changes: Environment = {}): Promise<readonly string[]> {
  const lines: string[] = [];
  const logger = createLogger('debug', { destination: { write: (line) => void lines.push(line) } });
  await warnAfterStart(parseConfig({ ...world.environment, ...changes }), logger);
  return lines.map((line) => {
    const { level, msg } = JSON.parse(line);
    expect(level).toBe('warn');
    return String(msg);
  });
}

describe('behind a start', () => {
  beforeEach(() => start());

  it('nothing is logged where everything is in order, and no depot server is asked', async () => {
    expect(await warnings()).toEqual([]);
    expect(world.depot.requests).toEqual([]);
  });

  it('a channel that the bot is not in is logged with what to type there', async () => {
    expect(await warnings({ SLACK_CHANNEL_IDS: 'C0DEVSUP01,C0NOTHERE1' })).toEqual([
      'Slack channel C0NOTHERE1: Slack says not_in_channel. To do: Type /invite @usersync in that channel.',
    ]);
  });

  it('a target without its row in locations is logged with both ways to mend it', async () => {
    expect(await warnings({ SYNC_TARGETS: 'dev,prod=sby' })).toEqual([
      expect.stringMatching(
        /^location of prod: .* location_code is sby\. To do: Name the right code .*INSERT INTO locations/,
      ),
    ]);
  });

  it('a unique(email) is logged with the statement that changes it', async () => {
    await world.database.connection.query('ALTER TABLE users ADD UNIQUE INDEX users_email_unique (email)');
    expect(await warnings()).toEqual([
      expect.stringMatching(
        /^unique index of users: users_email_unique allows .* ALTER TABLE users DROP INDEX `users_email_unique`$/,
      ),
    ]);
  });

  it('a database that is lost meanwhile is logged, and nothing is thrown', async () => {
    const [line = ''] = await warnings({ DATABASE_URL: 'mysql://127.0.0.1:1/lost', SYNC_TARGETS: 'dev' });
    expect(line).toMatch(/^unique index of users: could not be looked at: /);
  });
});

describe('a scope that only some of the work needs', () => {
  it('is logged behind the start, with what to do', async () => {
    await start({ scopes: ALL_SCOPES.filter((scope) => scope !== 'files:write') });
    expect(await warnings()).toEqual([
      expect.stringMatching(/^Slack scopes: missing: files:write\. To do: .*install the app .* again\.$/),
    ]);
  });
});
