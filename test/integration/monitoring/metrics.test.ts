import { beforeAll, describe, expect, it } from 'vitest';
import { CITRA } from '../../../sandbox/local-slack/workspace.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import { readVersion } from '../../../src/process/runtime.ts';
import { type Scrape, scrape } from '../../support/scrape.ts';
import {
  CHANNEL,
  preview,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

/** What /metrics says after all that happened. */
let metrics: Scrape;

const calls = (method?: string) =>
  world.slack.calls.filter((call) => method === undefined || call.method === method).length;

const requests = (name: 'dev' | 'test' | 'prod') => world.depots[name].requests.length;

/** Dev is synced and looked at again, Test trips the guard and is cancelled, Prod refuses the login. */
async function eventfulDay(): Promise<void> {
  const { ayu, budi, citra, slack } = world;
  const dev = await preview(world, ayu, 'dev');
  await toldAfter(world, () => citra.click(dev, 'confirm_run'), CITRA.id);
  await toldAfter(world, () => citra.command('dev'), CITRA.id);
  slack.fail('chat.postMessage', { retryAfter: 1 });
  await budi.click(dev, 'confirm_run');
  await reply(world, dev);
  await toldAfter(world, () => ayu.click(dev, 'view_plan').then(() => ayu.command('rollback 77')));
  await ayu.command('dev');
  await sees(world, 'a preview without changes', () =>
    slack.messages(CHANNEL).some((each) => shown(each).includes('All synced')),
  );
  const test = await preview(world, ayu, 'test', 'confirm_guarded_run');
  await ayu.click(test, 'cancel_run');
  await preview(world, ayu, 'prod', 'retry_run');
  await settled(world);
}

const world = useStrictWorld({
  timing: IMPATIENT,
  depots: { test: { users: scenarioUsers.test().slice(0, 3) }, prod: { password: 'another' } },
});

beforeAll(async () => {
  await eventfulDay();
  // A call is counted when its answer is there, which is after Slack has seen it.
  await sees(world, 'every call counted', async () => {
    metrics = await scrape(world.bot.port);
    const counted = metrics.samples.filter(
      ({ name, labels }) => name === 'usersync_slack_calls_total' && labels['method'] !== 'response_url',
    );
    return counted.reduce((sum, { value }) => sum + value, 0) === calls();
  });
});

describe('after a day of work, /metrics counts', () => {
  it('runs by target and outcome, failures by their code', () => {
    expect(metrics.counted('usersync_runs_total')).toEqual({
      'dev completed': 1,
      'dev no_changes': 1,
      'test cancelled': 1,
      'prod failed': 1,
    });
    expect(metrics.counted('usersync_run_failures_total')).toEqual({ 'prod login_failed': 1 });
  });

  it('changes that were really made', async () => {
    expect(metrics.counted('usersync_changes_total')).toEqual({ 'dev added': 25 });
    expect(await world.sql('SELECT 1 FROM users WHERE location_id = 8')).toHaveLength(25);
  });

  it('how long previews and executions took', async () => {
    expect(metrics.counted('usersync_preview_duration_seconds_count')).toEqual({ dev: 2, test: 1 });
    expect(metrics.counted('usersync_execution_duration_seconds_count')).toEqual({ 'dev completed': 1 });
    const [dev] = await world.sql<{ seconds: string }>(
      `SELECT TIMESTAMPDIFF(MICROSECOND, confirmed_at, finished_at) / 1000000 AS seconds
       FROM sync_runs WHERE target = 'dev' AND confirmed_at IS NOT NULL`,
    );
    const sum = metrics.value('usersync_execution_duration_seconds_sum', {
      target: 'dev',
      outcome: 'completed',
    });
    expect(sum).toBeCloseTo(Number(dev?.seconds), 6);
  });

  it('requests to depot servers by target and status', () => {
    expect(metrics.counted('usersync_depot_requests_total')).toEqual({
      'dev 200': requests('dev'),
      'test 200': requests('test'),
      'prod 401': 1,
    });
    expect(metrics.counted('usersync_depot_request_duration_seconds_count')).toEqual({
      dev: requests('dev'),
      test: requests('test'),
      prod: 1,
    });
  });

  it("calls of Slack by method and outcome, Slack's 429 among them", () => {
    const counted = metrics.counted('usersync_slack_calls_total');
    expect(counted).toMatchObject({
      'auth.test ok': calls('auth.test'),
      'chat.postMessage rate_limited': 1,
      'chat.postMessage ok': calls('chat.postMessage') - 1,
      'views.open ok': 1,
      'users.info ok': calls('users.info'),
      // What Citra and Ayu were told.
      'response_url ok': 3,
    });
    expect(Object.keys(counted).filter((key) => key.includes('failed'))).toEqual([]);
  });

  it('guard trips, and refusals by their reason', () => {
    expect(metrics.counted('usersync_guard_trips_total')).toEqual({ test: 1 });
    expect(metrics.counted('usersync_refused_requests_total')).toEqual({ not_admin: 2, run_not_found: 1 });
  });

  it('nothing that did not happen, and says so from the start', async () => {
    expect(metrics.counted('usersync_leases_taken_over_total')).toEqual({});
    const fresh = await scrape((await world.anotherBot()).port);
    const names = ({ samples }: Scrape) =>
      samples.filter(({ name }) => name.startsWith('usersync_')).map(({ name, labels }) => [name, labels]);
    expect(names(fresh)).toEqual(names(metrics));
    expect(fresh.counted('usersync_runs_total')).toEqual({});
  });

  it('the version, and what is known of the process', () => {
    expect(metrics.value('usersync_build_info', { version: readVersion() })).toBe(1);
    expect(metrics.value('process_start_time_seconds')).toBeGreaterThan(0);
  });
});

describe('the metrics', () => {
  it("keep to Prometheus' conventions and say nothing of people or runs", () => {
    for (const { name, type, help } of metrics.families.values()) {
      if (!name.startsWith('usersync_')) continue;
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(help).not.toBe('');
    }
    const labels = JSON.stringify(metrics.samples.map((sample) => sample.labels));
    expect(labels).not.toMatch(/@|U0ADMIN|U0MEMBER|C0DEV/);
  });
});
