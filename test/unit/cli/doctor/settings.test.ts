import { describe, expect, it } from 'vitest';
import { BOT_SETTINGS } from '../../../../sandbox/worlds/bot.ts';
import { readSettings } from '../../../../src/cli/doctor/settings-check.ts';
import { settings } from '../../../../src/config/settings.ts';

const GOOD: Readonly<Record<string, string>> = {
  ...BOT_SETTINGS,
  DATABASE_URL: 'mysql://root@127.0.0.1/laravel',
};

/** Nothing that any setting may be, if it has a shape at all. */
const GARBAGE = '\u0000, =,\u0000';

describe('the settings', () => {
  it('pass in one line where all are well-formed', () => {
    const { findings, unusable } = readSettings(GOOD);
    expect(findings).toEqual([
      { check: 'settings', status: 'pass', detail: 'every setting is well-formed', todo: null },
    ]);
    expect([...unusable]).toEqual([]);
  });

  it('fail one line per problem, each naming the setting and what it must be', () => {
    const { findings, unusable } = readSettings({ ...GOOD, DATABASE_URL: 'postgres://x', PORT: 'http' });
    expect(findings.map(({ status, detail }) => `${status} ${detail}`)).toEqual([
      'fail PORT must be a whole number from 0 to 65535',
      'fail DATABASE_URL must be mysql://user:password@host:port/database',
    ]);
    expect([...unusable]).toEqual(['PORT', 'DATABASE_URL']);
  });

  it('leave the good ones usable as they are', () => {
    const { config } = readSettings({ ...GOOD, DATABASE_URL: 'nonsense', SYNC_TARGETS: 'prod=sby' });
    expect(config.targets).toEqual(new Map([['prod', 'sby']]));
    expect(config.slack.botToken).toBe(GOOD['SLACK_BOT_TOKEN']);
  });

  it('are read to the end with none set at all', () => {
    const { findings, unusable, config } = readSettings({});
    expect(findings.length).toBeGreaterThan(4);
    expect(findings[0]).toMatchObject({ status: 'fail', todo: expect.stringContaining('npm run setup') });
    // A stand-in completes the settings, and nobody is looked up who is one.
    expect(config.slack.adminUserIds).toEqual([]);
    for (const name of ['DATABASE_URL', 'SLACK_BOT_TOKEN', 'EXTERNAL_API_EMAIL'])
      expect(unusable).toContain(name);
  });

  it('are read to the end where settings contradict each other', () => {
    const { findings, unusable } = readSettings({
      ...GOOD,
      SLACK_MODE: 'socket',
      TWO_PERSON_TARGETS: 'nowhere',
    });
    expect(findings.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SLACK_APP_TOKEN is not set: it must be/),
    ]);
    expect(unusable).toContain('TWO_PERSON_TARGETS');
  });

  it.each(Object.keys(settings.shape))('are read to the end where %s alone is malformed', (name) => {
    const { findings, unusable } = readSettings({ ...GOOD, [name]: GARBAGE });
    const wrong = findings.filter(({ status }) => status === 'fail');
    expect(wrong.every(({ detail }) => detail.startsWith(name) && !detail.includes(GARBAGE))).toBe(true);
    expect(unusable.has(name)).toBe(wrong.length > 0);
  });
});
