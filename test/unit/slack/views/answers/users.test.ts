import { describe, expect, it } from 'vitest';
import { checkView } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { parseFilter } from '../../../../../src/slack/ids.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import {
  findMessage,
  USERS_CSV_HEADER,
  usersCsvName,
  usersCsvRow,
  usersFileText,
  usersModal,
} from '../../../../../src/slack/views/answers/users.ts';
import type { Message } from '../../../../../src/slack/views/blocks.ts';
import { exportFileText } from '../../../../../src/slack/views/run/whole-plan.ts';
import type {
  FoundUser,
  FoundUsers,
  ListedUser,
  UserFilter,
} from '../../../../../src/sync/ports/overview.ts';
import { aRun, completedRun } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

const ALL: UserFilter = { target: undefined, status: undefined, text: undefined };
const SINCE = new Date('2026-11-02T03:00:00Z');
const inactive: ListedUser = { email: 'old@dkm', target: 'dev', status: 'inactive', updatedAt: SINCE };
const active: ListedUser = { email: 'new@dkm', target: 'test', status: 'active', updatedAt: SINCE };

const lines = (filter: UserFilter, users: readonly ListedUser[]) =>
  textOf(usersModal(en, { total: users.length, users, filter }), 'users:0').split('\n');

describe('a list of users', () => {
  it.each([
    ['*1 user at all targets*', 1, ALL],
    ['*12 inactive users at `dev`*', 12, { ...ALL, target: 'dev', status: 'inactive' }],
    ['*2 users at all targets with `a&lt;b` in the email*', 2, { ...ALL, text: 'a<b' }],
  ] as const)('says first what was looked for: %s', (words, total, filter) => {
    expect(textOf(usersModal(en, { total, users: [], filter }), 'users:found')).toBe(words);
  });

  it('says of each where and how they stand, and of the inactive ones when their row was last changed', () => {
    expect(lines(ALL, [active, inactive, { ...inactive, updatedAt: undefined }])).toEqual([
      '`new@dkm` `test` active',
      '`old@dkm` `dev` inactive, row last changed <!date^1793588400^{date_short_pretty}|2026-11-02>',
      '`old@dkm` `dev` inactive',
    ]);
  });

  it('leaves out what is the same for all', () => {
    expect(lines({ ...ALL, target: 'test', status: 'active' }, [active])).toEqual(['`new@dkm`']);
    const modal = usersModal(en, { total: 1, users: [active], filter: ALL });
    expect(modal.blocks.map(({ block_id }) => block_id)).toEqual(['users:found', 'users:send', 'users:0']);
  });

  it('holds 2,000 inactive users, and says how many more there are', () => {
    const users = Array.from({ length: 5_000 }, (_, n) => ({ ...inactive, email: `user${n}@depot.test` }));
    const modal = usersModal(en, {
      total: 6_000,
      users,
      filter: { ...ALL, target: 'dev', status: 'inactive' },
    });
    expect(checkView(modal)).toEqual([]);
    const shown = JSON.stringify(modal).match(/`user\d+@/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(2_000);
    expect(textOf(modal, 'users:more')).toBe(
      `…and ${6_000 - shown} more. Press Send as File to get them all.`,
    );
  });

  it('sends its file only where somebody asks for it, and says what became of it', () => {
    const list = { total: 1, users: [active], filter: { ...ALL, target: 'dev', text: 'a"b' } };
    const offered = JSON.stringify(usersModal(en, list));
    expect(offered).toContain('"action_id":"send_users"');
    const [button] = buttonsIn(usersModal(en, list));
    expect(parseFilter(button?.value, ['dev'])).toEqual(list.filter);
    expect(textOf(usersModal(en, { ...list, file: 'sending' }), 'users:file')).toBe(en.users.sending);
    const sent = usersModal(en, { ...list, file: 'sent' });
    expect(textOf(sent, 'users:file')).toBe('The file is in your conversation with usersync.');
    const refused = usersModal(en, { ...list, total: 9, file: { refusal: 'file_uploads_disabled' } });
    expect(textOf(refused, 'users:file')).toMatch(/^The file could not be attached: files are switched off/);
    expect(textOf(refused, 'users:more')).toBe('…and 8 more');
    const many = { ...list, total: 60_000 };
    expect(textOf(usersModal(en, many), 'users:more')).toMatch(
      /Press Send as File for a longer list\. The file has the first 50000 of them\./,
    );
    expect(textOf(usersModal(en, { ...many, file: 'sent' }), 'users:file')).toContain('the first 50000');
    for (const each of [sent, refused, usersModal(en, { ...list, total: 0, users: [] })]) {
      expect(JSON.stringify(each)).not.toContain('send_users');
    }
  });

  it.each(['', '{}', '["dev"]', '["nowhere",null,null]', '["dev","deleted",null]', 'x', 7, undefined])(
    'makes nothing of a forged button (%j)',
    (value) => {
      expect(parseFilter(value, ['dev'])).toBeUndefined();
    },
  );

  it('says so where nobody is found', () => {
    const modal = usersModal(en, { total: 0, users: [], filter: ALL });
    expect(textOf(modal, 'users:none')).toBe('No users found.');
    const typed = usersModal(en, { total: 0, users: [], filter: { ...ALL, text: 'vendor' } });
    expect(textOf(typed, 'users:none')).toMatch(/^Type the command without `vendor`/);
  });
});

describe('the users that were found by their email', () => {
  const run = completedRun();
  const found: FoundUser = {
    email: 'a@dkm',
    target: 'dev',
    status: 'active',
    updatedAt: run.finishedAt,
    lastChange: { run, statusAfter: 'active' },
  };
  const message = (users: readonly FoundUser[], more: Partial<FoundUsers> = {}) =>
    findMessage(
      en,
      'a@',
      { users, total: users.length, isTotalCapped: false, isSearchCut: false, ...more },
      () => undefined,
    );
  const said = (changed: Partial<FoundUser>) =>
    textOf(message([{ ...found, ...changed }]), 'find:0').replace(/<!date[^|]*\|([^>]*)>/g, '$1');
  const parts = (of: Message) => of.blocks.map(({ block_id }) => block_id);

  it('have their status, since when, and the run that set it', () => {
    expect(said({})).toBe(
      '• `a@dkm` `dev`: active since 2026-11-02 03:05 UTC, by run 12, confirmed by <@U0BOB>',
    );
    expect(said({ updatedAt: undefined })).toBe(said({}));
    expect(said({ lastChange: undefined })).toBe(
      `• \`a@dkm\` \`dev\`: active, ${en.find.unknown}, row last changed 2026-11-02 03:05 UTC`,
    );
    expect(said({ lastChange: undefined, updatedAt: undefined })).toMatch(/^• `a@dkm` `dev`: active, /);
    expect(said({ status: 'left_alone' })).toContain(en.users.leftAlone);
  });

  const LATER = new Date('2026-11-05T00:00:00Z');

  it('have the status of that run where the row was changed since, as at each login, and when', () => {
    expect(said({ updatedAt: LATER })).toBe(`${said({})}, row last changed 2026-11-05 00:00 UTC`);
  });

  it('have another status where something else changed it, nobody knows when after that run', () => {
    const cause = ', by something other than usersync; before that run 12, confirmed by <@U0BOB>, ';
    expect(said({ status: 'inactive', updatedAt: LATER })).toContain(
      `: inactive${cause}2026-11-02 03:05 UTC, row last changed 2026-11-05 00:00 UTC`,
    );
    for (const updatedAt of [run.finishedAt, undefined])
      expect(said({ status: 'inactive', updatedAt })).toContain(`: inactive${cause}2026-11-02 03:05 UTC`);
  });

  it('are changed by none of the newest runs where older ones were not searched', () => {
    const unknown = message([{ ...found, lastChange: undefined }], { isSearchCut: true });
    expect(textOf(unknown, 'find:0')).toMatch(/, by none of the newest runs, row/);
  });

  it('are counted, and so are those that one answer does not show', () => {
    expect(parts(message([found]))).toEqual(['find:title', 'find:found', 'find:0']);
    expect(parts(message([]))).toEqual(['find:title', 'find:found', 'find:none']);
    expect(textOf(message([found], { total: 3 }), 'find:more')).toBe(en.find.more(2));
    const capped = message([found], { total: 3, isTotalCapped: true });
    expect(textOf(capped, 'find:more')).toBe(en.find.manyMore(2));
    expect(parts(capped)).not.toContain('find:found');
  });
});

describe('the CSV file of a list of users', () => {
  it('has a header and one line per user', () => {
    expect(USERS_CSV_HEADER).toBe('target,email,status,updated_at\r\n');
    expect(usersCsvRow(inactive)).toBe('dev,old@dkm,inactive,2026-11-02T03:00:00.000Z\r\n');
    expect(usersCsvRow({ ...active, updatedAt: undefined })).toBe('test,new@dkm,active,\r\n');
  });

  it('holds no formula', () => {
    expect(usersCsvRow({ ...active, email: '=1+1,2' })).toBe(
      'test,"\'=1+1,2",active,2026-11-02T03:00:00.000Z\r\n',
    );
  });

  it('is named after what was looked for', () => {
    expect(usersCsvName(ALL)).toBe('usersync-users.csv');
    expect(usersCsvName({ ...ALL, target: 'dev', status: 'inactive' })).toBe(
      'usersync-users-dev-inactive.csv',
    );
    expect(usersCsvName({ ...ALL, target: '../x' })).toBe('usersync-users----x.csv');
  });
});

describe('what goes with a file', () => {
  it('says what stands in it', () => {
    expect(usersFileText(en, { ...ALL, target: 'dev', status: 'inactive' }, { total: 12, sent: 12 })).toBe(
      'The list you asked for: 12 inactive users at `dev`.',
    );
    expect(usersFileText(en, ALL, { total: 60_000, sent: 50_000 })).toBe(
      'The list you asked for: 60000 users at all targets. The file has the first 50000 of them.',
    );
    expect(exportFileText(en, aRun())).toBe(
      'Every line of the plan of run 12. *Dev*: waiting for confirmation (25 new).',
    );
  });
});
