import { describe, expect, it } from 'vitest';
import { settingsWarnings } from '../../../src/cli/start-warnings.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { type Environment, LEAST } from '../../support/settings.ts';

const warnings = (changed: Environment) =>
  settingsWarnings(parseConfig({ ...LEAST, ...changed }), new Date('2026-11-02T02:00:00Z'));
const scheduled = (cron: string) => ({ SYNC_SCHEDULE: cron, SYNC_SCHEDULE_CHANNEL_ID: 'C0OPS' });

describe('settings that do not go together', () => {
  it('are none where there is no schedule, or one that leaves previews their time', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings(scheduled('0 2 * * *'))).toEqual([]);
    expect(warnings(scheduled('*/30 * * * *'))).toEqual([]);
  });

  it('are a schedule that comes round before a preview ends', () => {
    expect(warnings(scheduled('*/10 * * * *'))).toEqual([
      expect.stringMatching(
        /^SYNC_SCHEDULE comes round after 10 minutes, sooner than PREVIEW_TTL_MINUTES \(30\)/,
      ),
    ]);
  });

  it('are days of absence that nothing counts by itself', () => {
    expect(warnings({ SYNC_ABSENCE_DAYS: '3' })).toEqual([
      expect.stringMatching(/^SYNC_ABSENCE_DAYS is 3, and there is no SYNC_SCHEDULE/),
    ]);
    expect(warnings({ SYNC_ABSENCE_DAYS: '3', ...scheduled('0 2 * * *') })).toEqual([]);
  });

  it('are a schedule that is over', () => {
    expect(warnings(scheduled('0 0 2 1 1 * 2020'))).toEqual([
      'SYNC_SCHEDULE has no further time: no preview will come by itself.',
    ]);
  });
});
