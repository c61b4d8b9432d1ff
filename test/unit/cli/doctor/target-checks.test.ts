import { describe, expect, it } from 'vitest';
import { BOT_SETTINGS } from '../../../../sandbox/worlds/bot.ts';
import { type Finding, startChecks } from '../../../../src/cli/doctor/check.ts';
import { readSettings } from '../../../../src/cli/doctor/settings-checks.ts';
import { targetChecks } from '../../../../src/cli/doctor/target-checks.ts';
import { FetchFailedError, LoginFailedError } from '../../../../src/depot-api/errors.ts';
import type { DepotReason } from '../../../../src/sync/failures/depot-reason.ts';
import type { Locations } from '../../../../src/sync/ports/source.ts';

const target = (name: string) => ({
  name,
  locationId: 1,
  locationName: name,
  baseUrl: 'https://depot.test',
});
const locations: Locations = {
  names: () => true,
  find: async (name) => target(name),
  findAll: async (names) => new Map(names.map((name) => [name, target(name)])),
};
const SETTINGS = { ...BOT_SETTINGS, DATABASE_URL: 'mysql://root@127.0.0.1/laravel' };

/** What doctor finds at the depot server of dev, where a sync fails with `error`. */
async function foundAfter(error: Error): Promise<Finding | undefined> {
  const { config, unusable } = readSettings(SETTINGS);
  const checks = targetChecks(config, locations, () => Promise.reject(error));
  const findings = await Promise.all(startChecks(checks, unusable));
  return findings.find(({ check }) => check === 'depot server of dev');
}

const REACHES = /^See that this machine reaches/;
const CORRECT = /^Correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD \(or EXTERNAL_API_EMAIL_DEV .*\)\.$/;
const OR_ASK = /^Correct EXTERNAL_API_EMAIL .* ask the administrator .* POST \/api\/auth\/login\.$/;
const ASK =
  /^See that locations\.online_url is right, then ask the administrator .* POST \/api\/auth\/login\.$/;
const LOWER = /^Lower EXTERNAL_API_REQUESTS_PER_SECOND/;

describe('the remedy where a login fails', () => {
  it.each<[string, ConstructorParameters<typeof LoginFailedError>, RegExp, boolean]>([
    ['no answer', [{ code: 'connection_timeout' }, { means: 'unanswered' }], REACHES, false],
    ['401', [{ code: 'unauthorized' }, { means: 'unauthorized' }], CORRECT, true],
    ['422', [{ code: 'login_refused', status: 422, words: 'Wrong' }], OR_ASK, true],
    ['400', [{ code: 'login_refused', status: 400 }], OR_ASK, true],
    ['403', [{ code: 'login_refused', status: 403 }], OR_ASK, true],
    ['500', [{ code: 'login_refused', status: 500 }], ASK, false],
    ['a redirect', [{ code: 'redirected', status: 302 }], ASK, false],
    ['words without a token', [{ code: 'no_token', words: 'Wrong password' }], OR_ASK, true],
    ['no token and no words', [{ code: 'no_token' }], ASK, false],
    ['429', [{ code: 'login_refused', status: 429 }], LOWER, false],
  ])(
    'fits to the answer, and setup asks for another login only where that may help: %s',
    async (_, [...why], todo, asks) => {
      const found = await foundAfter(new LoginFailedError(...why));
      expect(found).toMatchObject({ status: 'fail', todo: expect.stringMatching(todo), loginRefused: asks });
    },
  );
});

describe('the remedy where a page fails', () => {
  it('is to ask less where the server limits the rate', async () => {
    const why: DepotReason = { code: 'on_page', page: 1, why: { code: 'http_status', status: 429 } };
    expect(await foundAfter(new FetchFailedError(why))).toMatchObject({ todo: expect.stringMatching(LOWER) });
  });
});

describe('the check of a depot server', () => {
  it('tries no login where one half of the own login of the target is wrong', async () => {
    const { config, unusable } = readSettings({
      ...SETTINGS,
      EXTERNAL_API_EMAIL_PROD: 'not an email',
      EXTERNAL_API_PASSWORD_PROD: 'of-prod',
    });
    const probed: string[] = [];
    const checks = targetChecks(config, locations, async ({ name }) => {
      probed.push(name);
      return { loginMs: 1, pageMs: 1, rows: 1, total: 1 };
    });
    const findings = await Promise.all(startChecks(checks, unusable));
    expect(findings.find(({ check }) => check === 'depot server of prod')).toMatchObject({ skipped: true });
    expect(probed).not.toContain('prod');
    expect(probed).toContain('dev');
  });
});
