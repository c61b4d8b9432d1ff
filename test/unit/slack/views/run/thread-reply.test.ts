import { describe, expect, it } from 'vitest';
import { en, type Texts } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { type Elsewhere, threadReply } from '../../../../../src/slack/views/run/thread-reply.ts';
import type { Failure } from '../../../../../src/sync/failures/failure.ts';
import { type Run, SYSTEM } from '../../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB, changes, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

describe('the reply to a completed run', () => {
  it.each([
    [{}, 'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.'],
    [
      { add: 1, deactivate: 1, unchanged: 1 },
      'Sync completed successfully! 1 user added, 1 user deactivated, 1 user unchanged.',
    ],
    [
      { add: 3, reactivate: 1, deactivate: 2, unchanged: 10 },
      'Sync completed successfully! 3 users added, 1 user reactivated, 2 users deactivated, 10 users unchanged.',
    ],
    [
      { add: 0, reactivate: 2 },
      'Sync completed successfully! 0 users added, 2 users reactivated, 0 users deactivated, 0 users unchanged.',
    ],
  ])('is the sentence of the contract and nothing else (%o)', (counts, sentence) => {
    const reply = threadReply(en, completedRun({}, counts), 7);
    expect(reply.text).toBe(sentence);
    expect(textOf(reply, 'notice:7')).toBe(sentence);
  });

  it('names its place in the audit log, by the start of the hash', () => {
    const place = { seq: 41n, hash: '0123456789abcdef'.repeat(4) };
    const reply = threadReply(en, completedRun(), 7, undefined, place);
    expect(JSON.stringify(reply.blocks.at(-1))).toContain(en.run.auditPlace('41', '0123456789ab'));
    expect(JSON.stringify(threadReply(en, completedRun(), 7))).not.toContain('Audit');
  });
});

describe('the people of a run', () => {
  const below = (run: Run, elsewhere?: Elsewhere) => {
    const reply = threadReply(en, run, 7, elsewhere);
    return reply.blocks.length === 1 ? undefined : textOf(reply, 'notice:7:below');
  };

  it('learn who confirmed their preview, unless they did so themselves', () => {
    expect(below(completedRun())).toBe('<@U0ANN>: <@U0BOB> confirmed it.');
    expect(below(completedRun({ confirmedBy: ANN }))).toBeUndefined();
    expect(below(completedRun({ requestedBy: SYSTEM }))).toBeUndefined();
    expect(below(aRun({ status: 'cancelled', confirmedBy: BOB }))).toBeUndefined();
  });

  it('are all called where it failed', () => {
    const failed = failedRun({ code: 'list_moved' }, { confirmedBy: BOB });
    expect(below(failed)).toBe('<@U0ANN>, <@U0BOB>: please look at this.');
    expect(below({ ...failed, requestedBy: SYSTEM, confirmedBy: undefined })).toBeUndefined();
  });

  it('get its buttons in the thread where its message cannot be edited, and the command where they are told directly', () => {
    const moved = (place: Elsewhere['place']) =>
      threadReply(en, failedRun({ code: 'list_moved' }), 7, { place, reason: 'restricted_action' });
    expect(buttonsIn(moved('thread')).map(({ action_id }) => action_id)).toEqual(['retry_run']);
    expect(buttonsIn(moved('direct'))).toEqual([]);
    const command = en.rejection.noButton('`/usersync dev`');
    expect(textOf(moved('direct'), 'notice:7:below')).toContain(command);
    expect(below(completedRun(), { place: 'direct', reason: 'restricted_action' })).not.toContain(command);
  });
});

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};

const OVERTAKEN: readonly string[] = [
  'stale',
  'planned_earlier',
  'protected_since',
  'guard_tripped',
  'second_person_needed',
  'held_back',
  'location_changed',
];

describe('the reply to a failed run', () => {
  const firstLines: Record<Failure['code'], readonly [Failure, string]> = {
    login_failed: [
      { code: 'login_failed', reason: 'Unauthorized' },
      'Failed to login to external API: Unauthorized',
    ],
    fetch_failed: [
      { code: 'fetch_failed', reason: 'HTTP 500 on page 3' },
      'Failed to fetch users from external API: HTTP 500 on page 3',
    ],
    invalid_response: [
      { code: 'invalid_response', reason: 'users data not found' },
      'Invalid response format: users data not found',
    ],
    list_moved: [{ code: 'list_moved' }, 'The user list changed while it was read'],
    list_longer: [
      { code: 'list_longer', page: 4, users: 10 },
      'The user list continues after its end: 10 users on page 4, which should be empty',
    ],
    list_empty: [
      { code: 'list_empty', active: 1 },
      'The Dev server lists no users, but 1 user is active here',
    ],
    location_missing: [
      { code: 'location_missing' },
      'The locations table has no single row for the target `dev` any more',
    ],
    location_url: [
      { code: 'location_url', reason: 'not https' },
      'The address of Dev cannot be used: not https',
    ],
    index_in_the_way: [
      { code: 'index_in_the_way', index: 'users_email_unique' },
      'The unique index users_email_unique on users(email) is in the way',
    ],
    index_missing: [
      { code: 'index_missing' },
      'The users table has no unique index over (email, location_id)',
    ],
    not_transactional: [
      { code: 'not_transactional', tables: [{ table: 'users', engine: 'MyISAM' }] },
      'A sync could not be undone, because not every table is kept by InnoDB: users (MyISAM)',
    ],
    users_unfit: [
      {
        code: 'users_unfit',
        columns: [{ problem: 'demands_value', column: 'name', type: 'varchar(255)' }],
      },
      'The users table cannot take what the plan would write: `name` (varchar(255)) requires a value',
    ],
    not_as_written: [
      { code: 'not_as_written', total: 1, emails: [], triggers: [] },
      '1 user of the plan was not stored as written, so everything was undone',
    ],
    privilege_missing: [
      { code: 'privilege_missing', right: 'UPDATE', table: 'locations' },
      "The bot's account in the database lacks the `UPDATE` privilege on `locations`",
    ],
    audit_unguarded: [
      { code: 'audit_unguarded', triggers: ['audit_logs_refuse_delete'] },
      'The audit log could be changed unnoticed, because its triggers are missing: `audit_logs_refuse_delete`',
    ],
    database_refused: [
      { code: 'database_refused', refusal: 'trigger', number: '1644', words: 'not <today> & never' },
      'The database refused: not &lt;today&gt; &amp; never (1644)',
    ],
    stale: [
      { code: 'stale', total: 1, emails: [] },
      '1 user of the plan changed after the preview, so the plan was not executed',
    ],
    planned_earlier: [
      { code: 'planned_earlier' },
      'Another version of usersync made this plan, so it was not executed',
    ],
    protected_since: [
      { code: 'protected_since', total: 2, emails: [] },
      '2 users of the plan are protected now, so the plan was not executed',
    ],
    guard_tripped: [
      { code: 'guard_tripped', deactivate: 7, recentlyDeactivated: 0, active: 20 },
      '7 of the 20 users now active at Dev would have been deactivated, which needs a reason, so the plan was not executed',
    ],
    second_person_needed: [
      { code: 'second_person_needed', people: 1, needed: 2 },
      'The target `dev` needs 2 people, but only one admin asked and confirmed, so the plan was not executed',
    ],
    held_back: [
      { code: 'held_back', by: 'freeze' },
      'A freeze began before the plan was carried out, so it was not executed',
    ],
    location_changed: [
      { code: 'location_changed' },
      'The target `dev` now stands for another location, or for none',
    ],
    plan_altered: [{ code: 'plan_altered' }, 'The stored plan differs from the plan that was shown'],
    channel_unreachable: [
      { code: 'channel_unreachable', reason: 'not_in_channel' },
      'usersync could not post in <#C0OPS>: usersync is not a member of the channel',
    ],
    database_lost: [{ code: 'database_lost' }, 'The database cannot be reached'],
    interrupted: [{ code: 'interrupted', attempts: 3 }, 'The run was interrupted 3 times and was given up'],
    unexpected: [{ code: 'unexpected' }, 'Something unexpected went wrong'],
  };

  it.each(Object.entries(firstLines))(
    'says what, what it means and what to do (%s)',
    (_code, [failure, line]) => {
      const reply = threadReply(en, failedRun(failure), 7);
      const [first, second, ...rest] = reply.text.split('\n');
      expect(first).toBe(line);
      expect(second).toBe('Nothing was changed.');
      // The message of the run, with its buttons, could not be posted.
      const otherwise =
        failure.code === 'channel_unreachable' ? /type `\/usersync dev`/ : /[Pp]ress Try Again/;
      expect(rest.join('\n')).toMatch(OVERTAKEN.includes(failure.code) ? /Press New Preview/ : otherwise);
      expect(textOf(reply, 'notice:7')).toBe(reply.text);
    },
  );

  it.each(Object.entries(firstLines))('says once that nothing was changed (%s)', (_code, [failure]) => {
    for (const t of [en, id]) {
      const card = runMessage(t, failedRun(failure), NO_EXCERPT, options);
      for (const text of [threadReply(t, failedRun(failure), 7).text, textOf(card, 'run:12:failed:line')]) {
        expect(text.split(t.failure.nothingChanged)).toHaveLength(2);
      }
    }
  });

  it('names the setting where no process had the target', () => {
    const { text } = threadReply(en, failedRun({ code: 'location_missing', unnamed: true }), 7);
    expect(text).toContain('SYNC_TARGETS does not name the target `dev`');
    expect(text).toContain('must give every process of the bot the same SYNC_TARGETS');
  });

  it('names the address where the list came from another server than the location has now', () => {
    const { text } = threadReply(en, failedRun({ code: 'location_changed', otherServer: true }), 7);
    expect(text).toContain('changed after the preview, so the plan was not executed');
    expect(text).toContain('online_url');
    expect(text).toContain('Press New Preview');
  });

  it('names the users that are protected by now', () => {
    const { text } = threadReply(
      en,
      failedRun({ code: 'protected_since', total: 12, emails: ['root@dkm'] }),
      7,
    );
    expect(text).toContain('\nProtected: `root@dkm` and 11 more.\n');
  });

  it('names the users that changed, and how many more', () => {
    const emails = changes('add', 12).map(({ email }) => email);
    const { text } = threadReply(en, failedRun({ code: 'stale', total: 40, emails }), 7);
    expect(text).toContain('\nChanged: `user1@depot.test`, `user2@depot.test`,');
    expect(text).toContain('`user10@depot.test` and 30 more.\n');
    expect(text).not.toContain('user11@');
  });

  it('says how to replace an index as the table takes it, in a form to be copied', () => {
    const said = (failure: Failure) => threadReply(en, failedRun(failure), 7).text;
    const statement = 'ALTER TABLE users DROP INDEX `one_email` REMOVE PARTITIONING';
    const copied = '`ALTER TABLE users DROP INDEX one_email REMOVE PARTITIONING`';
    for (const code of ['index_in_the_way', 'index_missing'] as const) {
      expect(said({ code, index: 'one_email', statement })).toContain(copied);
    }
    // An older version stored no statement.
    expect(said({ code: 'index_in_the_way', index: 'users_email_unique' })).toContain(
      '`ALTER TABLE users DROP INDEX users_email_unique, ADD UNIQUE INDEX users_email_location_unique (email, location_id)`',
    );
  });

  it('says that emails that stand twice at a location stand in the way of a new index', () => {
    const { text } = threadReply(en, failedRun({ code: 'index_missing' }), 7);
    expect(text).toMatch(
      / run `ALTER [^`]+`\. It fails while an email stands twice at a location: npm run doctor /,
    );
    expect(threadReply(id, failedRun({ code: 'index_missing' }), 7).text).toContain('npm run doctor');
  });

  it('points to the log, with the run, where nobody foresaw what happened', () => {
    const unforeseen = threadReply(en, failedRun(undefined), 7).text;
    expect(unforeseen).toContain('Ask the operator to check the log for run 12.');
  });

  it('names the triggers that may be to blame, and who can mend them', () => {
    const words = "Table 'laravel.logins' doesn't exist";
    const triggers = ['log_login', 'a`b'];
    const broken = { code: 'database_refused', refusal: 'trigger', number: '1146', words } as const;
    const reply = (t: Texts, named?: readonly string[]) =>
      threadReply(t, failedRun({ ...broken, triggers: named }), 7).text;
    expect(reply(en, triggers)).toMatch(
      / Ask the application developers\. Triggers of users: `log_login`, `a.b`\. Then/,
    );
    expect(reply(id, triggers)).toMatch(
      / Hubungi pengelola aplikasi\. Trigger di users: `log_login`, `a.b`\. Lalu/,
    );
    // An account without the TRIGGER privilege sees none.
    for (const none of [[], undefined]) expect(reply(en, none)).not.toContain('Triggers of users');
  });

  it('tells no ALTER for a view', () => {
    const failure = { code: 'not_transactional', tables: [{ table: 'users', engine: 'VIEW' }] } as const;
    for (const t of [en, id]) {
      const { text } = threadReply(t, failedRun(failure), 7);
      expect(text).toContain(t.failure.notTransactional.view);
      expect(text).not.toContain('ALTER');
    }
  });

  it('escapes what the server said', () => {
    const reply = threadReply(en, failedRun({ code: 'login_failed', reason: '<!channel> & co' }), 7);
    expect(reply.text).toMatch(/^Failed to login to external API: &lt;!channel&gt; &amp; co\n/);
  });
});

describe('the reply to any other run', () => {
  it.each([
    ['reading', 'Reading users from Dev…'],
    [
      'ready',
      '25 users will be added to Dev; nobody will be deactivated. The preview is ready, but it cannot be shown. ' +
        'Nothing was changed. Type `/usersync dev` in another channel.',
    ],
    ['executing', 'Syncing Dev…'],
    ['cancelled', 'Cancelled by <@U0BOB>. Nothing was changed. Type `/usersync dev` for a new preview.'],
    ['expired', 'It was not confirmed in time. Nothing was changed. Type `/usersync dev` for a new preview.'],
    ['superseded', 'Replaced by a newer preview of Dev. This one changed nothing.'],
  ] as const)('says where it stands: %s', (status, text) => {
    expect(threadReply(en, aRun({ status, cancelledBy: BOB }), 7).text).toBe(text);
  });
});
