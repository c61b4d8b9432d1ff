import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { type Excerpt, NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import type { Failure } from '../../../../../src/sync/failures/failure.ts';
import type { Run } from '../../../../../src/sync/run/run.ts';
import { aRun, BOB, changes, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf, textsIn } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};
const TWENTY_FIVE: Excerpt = { ...NO_EXCERPT, add: changes('add', 25) };

describe('after the end', () => {
  it('says what was done, by whom and when, keeps what was counted and View All, and offers Roll Back', () => {
    const message = runMessage(en, completedRun(), TWENTY_FIVE, options);
    expect(textOf(message, 'run:12:completed:header')).toBe('Sync Completed: Dev');
    expect(textOf(message, 'run:12:completed:line')).toBe(
      '✅ 25 users were added to Dev; nobody was deactivated.\n' +
        'Completed by <@U0BOB>, <!date^1793588701^{date_short_pretty} at {time}|2026-11-02 03:05 UTC>.',
    );
    expect(textOf(message, 'run:12:completed:counts')).toBe('*Added*\n25\n*Total on the Server*\n25');
    expect(JSON.stringify(message)).not.toContain('@depot.test');
    expect(buttonsIn(message).map(({ action_id }) => action_id)).toEqual(['view_plan', 'roll_back_run']);
  });

  it('keeps who approved it besides requester and confirmer, whatever became of it', () => {
    const at = new Date('2026-11-02T03:04:00Z');
    const people = { needed: 3, approvals: [{ actor: { id: 'U0EVE', name: 'eve' }, at }] };
    for (const run of [completedRun(), failedRun({ code: 'unexpected' }), aRun({ status: 'cancelled' })]) {
      const message = runMessage(en, run, NO_EXCERPT, { ...options, people });
      expect(textOf(message, `run:12:${run.status}:approved`)).toBe(
        'Approved by <@U0EVE>, <!date^1793588640^{date_short_pretty} at {time}|2026-11-02 03:04 UTC>',
      );
    }
    const ready = runMessage(en, aRun(), NO_EXCERPT, { ...options, people });
    expect(JSON.stringify(ready.blocks).split('<@U0EVE>')).toHaveLength(2);
  });

  it('names its confirmer once, also one who had approved before and then confirmed alone', () => {
    const at = new Date('2026-11-02T03:04:00Z');
    const approvals = [{ id: 'U0EVE', name: 'eve' }, BOB].map((actor) => ({ actor, at }));
    const run = completedRun({ alone: true });
    const message = runMessage(en, run, NO_EXCERPT, { ...options, people: { needed: 3, approvals } });
    expect(textOf(message, 'run:12:completed:approved')).toMatch(/^Approved by <@U0EVE>, [^;]+$/);
    const only = { needed: 3, approvals: approvals.slice(1) };
    expect(textsIn(runMessage(en, run, NO_EXCERPT, { ...options, people: only })).join()).not.toContain(
      'Approved by',
    );
    // No other line of a failed run names its confirmer.
    const failed = { ...failedRun({ code: 'unexpected' }), confirmedBy: BOB };
    const ofFailed = runMessage(en, failed, NO_EXCERPT, { ...options, people: only });
    expect(textOf(ofFailed, 'run:12:failed:approved')).toMatch(/^Approved by <@U0BOB>/);
  });

  it('says that one admin confirmed it alone', () => {
    const message = runMessage(en, completedRun({ alone: true }), NO_EXCERPT, options);
    const when = '<!date^1793588701^{date_short_pretty} at {time}|2026-11-02 03:05 UTC>';
    expect(textOf(message, 'run:12:completed:line')).toContain(en.alone.completed('<@U0BOB>', when));
  });

  it('promises no list where its changes are not at hand', () => {
    const done = completedRun({}, { skipped: 50 });
    const idle = aRun({ status: 'completed' }, { add: 0, skipped: 50 });
    const skipped = changes('skipped', 30);
    const said = (run: Run, excerpt: Excerpt) => textsIn(runMessage(en, run, excerpt, options)).join();
    expect(said(idle, { ...NO_EXCERPT, skipped })).toContain('…and 40 more');
    for (const run of [idle, done]) expect(said(run, NO_EXCERPT)).not.toContain('more');
  });

  it('says who stays active unproven, beside the changes that were made', () => {
    const run = completedRun({ undecided: { users: 3, doubt: 'end_repeats' } }, { kept: 3 });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:completed:warnings')).toMatch(
      /^\*Please Note\*\n• 3 active users are not on the server's list, or inactive there, and stay active/,
    );
    expect(textsIn(runMessage(en, completedRun(), NO_EXCERPT, options)).join()).not.toContain('Please Note');
  });

  it('quotes the reason that was given, on one line and without markup', () => {
    const run = completedRun({ reason: 'They left\n<!channel>' });
    expect(textOf(runMessage(en, run, NO_EXCERPT, options), 'run:12:completed:line')).toContain(
      '\nReason given: They left &lt;!channel&gt;',
    );
  });

  it('says All synced! where nothing had to change, and offers a new preview alone', () => {
    const run = aRun({ status: 'completed' }, { source: 36, add: 0, unchanged: 36 });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(message.text).toMatch(
      /^All Synced: Dev\. All synced! Dev already matches its server\. Nothing was changed\.\n/,
    );
    expect(textOf(message, 'run:12:completed:line')).toMatch(/^✅ All synced!/);
    expect(buttonsIn(message).map(({ action_id }) => action_id)).toEqual(['retry_run']);
  });

  it('promises no file where a run without changes skipped many rows', () => {
    const run = aRun({ status: 'completed' }, { add: 0, skipped: 50 });
    const excerpt = { ...NO_EXCERPT, skipped: changes('skipped', 30) };
    expect(textOf(runMessage(en, run, excerpt, options), 'run:12:completed:skipped')).toMatch(
      /\n…and \d+ more$/,
    );
  });

  it('points at no list below where it has none any more', () => {
    const counts = { deactivate: 2, skipped: 3, protected: 4, kept: 5 };
    const done = runMessage(en, completedRun({}, counts), NO_EXCERPT, options);
    expect(textsIn(done).join()).not.toContain('below');
    const idle = runMessage(
      en,
      aRun({ status: 'completed' }, { ...counts, add: 0, deactivate: 0 }),
      NO_EXCERPT,
      options,
    );
    expect(textsIn(idle).join()).toContain('See Skipped Rows below');
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
      'It was not confirmed in time. Nothing was changed. Type `/usersync dev` for a new preview.',
    ],
    ['superseded', 'Preview Replaced: Dev', 'Replaced by a newer preview of Dev. This one changed nothing.'],
  ] as const)('says what became of a %s run and keeps counts and View All', (status, title, line) => {
    const run = aRun({ status, cancelledBy: status === 'cancelled' ? BOB : undefined });
    const message = runMessage(en, run, TWENTY_FIVE, options);
    expect(textOf(message, `run:12:${status}:header`)).toBe(title);
    expect(textOf(message, `run:12:${status}:line`)).toBe(`⚪ ${line}`);
    expect(textOf(message, `run:12:${status}:counts`)).toBe('*Not Added*\n25\n*Total on the Server*\n25');
    expect(buttonsIn(message).map(({ action_id, text }) => [action_id, text.text])).toEqual([
      ['retry_run', 'New Preview'],
      ['view_plan', 'View All'],
    ]);
  });

  it('says why a run failed, that nothing was changed and what to do, and offers Try Again', () => {
    const message = runMessage(en, failedRun({ code: 'list_moved' }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:failed:header')).toBe('Sync Failed: Dev');
    expect(textOf(message, 'run:12:failed:line')).toBe(
      '❌ The user list changed while it was read\nNothing was changed. Somebody may be adding or removing users on the ' +
        'Dev server, or it counts them wrongly. Wait a few minutes, then press Try Again. If it fails again, contact the ' +
        'administrator of that server.',
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

  it.each<Failure>([
    { code: 'stale', total: 2, emails: ['a@dkm'] },
    { code: 'planned_earlier' },
    { code: 'protected_since', total: 1, emails: ['a@dkm'] },
    { code: 'guard_tripped', deactivate: 9, recentlyDeactivated: 0, active: 10 },
    { code: 'second_person_needed', people: 1, needed: 2 },
    { code: 'held_back', by: 'freeze' },
    { code: 'location_changed' },
  ])('offers New Preview where the plan is out of date, beside the plan: $code', (failure) => {
    const run = aRun({ status: 'failed', failure });
    const buttons = buttonsIn(runMessage(en, run, NO_EXCERPT, options));
    expect(buttons.map(({ action_id, text }) => [action_id, text.text])).toEqual([
      ['retry_run', 'New Preview'],
      ['view_plan', 'View All'],
    ]);
  });

  it.each(['reading', 'executing', 'completed', 'failed'] as const)(
    'offers Confirm Alone only while it waits for people: not where it is %s',
    (status) => {
      const needed = { ...options, breakGlass: true, people: { needed: 2, approvals: [] } };
      const message = runMessage(en, aRun({ status }), NO_EXCERPT, needed);
      expect(buttonsIn(message).map(({ action_id }) => action_id)).not.toContain('confirm_alone_run');
    },
  );

  it('offers no second Try Again once a new preview was started', () => {
    const message = runMessage(en, failedRun({ code: 'list_moved' }, { nextRunId: 13 }), NO_EXCERPT, options);
    expect(buttonsIn(message)).toEqual([]);
    expect(textOf(message, 'run:12:failed:line')).toContain('A new preview was started as run 13.');
  });
});
