import type { FoundUser, FoundUsers } from '../../../sync/ports/overview.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { header, type Message, packLines, type Space, section } from '../blocks.ts';
import { type LinkOf, labelled, moment, runLink, targetName, wordOf } from '../inline.ts';
import { usersFound } from '../modals/users-modal.ts';

/** How many users one answer shows. */
export const FOUND_USERS = 20;

/** The space for the users, of 50 blocks and 12,000 characters in all. */
const SPACE: Space = { blocks: 20, bytes: 10_000 };

const EMAIL_LIMIT = 300;

/** The answer to `/usersync find`: each user's status, since when, and by which run and whose confirmation. */
export function findMessage(t: Texts, text: string, found: FoundUsers, linkOf: LinkOf): Message {
  const filter = { target: undefined, status: undefined, text };
  const lines = found.users.map((user) => userLine(t, user, linkOf));
  const { texts, shown } = packLines(lines, SPACE);
  const said = usersFound(t, filter, found.total);
  return {
    text: `${t.find.title}. ${said}`,
    blocks: [
      header('find:title', labelled(t, t.find.title)),
      ...(found.isTotalCapped ? [] : [section('find:found', `*${said}*`)]),
      ...texts.map((each, index) => section(`find:${index}`, each)),
      ...(found.total === 0 ? [section('find:none', t.find.none)] : []),
      ...moreLine(t, found, shown).map((line) => section('find:more', line)),
    ],
  };
}

function moreLine(t: Texts, { total, isTotalCapped }: FoundUsers, shown: number): string[] {
  const more = total - shown;
  if (more <= 0) return [];
  return [isTotalCapped ? t.find.manyMore(more) : t.find.more(more)];
}

function userLine(t: Texts, user: FoundUser, linkOf: LinkOf): string {
  return `• ${code(user.email, EMAIL_LIMIT)} ${targetName(user.target)}: ${[statusSince(t, user), ...cause(t, user, linkOf)].join(', ')}`;
}

/** The time is the row's own last change; where the row has none, the end of the run that changed it. */
function statusSince(t: Texts, { status, updatedAt, lastChange }: FoundUser): string {
  const word = status === 'left_alone' ? t.users.leftAlone : t.users[status];
  const since = updatedAt ?? lastChange?.run.finishedAt;
  return since === undefined ? word : t.find.since(word, moment(t, since));
}

/**
 * Names the last run that changed the user. If the row has another status, or was changed after that run, something else has
 * changed it.
 */
function cause(t: Texts, user: FoundUser, linkOf: LinkOf): string[] {
  const { lastChange, status, updatedAt } = user;
  if (lastChange === undefined) return [t.find.unknown];
  const { run, statusAfter } = lastChange;
  const finished = run.finishedAt ?? run.requestedAt;
  const link = runLink(linkOf, run, t.status.run(run.id)) ?? t.status.run(run.id);
  const isAsLeft = status === statusAfter && (updatedAt === undefined || updatedAt <= finished);
  return [
    isAsLeft ? t.find.by(link, wordOf(t, run)) : t.find.otherwise(link, wordOf(t, run), moment(t, finished)),
  ];
}
