import type { types } from '@slack/bolt';
import type { ListedUser, UserFilter } from '../../../sync/ports/overview.ts';
import { ACTIONS, filterValue } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { button, packLines, readOnlyModal, type Space, section } from '../blocks.ts';
import { day, targetName } from '../inline.ts';
import { noFileText } from '../told-elsewhere.ts';

/** The space for the users, of 100 blocks and 250 kB in all. */
const SPACE: Space = { blocks: 90, bytes: 240_000 };

/** Long enough for an email of 255 characters, even if each one is escaped. */
const EMAIL_LIMIT = 1_600;

export type UserList = {
  /** How many users were found; `users` may be fewer. */
  readonly total: number;
  readonly users: readonly ListedUser[];
  readonly filter: UserFilter;
  /** Once somebody asked for a file of all users: sent, or Slack's error code. */
  readonly file?: 'sent' | { readonly refusal: string };
};

/** The users that an admin asked for, as many as a modal holds (some 2,000 inactive ones, more active ones). */
export function usersModal(t: Texts, { total, users, filter, file }: UserList): types.ModalView {
  const { texts, shown } = packLines(
    users.map((user) => userLine(t, user, filter)),
    SPACE,
  );
  const more = total - shown;
  return readOnlyModal(t, t.users.title, [
    section('users:found', `*${usersFound(t, filter, total)}*`),
    ...(total === 0 || file !== undefined ? [] : [fileButton(t, filter)]),
    ...fileNote(t, file).map((note) => section('users:file', note)),
    ...texts.map((text, index) => section(`users:${index}`, text)),
    ...(total === 0 ? [section('users:none', noneText(t, filter))] : []),
    ...(more > 0
      ? [section('users:more', file === undefined ? t.users.more(more) : t.plan.moreOnly(more))]
      : []),
  ]);
}

function noneText(t: Texts, { text }: UserFilter): string {
  return text === undefined ? t.users.none : t.users.noneWith(code(text, 300));
}

/** A file is sent only on request. The button stands above the list, so that nobody has to scroll. */
function fileButton(t: Texts, filter: UserFilter): types.ActionsBlock {
  const element = button(ACTIONS.sendUsers, t.users.sendFile, filterValue(filter));
  return { type: 'actions', block_id: 'users:send', elements: [element] };
}

function fileNote(t: Texts, file: UserList['file']): string[] {
  if (file === undefined) return [];
  return file === 'sent' ? [t.users.sent] : [`${noFileText(t, file.refusal)} ${t.file.findFewer}`];
}

/** How many users of which kind: `12 inactive users at dev`. */
export function usersFound(t: Texts, { target, status, text }: UserFilter, total: number): string {
  return t.users.found({
    total,
    target: target === undefined ? undefined : targetName(target),
    status,
    text: text === undefined ? undefined : code(text, 300),
  });
}

function userLine(t: Texts, { email, target, status, updatedAt }: ListedUser, filter: UserFilter): string {
  const inactive = updatedAt === undefined ? t.users.inactive : t.users.inactiveSince(day(t, updatedAt));
  return [
    code(email, EMAIL_LIMIT),
    ...(filter.target === undefined ? [targetName(target)] : []),
    ...(status === 'inactive' ? [inactive] : []),
    ...(status === 'left_alone' ? [t.users.leftAlone] : []),
    ...(status === 'active' && filter.status === undefined ? [t.users.active] : []),
  ].join(' ');
}
