import { describe, expect, it } from 'vitest';
import { checkView } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { homeView } from '../../../../../src/slack/views/answers/home-and-help.ts';
import { aRun, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { LINK } from '../arbitrary-admin.ts';
import { anOverview } from '../overviews.ts';
import { textOf } from '../read-payload.ts';

const home = {
  admin: true,
  overviews: [anOverview(), anOverview({ target: 'sby', locationName: undefined })],
  others: [],
  recent: [completedRun()],
  pauses: [],
  schedule: undefined,
  linkOf: () => LINK,
  channelId: 'C0OPS',
} as const;

const previews = (view: ReturnType<typeof homeView>) =>
  view.blocks.flatMap((block) =>
    'accessory' in block && block.accessory !== undefined ? [block.accessory] : [],
  );

describe('the Home tab of an admin', () => {
  const view = homeView(en, home);

  it('shows how every target stands, what ran lately and what is scheduled', () => {
    expect(view.blocks.map(({ block_id }) => block_id)).toEqual([
      'home:title',
      'home:intro',
      'home:channel',
      'home:target:0',
      'home:target:1',
      'home:recent',
      'home:run:12',
      'home:schedule',
      'home:commands',
    ]);
    expect(textOf(view, 'home:target:0')).toMatch(/^\*Dev\*\n13 active users, 2 inactive\nNever synced/);
    expect(textOf(view, 'home:run:12')).toMatch(/^\*Run 12\*, \*Dev\*: completed by <@U0BOB> \(25 added\)\n/);
    expect(textOf(view, 'home:schedule')).toContain('SYNC_SCHEDULE is not set');
    expect(textOf(view, 'home:commands')).toBe('Type `/usersync help` in a channel to see all commands.');
  });

  it('offers a preview of every target that has a location, and says where it appears', () => {
    expect(previews(view)).toMatchObject([
      {
        action_id: 'home_preview',
        value: 'dev',
        text: { text: 'Preview' },
        accessibility_label: 'Preview of dev',
      },
    ]);
    expect(textOf(view, 'home:channel')).toBe('A preview that you start here appears in <#C0OPS>.');
  });

  it('offers none where there is no channel for it, and says what to set', () => {
    const without = homeView(en, { ...home, channelId: undefined });
    expect(previews(without)).toEqual([]);
    expect(textOf(without, 'home:channel')).toContain('must set SLACK_CHANNEL_IDS');
  });

  it('says which rules are paused, and how to resume them', () => {
    const pause = { target: 'dev', by: { id: 'U0AYU', name: 'ayu' }, at: new Date(0), becauseOf: undefined };
    const view = homeView(en, { ...home, pauses: [pause] });
    expect(textOf(view, 'home:pauses')).toMatch(/`dev`: paused by <@U0AYU>.* Type `\/usersync resume dev`/);
  });

  it('says so where there are no targets and no runs yet', () => {
    const empty = homeView(en, { ...home, overviews: [], recent: [] });
    expect(textOf(empty, 'home:none')).toContain('must set SYNC_TARGETS');
    expect(textOf(empty, 'home:runs:none')).toMatch(/^There are no runs to show/);
  });

  it('shows ten runs and 70 targets, and how to see the others', () => {
    const overviews = Array.from({ length: 75 }, (_, n) => anOverview({ target: `t${n}` }));
    const recent = Array.from({ length: 12 }, (_, n) => completedRun({ id: 40 - n }));
    const full = homeView(en, { ...home, overviews, recent });
    expect(checkView(full)).toEqual([]);
    expect(previews(full)).toHaveLength(70);
    expect(textOf(full, 'home:more')).toBe(
      '…and 5 more targets. Type `/usersync status t70` to see one alone.',
    );
    expect(full.blocks.filter(({ block_id }) => block_id?.startsWith('home:run:'))).toHaveLength(10);
  });

  it('shows a target that waits, however much the failures of others say', () => {
    const failed = {
      locationName: 'L'.repeat(100),
      lastFailed: failedRun({ code: 'location_changed' }),
      lastSync: completedRun(),
      rolledBackSince: completedRun({ reverts: 11 }),
      changedSince: 5,
    };
    const others = Array.from({ length: 69 }, (_, n) => anOverview({ target: `t${n}`, ...failed }));
    const full = homeView(en, {
      ...home,
      overviews: [...others, anOverview({ target: 'last', pending: aRun() })],
    });
    expect(textOf(full, 'home:more')).toMatch(/^…and \d+ more targets/);
    expect(textOf(full, 'home:target:69')).toContain('last');
    expect(textOf(full, 'home:target:0')).toContain('t0');
  });
});

describe('the Home tab of another', () => {
  it('says what the app is and how to be allowed to use it, and shows nothing else', () => {
    const view = homeView(en, { admin: false, why: 'not_listed', admins: ['S0ADMINS', 'U0AYU'] });
    expect(view.blocks.map(({ block_id }) => block_id)).toEqual(['home:title', 'home:intro', 'home:visitor']);
    expect(textOf(view, 'home:visitor')).toMatch(
      /^Only usersync admins may use it.* ask the operator.* The admins are <!subteam\^S0ADMINS>, <@U0AYU>\.$/,
    );
  });

  it('does not say who is an admin while Slack does not tell, and sends no guest to the operator', () => {
    const told = (why: 'unverifiable' | 'guest') =>
      textOf(homeView(en, { admin: false, why, admins: [] }), 'home:visitor');
    expect(told('unverifiable')).toMatch(/^Slack did not say whether you are an admin/);
    expect(told('guest')).toMatch(/^Guests of this workspace may not use usersync/);
  });
});
