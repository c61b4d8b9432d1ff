import dns from 'node:dns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../sandbox/process/until.ts';
import { connect } from '../../src/database/schema/single-connection.ts';
import { createSharedRates } from '../../src/depot-api/http/shared-rates.ts';
import { probeRedis } from '../../src/depot-api/probe.ts';
import { boltLogger, createLogger } from '../../src/process/logger.ts';
import { createSlackInspection } from '../../src/slack/connect/token-facts.ts';
import { messageOf } from '../../src/sync/failures/failure.ts';

/** Nothing listens on port 2, and no program is given it. `fetch` refuses port 1. */
const host = 'several.test:2';

beforeAll(() => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  vi.spyOn(dns, 'lookup').mockImplementation((...args: unknown[]) => {
    const done = args.at(-1);
    if (typeof done === 'function') done(null, addresses);
  });
});
afterAll(() => {
  vi.restoreAllMocks();
});

const logger = createLogger('silent', { destination: { write: () => {} } });

/** Who says why it did not reach `host`. */
const SAID: Readonly<Record<string, () => Promise<unknown>>> = {
  'the database': () => connect(`mysql://root@${host}/usersync`).catch(messageOf),
  'the check of Redis': () => probeRedis(`redis://${host}`).catch(messageOf),
  'the rates in Redis': async () => {
    let told: unknown;
    const warn = ({ why }: { why?: unknown }) => {
      told = why;
    };
    const shared = createSharedRates(`redis://${host}`, { ...logger, warn, debug: warn });
    await until(() => told !== undefined, { failure: () => 'nothing is told' });
    await shared.stop();
    return told;
  },
  Slack: async () => {
    const client = { apiUrl: `http://${host}/api/`, botToken: 'xoxb-1', logger: boltLogger(logger) };
    const slack = createSlackInspection(client);
    const reply = await slack.whoami();
    return reply.outcome === 'unreachable' ? reply.reason : reply.outcome;
  },
};

describe('a name with several addresses of which none answers', () => {
  it.each(Object.keys(SAID))('is told with the reason of each address, by %s', async (who) => {
    expect(await SAID[who]?.()).toMatch(/^connect E[A-Z]+ 127\.0\.0\.1:\d+.*, connect E[A-Z]+ ::1:\d+/);
  });
});
