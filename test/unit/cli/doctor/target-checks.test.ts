import { describe, expect, it } from 'vitest';
import { BOT_SETTINGS } from '../../../../sandbox/worlds/bot.ts';
import { startChecks } from '../../../../src/cli/doctor/check.ts';
import { readSettings } from '../../../../src/cli/doctor/settings-checks.ts';
import { targetChecks } from '../../../../src/cli/doctor/target-checks.ts';
import type { Locations } from '../../../../src/sync/ports/source.ts';

describe('the check of a depot server', () => {
  it('tries no login where one half of the own login of the target is wrong', async () => {
    const { config, unusable } = readSettings({
      ...BOT_SETTINGS,
      DATABASE_URL: 'mysql://root@127.0.0.1/laravel',
      EXTERNAL_API_EMAIL_PROD: 'not an email',
      EXTERNAL_API_PASSWORD_PROD: 'of-prod',
    });
    const probed: string[] = [];
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
