import { describe, expect, it } from 'vitest';
import { en } from '../../../src/slack/text/en.ts';
import type { Excerpt } from '../../../src/slack/views/excerpt.ts';
import { NO_EXCERPT } from '../../../src/slack/views/excerpt.ts';
import { readingMessage, runMessage } from '../../../src/slack/views/run-message.ts';
import type { RunStatus } from '../../../src/sync/run.ts';
import { SYSTEM } from '../../../src/sync/run.ts';
import { type ANN, aRun, BOB, changes, completedRun, failedRun } from './fixtures.ts';
import { buttonsIn, textOf, textsIn } from './read-payload.ts';

const options = { guardLimits: { count: 5, percent: 20 }, secondPerson: false };
const TWENTY_FIVE: Excerpt = { ...NO_EXCERPT, add: changes('add', 25) };

describe('the preview', () => {
  const run = aRun();
  const message = runMessage(en, run, TWENTY_FIVE, options);

  it('says action and scope first', () => {
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: Dev');
    expect(textOf(message, 'run:12:ready:line')).toBe(
      '25 users will be added to Dev; nobody will be deactivated.',
    );
    expect(message.text).toBe(
      'Sync Preview: Dev. 25 users will be added to Dev; nobody will be deactivated.',
    );
  });

  it('says who asked, which run it is, which plan and until when it can be confirmed', () => {
    expect(textOf(message, 'run:12:ready:requester')).toBe('Requested by <@U0ANN>');
    expect(textOf(message, 'run:12:ready:footer')).toBe(
      'Run 12\nPlan `0123456789ab`\n' +
        'Can be confirmed until <!date^1793590205^{time}, {date_short_pretty}|2026-11-02 03:30 UTC>',
    );
  });

  it('counts as the scenario does', () => {
    const test = aRun({}, { source: 13, add: 3, deactivate: 2, unchanged: 10 });
    expect(textOf(runMessage(en, test, NO_EXCERPT, options), 'run:12:ready:counts')).toBe(
      '*New*\n3\n*Reactivated*\n0\n*Deactivated*\n2\n*Unchanged*\n10\n*Total at the Server*\n13',
    );
  });

  it('lists all 25 emails as code', () => {
    const lines = textOf(message, 'run:12:ready:add').split('\n');
    expect(lines[0]).toBe('*New Users (25)*');
    expect(lines.slice(1)).toEqual(changes('add', 25).map(({ email }) => `\`${email}\``));
  });

  it('leaves out lists and warnings of what there is none', () => {
    expect(message.blocks.map(({ block_id }) => block_id?.split(':').at(-1))).toEqual([
      'header',
      'line',
      'requester',
      'counts',
      'add',
      'footer',
      'buttons',
    ]);
  });

  it('offers Confirm & Execute with a dialog, Cancel and View All, each carrying the run alone', () => {
    const [confirm, cancel, view] = buttonsIn(message);
    expect(confirm).toMatchObject({
      action_id: 'confirm_run',
      value: '12',
      style: 'primary',
      text: { text: 'Confirm & Execute' },
      confirm: {
        title: { text: 'Sync Dev?' },
        text: { text: '25 users will be added to Dev; nobody will be deactivated.' },
        confirm: { text: 'Execute Sync' },
        deny: { text: 'Go Back' },
        style: 'primary',
      },
    });
    expect(cancel).toEqual({
      type: 'button',
      action_id: 'cancel_run',
      value: '12',
      text: { type: 'plain_text', text: 'Cancel', emoji: false },
    });
    expect(view).toEqual({
      type: 'button',
      action_id: 'view_plan',
      value: '12',
      text: { type: 'plain_text', text: 'View All', emoji: false },
    });
  });

  it('is red where anyone is deactivated', () => {
    const [confirm] = buttonsIn(runMessage(en, aRun({}, { deactivate: 1 }), NO_EXCERPT, options));
    expect(confirm).toMatchObject({ style: 'danger', confirm: { style: 'danger' } });
  });

  it('shows the first emails and how many more stand in the file', () => {
    const long = runMessage(en, aRun({}, { add: 813 }), { ...NO_EXCERPT, add: changes('add', 40) }, options);
    const lines = textOf(long, 'run:12:ready:add').split('\n');
    expect(lines).toHaveLength(32);
    expect(lines.at(-1)).toBe('…and 783 more. The CSV file in the thread lists them all.');
  });

  it('says which rows were skipped, why, and what to do', () => {
    const skipped = changes('skipped', ['', 'not-an-email', 'x@dkm', 'y', 'z']).map((change, index) => ({
      ...change,
      detail: [
        'id_user 7: no_email',
        'id_user 8: bad_email',
        'id_user 9: bad_status',
        'row 8',
        'id_user 10: constructor',
      ][index],
    }));
    const noisy = runMessage(
      en,
      aRun({}, { skipped: 5, duplicates: 1, protected: 2 }),
      { ...NO_EXCERPT, skipped, protected: changes('protected', ['root@dkm', 'boss@dkm']) },
      options,
    );
    expect(textOf(noisy, 'run:12:ready:skipped')).toBe(
      '*Skipped Rows (5)*\n`""` id_user 7: no email\n`not-an-email` id_user 8: not a usable email\n' +
        '`x@dkm` id_user 9: status_user is neither 0 nor 1\n`y` row 8\n`z` id_user 10: constructor',
    );
    expect(textOf(noisy, 'run:12:ready:protected')).toBe('*Protected Users (2)*\n`root@dkm`\n`boss@dkm`');
    expect(textOf(noisy, 'run:12:ready:warnings')).toBe(
      [
        '*Please Note*',
        '• 2 users are missing at the server but stay active, because PROTECTED_EMAILS names them. See Protected Users below.',
        "• 5 rows of the server's list could not be used and were skipped. See Skipped Rows below, and have them corrected at the server.",
        "• 1 row of the server's list repeats the email of another row. That email counts once.",
      ].join('\n'),
    );
  });

  it('asks for a second person where the target needs two', () => {
    const two = runMessage(en, run, TWENTY_FIVE, { ...options, secondPerson: true });
    expect(textOf(two, 'run:12:ready:warnings')).toContain(
      '• This target needs two people: an admin other than <@U0ANN> must confirm.',
    );
    const scheduled = aRun({ requestedBy: SYSTEM });
    expect(
      textsIn(runMessage(en, scheduled, TWENTY_FIVE, { ...options, secondPerson: true })).join(),
    ).not.toContain('two people');
  });
});

describe('the preview of a plan that trips the guard', () => {
  const facts = { deactivate: 30, recentlyDeactivated: 4, active: 100 };
  const run = aRun({ guard: { tripped: true, why: 'limits', ...facts } }, { deactivate: 30 });
  const message = runMessage(en, run, NO_EXCERPT, options);

  it('gives the numbers, the limits and the way on', () => {
    expect(textOf(message, 'run:12:ready:warnings')).toBe(
      '*Please Note*\n• *This plan deactivates 30 of the 100 users active at Dev.* In the last 24 hours, 4 other users ' +
        'were deactivated there. Within 24 hours, up to 5 users or 20% of the active users, whichever is more, can be ' +
        'deactivated without a reason. Make sure that this is meant. To go on, press Confirm With Reason…; ' +
        'otherwise press Cancel.',
    );
  });

  it('replaces Confirm by the way to the modal, without a dialog before it', () => {
    const [confirm, ...others] = buttonsIn(message);
    expect(confirm).toEqual({
      type: 'button',
      action_id: 'confirm_guarded_run',
      value: '12',
      style: 'danger',
      text: { type: 'plain_text', text: 'Confirm With Reason…', emoji: false },
    });
    expect(others.map(({ action_id }) => action_id)).toEqual(['cancel_run', 'view_plan']);
  });

  it('says so where nobody would stay active', () => {
    const everyone = aRun({ guard: { tripped: true, why: 'everyone', ...facts, deactivate: 100 } });
    expect(textOf(runMessage(en, everyone, NO_EXCERPT, options), 'run:12:ready:warnings')).toContain(
      'all 100 users active at Dev.* In the last 24 hours, 4 other users were deactivated there. ' +
        'Nobody would stay active. That always needs a reason.',
    );
  });
});

describe('while the work goes on', () => {
  it('says that it reads', () => {
    const run = aRun({ status: 'reading', planHash: undefined });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:reading:line')).toBe('Reading users from Dev…');
    expect(buttonsIn(message)).toEqual([]);
    expect(message.blocks.some(({ block_id }) => block_id?.endsWith('counts'))).toBe(false);
  });

  it('says how far it has read', () => {
    const run = aRun({ status: 'reading', planHash: undefined });
    expect(readingMessage(en, run, 300, 800).text).toBe('Reading users from Dev… 300 of 800 users.');
    expect(readingMessage(en, run, 1, undefined).text).toBe('Reading users from Dev… 1 user so far.');
    expect(textOf(readingMessage(en, run, 300, 800), 'run:12:reading:line')).toContain('300 of 800 users');
    expect(buttonsIn(readingMessage(en, run, 300, 800))).toEqual([]);
  });

  it('takes the buttons away while it executes, and says who confirmed', () => {
    const run = aRun({ status: 'executing', confirmedBy: BOB });
    const message = runMessage(en, run, TWENTY_FIVE, options);
    expect(textOf(message, 'run:12:executing:line')).toBe('Syncing Dev…\nConfirmed by <@U0BOB>.');
    expect(buttonsIn(message)).toEqual([]);
  });
});

describe('after the end', () => {
  it('says what was done, by whom and when, and keeps counts, list and View All', () => {
    const message = runMessage(en, completedRun(), TWENTY_FIVE, options);
    expect(textOf(message, 'run:12:completed:header')).toBe('Sync Completed: Dev');
    expect(textOf(message, 'run:12:completed:line')).toBe(
      '25 users were added to Dev; nobody was deactivated.\n' +
        'Completed by <@U0BOB> at <!date^1793588701^{time}, {date_short_pretty}|2026-11-02 03:05 UTC>.',
    );
    expect(textOf(message, 'run:12:completed:counts')).toContain('*New*\n25');
    expect(textOf(message, 'run:12:completed:add')).toContain('`user25@depot.test`');
    expect(textOf(message, 'run:12:completed:footer')).toContain(
      '\nTo take it back, type `/usersync rollback 12`',
    );
    expect(buttonsIn(message).map(({ action_id }) => action_id)).toEqual(['view_plan']);
  });

  it('promises no list where its changes are not at hand', () => {
    expect(JSON.stringify(runMessage(en, completedRun(), NO_EXCERPT, options))).not.toContain('more');
  });

  it('quotes the reason that was given, on one line and without markup', () => {
    const run = completedRun({ reason: 'They left\n<!channel>' });
    expect(textOf(runMessage(en, run, NO_EXCERPT, options), 'run:12:completed:line')).toContain(
      '\nReason given: They left &lt;!channel&gt;',
    );
  });

  it('says All synced! without buttons where nothing had to change', () => {
    const run = aRun({ status: 'completed' }, { source: 36, add: 0, unchanged: 36 });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(message.text).toBe(
      'All Synced: Dev. All synced! Dev already matches its server. Nothing was changed.',
    );
    expect(textOf(message, 'run:12:completed:line')).toMatch(/^All synced!/);
    expect(buttonsIn(message)).toEqual([]);
  });

  it('promises no file where a run without changes skipped many rows', () => {
    const run = aRun({ status: 'completed' }, { add: 0, skipped: 50 });
    const excerpt = { ...NO_EXCERPT, skipped: changes('skipped', 30) };
    expect(textOf(runMessage(en, run, excerpt, options), 'run:12:completed:skipped')).toMatch(
      /\n…and \d+ more$/,
    );
  });

  it.each([
    [
      'cancelled',
      'Sync Cancelled: Dev',
      'Cancelled by <@U0BOB>. Nothing was changed. Type `/usersync dev` for a new preview.',
    ],
    [
      'expired',
      'Preview Expired: Dev',
      'Expired: nobody confirmed it in time. Nothing was changed. Type `/usersync dev` for a new preview.',
    ],
    [
      'superseded',
      'Preview Replaced: Dev',
      'Replaced by a newer preview of Dev. Nothing was changed by this one. Use the newer one.',
    ],
  ] as const)('says what became of a %s run and keeps counts and View All', (status, title, line) => {
    const run = aRun({ status, cancelledBy: status === 'cancelled' ? BOB : undefined });
    const message = runMessage(en, run, TWENTY_FIVE, options);
    expect(textOf(message, `run:12:${status}:header`)).toBe(title);
    expect(textOf(message, `run:12:${status}:line`)).toBe(line);
    expect(textOf(message, `run:12:${status}:counts`)).toContain('*New*\n25');
    expect(buttonsIn(message).map(({ action_id }) => action_id)).toEqual(['view_plan']);
  });

  it('says why a run failed, that nothing was changed and what to do, and offers Try Again', () => {
    const message = runMessage(en, failedRun({ code: 'list_moved' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:failed:header')).toBe('Sync Failed: Dev');
    expect(textOf(message, 'run:12:failed:line')).toBe(
      'The user list changed while it was read\nNothing was changed. Somebody is adding or removing users at the ' +
        'Dev server. Wait a few minutes, then press Try Again.',
    );
    expect(buttonsIn(message)).toEqual([
      {
        type: 'button',
        action_id: 'retry_run',
        value: '12',
        text: { type: 'plain_text', text: 'Try Again', emoji: false },
      },
    ]);
  });

  it('offers New Preview where the plan was stale, beside the plan', () => {
    const run = aRun({ status: 'failed', failure: { code: 'stale', total: 2, emails: ['a@dkm'] } });
    const buttons = buttonsIn(runMessage(en, run, NO_EXCERPT, options));
    expect(buttons.map(({ action_id, text }) => [action_id, text.text])).toEqual([
      ['retry_run', 'New Preview'],
      ['view_plan', 'View All'],
    ]);
  });

  it('offers no second Try Again once a new preview was started', () => {
    const message = runMessage(en, failedRun({ code: 'list_moved' }, { nextRunId: 13 }), NO_EXCERPT, options);
    expect(buttonsIn(message)).toEqual([]);
    expect(textOf(message, 'run:12:failed:line')).toContain('A new preview was started as run 13.');
  });
});

describe('every message', () => {
  const statuses: RunStatus[] = [
    'reading',
    'ready',
    'executing',
    'completed',
    'cancelled',
    'expired',
    'superseded',
    'failed',
  ];

  it.each(statuses)('has block ids of its own while %s', (status) => {
    const { blocks } = runMessage(en, aRun({ status }), TWENTY_FIVE, options);
    for (const { block_id } of blocks) expect(block_id).toMatch(new RegExp(`^run:12:${status}:[a-z]+$`));
  });

  it('names the bot where the bot asked, and a person who is no Slack member by name', () => {
    const text = (requestedBy: typeof ANN) =>
      textOf(runMessage(en, aRun({ requestedBy }), NO_EXCERPT, options), 'run:12:ready:requester');
    expect(text(SYSTEM)).toBe('Requested by usersync');
    expect(text({ id: 'U1> <!channel', name: '<!here>' })).toBe('Requested by &lt;!here&gt;');
  });

  it('never pings or links with what stands in the data', () => {
    const trap = '<!channel> <@U1> <https://x.test> `';
    const run = aRun(
      { locationName: trap, status: 'failed', failure: { code: 'fetch_failed', reason: trap } },
      { add: 1 },
    );
    for (const status of statuses) {
      const message = runMessage(
        en,
        { ...run, status },
        { ...NO_EXCERPT, add: changes('add', [trap]) },
        options,
      );
      for (const text of textsIn(message)) expect(text).not.toMatch(/<!channel|<@U1>|<https/);
    }
  });

  it('has no emoji in its header, whatever the location is called', () => {
    const message = runMessage(en, aRun({ locationName: 'Dev 🚚 :tada: 10:30' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: Dev  ꞉tada: 10:30');
  });

  it('names the location by its target where it has no name', () => {
    const message = runMessage(en, aRun({ locationName: ' ' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: dev');
  });
});
