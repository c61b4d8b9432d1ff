import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DepotReply, htmlPage } from '../../../sandbox/depot/replies.ts';
import { makeDepotUsers } from '../../../sandbox/depot/users.ts';
import { checksThat, type DoctorWorld, findingOf, startDoctorWorld } from './support/doctor-world.ts';

let world: DoctorWorld;

beforeAll(async () => {
  world = await startDoctorWorld();
});
beforeEach(() => {
  Object.assign(world.depot.faults, { onRequest: undefined, total: 'number' });
  world.depot.users.splice(0, world.depot.users.length, ...makeDepotUsers(150));
  world.depot.requests.length = 0;
});
afterAll(() => world.stop());

const examine = async (changes = {}) =>
  findingOf(await world.examine({ SYNC_TARGETS: 'dev', ...changes }), 'depot server of dev');

/** Answers the login, or the pages, otherwise than a depot server does. */
function answer(what: 'login' | 'pages', reply: DepotReply): void {
  world.depot.faults.onRequest = ({ page }) =>
    (page === undefined) === (what === 'login') ? reply : undefined;
}

describe('a depot server', () => {
  it('passes with the time of its login and of its first page, and how many users there are', async () => {
    const finding = await examine();
    expect(finding).toMatchObject({ status: 'pass', todo: null });
    expect(finding?.detail).toMatch(/^login in \d+ ms; first page in \d+ ms: 100 of 150 users$/);
    expect(world.depot.requests.map(({ page }) => page)).toEqual([undefined, 1]);
  });

  it('passes where it does not tell how many users there are', async () => {
    world.depot.faults.total = 'missing';
    expect((await examine())?.detail).toMatch(/: 100 users, of how many it does not tell$/);
  });

  it('warns where it lists nobody', async () => {
    world.depot.users.length = 0;
    expect(await examine()).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/: 0 of 0 users$/),
    });
  });

  it('fails where it refuses the login, and names the settings of that target', async () => {
    const finding = await examine({ EXTERNAL_API_PASSWORD_DEV: 'another-password' });
    expect(finding).toEqual({
      status: 'fail',
      detail: 'Failed to login to external API: Unauthorized',
      todo: 'Correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD (or EXTERNAL_API_EMAIL_DEV and EXTERNAL_API_PASSWORD_DEV).',
    });
  });

  it.each<[string, 'login' | 'pages', DepotReply, string]>([
    [
      'does not answer the login in time',
      'login',
      'hang',
      'Failed to login to external API: Connection timeout',
    ],
    [
      'does not answer for its page in time',
      'pages',
      'hang',
      'Failed to fetch users from external API: Connection timeout on page 1',
    ],
    ['answers with a web page', 'pages', htmlPage, 'Invalid response format: HTML instead of JSON on page 1'],
    [
      'refuses its page',
      'pages',
      { status: 403, json: { message: 'Forbidden' } },
      'Failed to fetch users from external API: HTTP 403 on page 1',
    ],
    [
      'wants a longer rest than its page may take',
      'pages',
      { status: 429, headers: { 'Retry-After': '20' }, json: { message: 'Too Many Attempts.' } },
      'Failed to fetch users from external API: HTTP 429 on page 1',
    ],
  ])('fails where it %s', async (_what, when, reply, detail) => {
    answer(when, reply);
    const patience = { EXTERNAL_API_TIMEOUT_MS: reply === 'hang' ? '1000' : '10000' };
    expect(await examine(patience)).toMatchObject({ status: 'fail', detail });
  });

  it('is looked at for each target by itself', async () => {
    const findings = await world.examine({
      SYNC_TARGETS: 'dev,test,other',
      EXTERNAL_API_PASSWORD_TEST: 'another-password',
    });
    expect(checksThat('fail', findings)).toEqual(['depot server of test', 'location of other']);
    expect(findingOf(findings, 'depot server of dev')?.status).toBe('pass');
    expect(findingOf(findings, 'depot server of other')?.detail).toBe(
      'skipped, because the check "location of other" failed',
    );
  });

  it('is not called where its address is none that credentials may be sent to', async () => {
    await world.database.connection.query("UPDATE locations SET online_url = 'http://example.com'");
    expect(await examine()).toMatchObject({ status: 'warn', detail: expect.stringMatching(/^skipped/) });
    expect(world.depot.requests).toEqual([]);
  });
});
