import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { type Excerpt, NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { type RunMessageOptions, runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { type Run, SYSTEM } from '../../../../../src/sync/run/run.ts';
import { aRun, BOB, changes, failedRun } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf, textsIn } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};
const TWENTY_FIVE: Excerpt = { ...NO_EXCERPT, add: changes('add', 25) };

describe('the preview', () => {
  const run = aRun();
  const message = runMessage(en, run, TWENTY_FIVE, options);

  it('says action and scope first', () => {
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: Dev');
    expect(textOf(message, 'run:12:ready:line')).toBe(
      '📋 25 users will be added to Dev; nobody will be deactivated.',
    );
    expect(message.text).toMatch(
      /^Sync Preview: Dev\. 25 users will be added to Dev; nobody will be deactivated\.\n/,
    );
  });

  it('says in its text what its blocks say, since a screen reader reads nothing else', () => {
    const guard = {
      tripped: true,
      why: 'limits',
      deactivate: 9,
      recentlyDeactivated: 0,
      active: 10,
    } as const;
    const people = { needed: 2, approvals: [] };
    const excerpt = { ...NO_EXCERPT, deactivate: changes('deactivate', ['lead@dkm']) };
    const { text } = runMessage(en, aRun({ guard }, { deactivate: 9, unchanged: 3 }), excerpt, {
      ...options,
      people,
    });
    for (const said of [
      'Requested by <@U0ANN>',
      'This plan deactivates 9 of the 10 users active at Dev.',
      '\n*Unchanged*: 3\n',
      'an admin other than <@U0ANN> must confirm',
      '`lead@dkm`',
      'Can be confirmed until',
    ])
      expect(text).toContain(said);
    const failed = runMessage(en, failedRun({ code: 'list_moved' }), NO_EXCERPT, options);
    expect(failed.text).toContain('Wait a few minutes, then press Try Again.');
  });

  it('says who asked, which run it is, which plan and until when it can be confirmed', () => {
    expect(textOf(message, 'run:12:ready:requester')).toBe('Requested by <@U0ANN>');
    expect(textOf(message, 'run:12:ready:footer')).toBe(
      'Run 12\nPlan `0123456789ab`\n' +
        'Can be confirmed until <!date^1793590205^{date_short_pretty} at {time}|2026-11-02 03:30 UTC>',
    );
  });

  it('promises no time for Confirm that a freeze outlasts', () => {
    const frozen = (until: string) =>
      textOf(
        runMessage(en, run, NO_EXCERPT, { ...options, frozenUntil: new Date(until) }),
        'run:12:ready:footer',
      );
    expect(frozen('2026-11-03T00:00:00Z')).toMatch(/\nExpires <!date[^\n]*$/);
    expect(frozen('2026-11-02T03:10:00Z')).toContain('Can be confirmed until');
  });

  it('counts each kind of change, the unchanged users and all on the server, as scenario 2 does', () => {
    const test = aRun({}, { source: 13, add: 3, deactivate: 2, unchanged: 10 });
    expect(textOf(runMessage(en, test, NO_EXCERPT, options), 'run:12:ready:counts')).toBe(
      '*New*\n3\n*To Reactivate*\n0\n*To Deactivate*\n2\n*Unchanged*\n10\n*Total on the Server*\n13',
    );
    const none = aRun({}, { source: 0, add: 0, deactivate: 2, skipped: 1 });
    expect(textOf(runMessage(en, none, NO_EXCERPT, options), 'run:12:ready:counts')).toBe(
      '*New*\n0\n*To Reactivate*\n0\n*To Deactivate*\n2\n*Unchanged*\n0\n*Skipped Rows*\n1',
    );
    const rollback = { ...none, reverts: 11 };
    expect(textOf(runMessage(en, rollback, NO_EXCERPT, options), 'run:12:ready:counts')).toBe(
      '*To Reactivate*\n0\n*To Deactivate*\n2\n*Unchanged*\n0\n*Skipped Users*\n1',
    );
  });

  it.each([
    [25, '…and 15 more. Press View All to see them.'],
    [813, '…and 803 more. The CSV file in the thread lists them all.'],
  ])('lists the first 10 of %d emails as code, and says where the others are', (add, others) => {
    const excerpt = { ...NO_EXCERPT, add: changes('add', 25) };
    const lines = textOf(runMessage(en, aRun({}, { add }), excerpt, options), 'run:12:ready:add').split('\n');
    expect(lines[0]).toBe(`*New Users (${add})*`);
    expect(lines.slice(1, -1)).toEqual(changes('add', 10).map(({ email }) => `\`${email}\``));
    expect(lines.at(-1)).toBe(others);
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

  it('offers Confirm & Execute with a dialog, Cancel, Adjust and View All, each carrying the run alone', () => {
    const [confirm, cancel, adjust, view] = buttonsIn(message);
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
    expect(adjust).toEqual({
      type: 'button',
      action_id: 'adjust_run',
      value: '12',
      text: { type: 'plain_text', text: 'Adjust', emoji: false },
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

  it('says which rows were skipped, why, and what to do', () => {
    const skipped = changes('skipped', ['', 'not-an-email', 'x@dkm', 'y', 'z']).map((change, index) => ({
      ...change,
      ...[
        { detail: 'no_email', sourceId: 7n },
        { detail: 'bad_email', sourceId: 8n },
        { detail: 'bad_status', sourceId: 9n },
        // The whole detail of a plan of an older version.
        { detail: 'id_user 8: no_email' },
        { detail: 'constructor', sourceId: 10n },
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
        '`x@dkm` id_user 9: status_user is neither 0 nor 1\n`y` id_user 8: no_email\n`z` id_user 10: constructor',
    );
    for (const counts of [{ skipped: 5 }, { duplicates: 1, deactivate: 1 }]) {
      const harmless = runMessage(en, aRun({}, counts), NO_EXCERPT, options);
      expect(textOf(harmless, 'run:12:ready:warnings')).not.toContain('A row without an email');
    }
    const leaving = runMessage(en, aRun({}, { skipped: 5, deactivate: 1 }), NO_EXCERPT, options);
    expect(textOf(leaving, 'run:12:ready:warnings')).toContain(
      'A row without an email may be one of the users to be deactivated',
    );
    expect(textOf(noisy, 'run:12:ready:protected')).toBe('*Protected Users (2)*\n`root@dkm`\n`boss@dkm`');
    expect(textOf(noisy, 'run:12:ready:warnings')).toBe(
      [
        '*Please Note*',
        '• 2 users are missing from the server but stay active, because PROTECTED_EMAILS names them. See Protected Users below.',
        "• 5 rows of the server's list could not be used and were skipped. See Skipped Rows below, and have them corrected on the server.",
        "• 1 row of the server's list repeats the email of another row. That email counts once.",
      ].join('\n'),
    );
  });

  it.each([
    ['all for one doubt', { undecided: { doubt: 'end_repeats', users: 3 } }, 3, undefined],
    ['some for a doubt', { undecided: { doubt: 'end_repeats', users: 3 } }, 4, '1 more user is left alone.'],
    ['all for too few days', { absence: { days: 3, proposed: 1, waiting: 2 } }, 2, undefined],
    ['some for too few days', { absence: { days: 3, proposed: 1, waiting: 2 } }, 7, '5 more users are left'],
    ['all for what each line says', {}, 7, '7 users are left alone. See Left Alone below'],
  ] as const)('warns once of whoever is left alone: %s', (_what, told, kept, line) => {
    const lines = textOf(
      runMessage(en, aRun(told, { kept }), NO_EXCERPT, options),
      'run:12:ready:warnings',
    ).split('\n');
    const beside = lines.filter((each) => each.includes('left alone'));
    expect(beside).toEqual(line === undefined ? [] : [expect.stringContaining(line)]);
    expect(lines).toHaveLength(1 + Object.keys(told).length + beside.length);
  });

  it('bears the sign of a warning where somebody stays active unproven, and is called a preview all the same', () => {
    const message = runMessage(
      en,
      aRun({ undecided: { doubt: 'end_repeats', users: 3 } }),
      NO_EXCERPT,
      options,
    );
    expect(textOf(message, 'run:12:ready:header')).toBe('Sync Preview: Dev');
    expect(textOf(message, 'run:12:ready:line')).toMatch(/^⚠️ 25 users will be added/);
  });

  it('names the rows that the server always repeats, by their id where they have no email', () => {
    const users = [
      { id: 7, email: 'a@dkm' },
      { id: 8, email: null },
    ];
    const message = runMessage(en, aRun({ repeats: { total: 3, users } }), NO_EXCERPT, options);
    expect(textOf(message, 'run:12:ready:warnings')).toContain(
      'The server lists 3 users more than once, in every read: `a@dkm`, id 8 and 1 more.',
    );
  });

  it('offers Confirm Alone beside its buttons where people are missing or a freeze holds, unless BREAK_GLASS is off', () => {
    const alone = (changed: Partial<RunMessageOptions>) =>
      buttonsIn(runMessage(en, run, NO_EXCERPT, { ...options, ...changed })).flatMap(
        ({ action_id, confirm }) => (action_id === 'confirm_alone_run' ? confirm?.style : []),
      );
    const people = { needed: 2, approvals: [] };
    const frozenUntil = new Date('2026-11-02T03:10:00Z');
    expect(alone({})).toEqual([]);
    expect(alone({ people })).toEqual(['danger']);
    expect(alone({ frozenUntil })).toEqual(['danger']);
    expect(alone({ people, frozenUntil, breakGlass: false })).toEqual([]);
  });

  it('says until when executions are frozen, and whether it expires before that', () => {
    const warned = (frozenUntil: string) =>
      textOf(
        runMessage(en, run, NO_EXCERPT, { ...options, frozenUntil: new Date(frozenUntil) }),
        'run:12:ready:warnings',
      );
    expect(warned('2026-11-02T03:10:00Z')).toContain('This plan can be confirmed after that.');
    expect(warned('2026-11-02T03:30:05Z')).toContain('and this plan expires before that.');
  });

  it('says whether a rule will decide on it, or why a rule did not apply it', () => {
    const warned = (held: Partial<Run>) =>
      textOf(
        runMessage(en, aRun({ autoRule: 'dev=add:5', ...held }), NO_EXCERPT, options),
        'run:12:ready:warnings',
      );
    expect(warned({})).toContain(en.automatic.decides('`dev=add:5`'));
    expect(warned({ autoHeld: 'late' })).toContain(en.automatic.held('`dev=add:5`', en.automatic.why.late));
  });

  it('says who left whom out', () => {
    const adjusted = runMessage(
      en,
      aRun({}, { add: 23, omitted: 2 }),
      { ...NO_EXCERPT, omitted: changes('omitted', ['a@dkm', 'b@dkm']) },
      options,
    );
    expect(textOf(adjusted, 'run:12:ready:requester')).toBe('Adjusted by <@U0ANN>');
    expect(textOf(adjusted, 'run:12:ready:counts')).toContain('*Left Out*\n2');
    expect(textOf(adjusted, 'run:12:ready:omitted')).toBe(
      '*Left Out (2)*\n`a@dkm` would have been added\n`b@dkm` would have been added',
    );
  });

  it('asks for a second person where the target needs two', () => {
    const two = runMessage(en, run, TWENTY_FIVE, {
      ...options,
      people: { needed: 2, approvals: [] },
      breakGlass: true,
    });
    expect(textOf(two, 'run:12:ready:warnings')).toContain(
      '• This target needs two people: an admin other than <@U0ANN> must confirm.',
    );
    const own = runMessage(en, aRun({ channelId: 'D0ANN' }), NO_EXCERPT, {
      ...options,
      people: { needed: 2, approvals: [] },
    });
    expect(textOf(own, 'run:12:ready:warnings')).toContain(
      'must confirm. Nobody else reads this conversation.',
    );
    expect(textOf(two, 'run:12:ready:warnings')).not.toContain('Nobody else reads');
    const gone = runMessage(en, run, NO_EXCERPT, {
      ...options,
      people: { needed: 2, approvals: [], gone: new Set(['U0ANN']) },
    });
    expect(textOf(gone, 'run:12:ready:warnings')).toBe(`*Please Note*\n• ${en.plan.people(2, undefined)}`);
    const three = { needed: 3, approvals: [{ actor: BOB, at: new Date('2026-11-02T03:01:00Z') }] };
    expect(
      textOf(runMessage(en, run, NO_EXCERPT, { ...options, people: three }), 'run:12:ready:warnings').split(
        '\n',
      ),
    ).toEqual([
      '*Please Note*',
      `• ${en.plan.people(3, '<@U0ANN>')}`,
      expect.stringMatching(/^• Counted so far: 2 of 3\. Approved: <@U0BOB>, /),
    ]);
    const scheduled = aRun({ requestedBy: SYSTEM });
    expect(
      textsIn(
        runMessage(en, scheduled, TWENTY_FIVE, {
          ...options,
          people: { needed: 2, approvals: [] },
          breakGlass: true,
        }),
      ).join(),
    ).not.toContain('two people');
  });
});

describe('the preview of a plan that trips the guard', () => {
  const facts = { deactivate: 30, recentlyDeactivated: 4, active: 100 };
  const run = aRun({ guard: { tripped: true, why: 'limits', ...facts } }, { deactivate: 30 });
  const message = runMessage(en, run, NO_EXCERPT, options);

  it('gives the numbers, the limits and the way on', () => {
    expect(message.blocks.map(({ block_id }) => block_id)[3]).toBe('run:12:ready:guard');
    expect(textOf(message, 'run:12:ready:guard')).toBe(
      '*This plan deactivates 30 of the 100 users active at Dev.* In the last 24 hours, 4 other users ' +
        'were deactivated there. Within 24 hours, up to 5 users or 20% of the active users, whichever is more, can be ' +
        'deactivated without a reason. Make sure this is intended. To go on, press Confirm With Reason…; ' +
        'otherwise press Cancel.',
    );
  });

  it('names no button in a freeze, which would refuse it', () => {
    const frozen = runMessage(en, run, NO_EXCERPT, { ...options, frozenUntil: new Date(0) });
    expect(textOf(frozen, 'run:12:ready:guard')).toMatch(/can be deactivated without a reason\.$/);
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
    expect(others.map(({ action_id }) => action_id)).toEqual(['cancel_run', 'adjust_run', 'view_plan']);
  });

  it('says so where nobody would stay active', () => {
    const everyone = aRun({ guard: { tripped: true, why: 'everyone', ...facts, deactivate: 100 } });
    expect(textOf(runMessage(en, everyone, NO_EXCERPT, options), 'run:12:ready:guard')).toContain(
      'all 100 users active at Dev.* In the last 24 hours, 4 other users were deactivated there. ' +
        'Nobody would stay active. That always needs a reason.',
    );
  });
});
