import type { types } from '@slack/bolt';
import type { FoundUser, FoundUsers, ListedUser, UserFilter } from '../../../sync/ports/overview.ts';
import { ACTIONS, filterValue } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code, csvField } from '../../text/escape.ts';
import {
  actions,
  button,
  header,
  type Message,
  packLines,
  readOnlyModal,
  type Space,
  section,
  spoken,
} from '../blocks.ts';
import {
  day,
  type LinkOf,
  labelled,
  linkedRun,
  moment,
  noFileText,
  targetName,
  WHOLE_EMAIL,
  wordOf,
} from '../inline.ts';

/** The space for the users, of 100 blocks and 250 kB in all. */
const SPACE: Space = { blocks: 90, bytes: 240_000 };

export type UserList = {
  /** How many users were found; `users` may be fewer. */
  readonly total: number;
  readonly users: readonly ListedUser[];
  readonly filter: UserFilter;
  /** Once somebody asked for a file of all users: on its way, sent, or why not, as in `Rejection`. */
  readonly file?: 'sending' | 'sent' | { readonly refusal: string };
};

/** The most rows of a CSV file of users, which is built in memory. */
export const MOST_SENT = 50_000;

/** The users that an admin asked for, as many as a modal holds (some 2,000 inactive ones, more active ones). */
export function usersModal(t: Texts, { total, users, filter, file }: UserList): types.ModalView {
  const { texts, shown } = packLines(
    users.map((user) => userLine(t, user, filter)),
    SPACE,
  );
  const more = total - shown;
  const none = filter.text === undefined ? t.users.none : t.users.noneWith(code(filter.text, 300));
  const sendFile = button(ACTIONS.sendUsers, t.users.sendFile, filterValue(filter));
  return readOnlyModal(t, t.users.title, [
    section('users:found', `*${usersFound(t, filter, total)}*`),
    // A file is sent only on request. The button stands above the list, so that nobody has to scroll.
    ...(total === 0 || file !== undefined ? [] : [actions('users:send', [sendFile])]),
    ...fileNote(t, file, total).map((note) => section('users:file', note)),
    ...texts.map((text, index) => section(`users:${index}`, text)),
    ...(total === 0 ? [section('users:none', none)] : []),
    ...(more > 0
      ? [section('users:more', file === undefined ? moreText(t, more, total) : t.plan.moreOnly(more))]
      : []),
  ]);
}

function moreText(t: Texts, more: number, total: number): string {
  const words = total > MOST_SENT ? t.users.manyMore(more) : t.users.more(more);
  return [words, ...firstOnly(t, total)].join(' ');
}

function firstOnly(t: Texts, total: number): string[] {
  return total > MOST_SENT ? [`${t.users.firstOnly(MOST_SENT)} ${t.file.findFewer}`] : [];
}

function fileNote(t: Texts, file: UserList['file'], total: number): string[] {
  if (file === undefined) return [];
  if (file === 'sending') return [t.users.sending];
  if (file === 'sent') return [[t.users.sent, ...firstOnly(t, total)].join(' ')];
  return [`${noFileText(t, file.refusal)} ${t.file.findFewer}`];
}

/** How many users of which kind: `12 inactive users at dev`. */
function usersFound(t: Texts, { target, status, text }: UserFilter, total: number): string {
  return t.users.found({
    total,
    target: target === undefined ? undefined : targetName(target),
    status,
    text: text === undefined ? undefined : code(text, 300),
  });
}

function userLine(t: Texts, { email, target, status, updatedAt }: ListedUser, filter: UserFilter): string {
  const changed = updatedAt === undefined ? [] : [t.users.rowChanged(day(t, updatedAt))];
  return [
    code(email, WHOLE_EMAIL),
    ...(filter.target === undefined ? [targetName(target)] : []),
    ...(status === 'inactive' ? [[t.users.inactive, ...changed].join(', ')] : []),
    ...(status === 'left_alone' ? [t.users.leftAlone] : []),
    ...(status === 'active' && filter.status === undefined ? [t.users.active] : []),
  ].join(' ');
}

/** The text above the CSV file of `/usersync users` and `/usersync inactive`, in mrkdwn. */
export function usersFileText(
  t: Texts,
  filter: UserFilter,
  { total, sent }: { readonly total: number; readonly sent: number },
): string {
  const text = t.users.file(usersFound(t, filter, total));
  return sent < total ? `${text} ${t.users.firstOnly(sent)}` : text;
}

/** The text instead if a file of users could not be sent. */
export function usersRefusalText(t: Texts, filter: UserFilter, total: number, refusal: string): string {
  return `${usersFileText(t, filter, { total, sent: total })}\n${noFileText(t, refusal)} ${t.file.findFewer}`;
}

/** The first line of the file, with its line end. */
export const USERS_CSV_HEADER = 'target,email,status,updated_at\r\n';

/** One user as a line of the file (RFC 4180: CRLF; UTF-8 without a byte order mark). Times are UTC, ISO 8601. */
export function usersCsvRow({ target, email, status, updatedAt }: ListedUser): string {
  return `${[target, email, status, updatedAt?.toISOString() ?? ''].map(csvField).join(',')}\r\n`;
}

/** Such as `usersync-users-dev-inactive.csv`. Characters that a file name may not contain become `-`. */
export function usersCsvName({ target, status }: UserFilter): string {
  const words = ['usersync-users', target, status].filter((word) => word !== undefined);
  return `${words.join('-').replace(/[^\p{L}\p{N}_-]/gu, '-')}.csv`;
}

/** How many users one answer shows. */
export const FOUND_USERS = 20;

/** The space for the users, of 50 blocks and 12,000 characters in all. */
const FOUND_SPACE: Space = { blocks: 20, bytes: 10_000 };

const FOUND_EMAIL_LIMIT = 300;

/** The answer to `/usersync find`: each user's status, since when, and by which run and whose confirmation. */
export function findMessage(t: Texts, text: string, found: FoundUsers, linkOf: LinkOf): Message {
  const filter = { target: undefined, status: undefined, text };
  const lines = found.users.map((user) => foundLine(t, user, found, linkOf));
  const { texts, shown } = packLines(lines, FOUND_SPACE);
  const said = usersFound(t, filter, found.total);
  return spoken(t.find.title, [
    header('find:title', labelled(t, t.find.title)),
    ...(found.isTotalCapped ? [] : [section('find:found', `*${said}*`)]),
    ...texts.map((each, index) => section(`find:${index}`, each)),
    ...(found.total === 0 ? [section('find:none', t.find.none)] : []),
    ...moreLine(t, found, shown).map((line) => section('find:more', line)),
  ]);
}

function moreLine(t: Texts, { total, isTotalCapped }: FoundUsers, shown: number): string[] {
  const more = total - shown;
  if (more <= 0) return [];
  return [isTotalCapped ? t.find.manyMore(more) : t.find.more(more)];
}

function foundLine(t: Texts, user: FoundUser, found: FoundUsers, linkOf: LinkOf): string {
  return `• ${code(user.email, FOUND_EMAIL_LIMIT)} ${targetName(user.target)}: ${standing(t, user, found, linkOf).join(', ')}`;
}

/** The user's status, the last run that changed it, and any later change of the row: the application makes some too, as at a login. */
function standing(
  t: Texts,
  { status, updatedAt, lastChange }: FoundUser,
  { isSearchCut }: FoundUsers,
  linkOf: LinkOf,
): string[] {
  const word = status === 'left_alone' ? t.users.leftAlone : t.users[status];
  const changed = (time: Date | undefined) =>
    time === undefined ? [] : [t.users.rowChanged(moment(t, time))];
  if (lastChange === undefined)
    return [word, isSearchCut ? t.find.notSought : t.find.unknown, ...changed(updatedAt)];
  const { run, statusAfter } = lastChange;
  const link = linkedRun(t, linkOf, run);
  const how = wordOf(t, run);
  const finished = run.finishedAt ?? run.requestedAt;
  const at = moment(t, finished);
  const later = changed(updatedAt !== undefined && updatedAt > finished ? updatedAt : undefined);
  if (status !== statusAfter) return [word, t.find.otherwise(link, how, at), ...later];
  return [t.find.since(word, at), t.find.by(link, how), ...later];
}
