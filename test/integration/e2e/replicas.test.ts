import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { type DepotHost, mostInASecond } from '../../../sandbox/depot/host.ts';
import { buttonsOf, localMessage } from '../../../sandbox/local-slack/message.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { until } from '../../../sandbox/process/until.ts';
import { slackPerson } from '../../../sandbox/strict-slack/slack-person.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { createLimiters } from '../../../src/depot-api/http/limiter.ts';
import { createSharedRates } from '../../../src/depot-api/http/shared-rates.ts';
import { type Place, placesAt, type ReplicaWorld, startReplicaWorld } from '../../support/replica-world.ts';
import { CHANNEL } from '../../support/strict-conversation.ts';
import { someoneWaits } from '../database/support/lock-wait.ts';

const USERS = 40;
const PER_SECOND = 20;
const AT_ONCE = 3;

const RATES = { requestsPerSecond: PER_SECOND, maxConcurrent: AT_ONCE, timeoutMs: 5_000 };

const RESULT =
  'Sync completed successfully! 15 users added, 5 users reactivated, 2 users deactivated, 20 users unchanged.';

let world: ReplicaWorld;
let places: Place[];
/** Five locations share a server at which the rate binds, five one at which the requests under way do. */
let [quick, slow]: DepotHost[] = [];

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `t${from + n}`);

beforeAll(async () => {
  const servers = await Promise.all([
    placesAt(range(1, 5), { users: USERS, latencyMs: 10, firstId: 1 }),
    placesAt(range(6, 10), { users: USERS, latencyMs: 250, firstId: 6 }),
    placesAt(['t11'], { users: USERS, latencyMs: 10, firstId: 11 }),
    placesAt(['t12'], { users: USERS, latencyMs: 10, firstId: 12 }),
  ]);
  [quick, slow] = servers.flatMap(([first]) => first?.host ?? []);
  places = servers.flat();
  world = await startReplicaWorld({
    replicas: 4,
    places,
    settings: {
      EXTERNAL_API_PAGE_SIZE: '10',
      EXTERNAL_API_REQUESTS_PER_SECOND: String(PER_SECOND),
      EXTERNAL_API_MAX_CONCURRENT: String(AT_ONCE),
      EXTERNAL_API_TIMEOUT_MS: String(RATES.timeoutMs),
    },
  });
  await world.database.connection.batch(
    'INSERT INTO users (email, location_id, status) VALUES (?, ?, ?)',
    places.flatMap(({ id, name }) => [
      ...Array.from({ length: 25 }, (_, n) => [
        `user${n + 1}.${name}@dkm`,
        id,
        n < 20 ? 'active' : 'inactive',
      ]),
      ...[1, 2].map((n) => [`gone${n}.${name}@dkm`, id, 'active']),
    ]),
  );
});

afterAll(async () => {
  await world.stop();
  for (const host of new Set(places.map((place) => place.host))) await host.stop();
});

/** Waits for something that the database or Slack shows. */
const sees = <T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>) =>
  until<T>(look, {
    failure: async () => {
      const runs = await world.sql('SELECT id, target, status, attempt, failure FROM sync_runs');
      return `${what}. Runs: ${JSON.stringify(runs)}`;
    },
  });

const previews = () =>
  world.slack
    .messages(CHANNEL)
    .filter((message) =>
      buttonsOf(localMessage.parse(message)).some(({ actionId }) => actionId === 'confirm_run'),
    );

const replies = ({ ts }: StoredMessage) => world.slack.messages(CHANNEL, ts).map(({ text }) => text);

/** Who is at work on a run of these targets. */
async function holderOf(status: string, targets: readonly string[]): Promise<string | undefined> {
  const [row] = await world.sql<{ owner: string }>(
    'SELECT lease_owner AS owner FROM sync_runs WHERE status = ? AND target IN (?) AND lease_owner IS NOT NULL LIMIT 1',
    [status, targets],
  );
  return row?.owner;
}

/** What became of the run of a target, as the audit log has it. */
async function stepsOf(target: string): Promise<string[]> {
  const rows = await world.sql<{ step: string }>(
    'SELECT step FROM audit_logs WHERE target = ? ORDER BY seq',
    [target],
  );
  return rows.map(({ step }) => step);
}

/** Waits until one more request would have its turn at a depot server, whatever a dead replica has left behind there. */
async function turnAt(origin: string): Promise<void> {
  const shared = createSharedRates(world.redisUrl, pino({ level: 'silent' }));
  await sees('Redis', () => shared.windowFor(origin, RATES) && true);
  await createLimiters(RATES, shared)(origin)(async () => {}, new AbortController().signal, 0);
  await shared.stop();
}

describe('four replicas behind a load balancer', () => {
  it('read and apply twelve locations at once, each once, though two of them are killed in the middle', async () => {
    const ayu = slackPerson(world.slack, `${world.balancer.url}/slack/events`, AYU.id);
    expect(await ayu.command('all')).toMatchObject({ status: 200 });
    await sees('twelve runs', async () => {
      const [row] = await world.sql<{ n: number }>('SELECT COUNT(*) AS n FROM sync_runs');
      return row?.n === places.length;
    });
    await sees('five at the slow server', () => slow?.readers.size === 5);
    const reading = await sees('a replica that reads there', () => holderOf('reading', range(6, 10)));
    await world.kill(reading);
    await turnAt(slow?.origin ?? '');
    await world.lapse(reading);
    const shown = await sees('twelve previews', () => previews().length === places.length && previews());
    // The replica died while it read: somebody else has read the list to its end.
    expect(await Promise.all(range(6, 10).map(stepsOf))).toContainEqual([
      'requested',
      'taken_over',
      'previewed',
    ]);

    for (const host of [quick, slow]) {
      if (host === undefined) throw new Error('There is no depot server');
      expect(mostInASecond(host.arrivals)).toBeLessThanOrEqual(PER_SECOND);
      expect(host.arrivals.length).toBeGreaterThanOrEqual(5 * 9);
      expect(host.mostAtOnce()).toBeLessThanOrEqual(AT_ONCE);
    }
    expect(slow?.mostAtOnce()).toBe(AT_ONCE);

    // An execution at t1 waits for the Laravel application, so that it is certain who has it in hand.
    const laravel = await connect(world.database.url);
    await laravel.beginTransaction();
    await laravel.query('SELECT id FROM locations WHERE id = 1 FOR UPDATE');
    const clicks = await Promise.all(shown.map((message) => ayu.click(message, 'confirm_run')));
    expect(clicks.map(({ status }) => status)).toEqual(shown.map(() => 200));
    // A click that was acknowledged and not yet written would go with its process; its message keeps the button.
    await sees('every click taken', async () => {
      return (await world.sql("SELECT id FROM sync_runs WHERE status = 'ready'")).length === 0;
    });
    // Until then, the run may go back to the queue, and to another replica: none executes all that is confirmed at once.
    await someoneWaits(world, 'locations');
    const executing = await sees('a replica that executes', () => holderOf('executing', ['t1']));
    await world.kill(executing);
    await laravel.commit();
    await laravel.end();
    await world.lapse(executing);
    await sees('twelve results', () => shown.every((message) => replies(message).length > 0));
    await sees('the end of all work', async () => {
      const open = 'SELECT id FROM sync_outbox WHERE closed_at IS NULL';
      return (await world.sql(open)).length === 0;
    });

    for (const message of shown) expect(replies(message)).toEqual([RESULT]);
    expect(world.slack.messages(CHANNEL)).toHaveLength(places.length + 1);
    expect(world.slack.violations).toEqual([]);
    const steps = await world.sql<{ step: string; n: number; runs: number }>(
      `SELECT step, COUNT(*) AS n, COUNT(DISTINCT run_id) AS runs FROM audit_logs
       WHERE step <> 'taken_over' GROUP BY step ORDER BY step`,
    );
    expect((await stepsOf('t1')).slice(-3)).toEqual(['confirmed', 'taken_over', 'completed']);
    expect(steps).toEqual(
      ['completed', 'confirmed', 'previewed', 'requested'].map((step) => ({ step, n: 12, runs: 12 })),
    );
    for (const { id, name } of places) {
      const users = await world.sql<{ email: string }>(
        "SELECT email FROM users WHERE location_id = ? AND status = 'active' ORDER BY id",
        [id],
      );
      const expected = Array.from({ length: USERS }, (_, n) => `user${n + 1}.${name}@dkm`);
      expect(users.map(({ email }) => email).sort()).toEqual(expected.sort());
    }
  }, 120_000);
});
