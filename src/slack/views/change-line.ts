import { type Change, KEEP_REASONS, type KeepReason } from '../../sync/change.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { code, mrkdwn } from '../text/escape.ts';

const DETAIL_LIMIT = 160;

/**
 * One line of a list: the email as code, of at most `limit` characters, and for a skipped row which row it is
 * and why.
 */
export function changeLine(t: Texts, { email, detail }: Change, limit: number): string {
  return detail === undefined ? code(email, limit) : `${code(email, limit)} ${detailWords(t, detail)}`;
}

/** Whether the line shows the email to its end. */
export function emailIsWhole({ email }: Change, limit: number): boolean {
  return code(email).length <= limit;
}

/** The heading over a list of `total` changes of one kind, or of unchanged users. */
export function listHeading(
  t: Texts,
  { reverts }: Pick<Run, 'reverts'>,
  kind: keyof Texts['plan']['list'],
  total: number,
): string {
  const words = kind === 'skipped' && reverts !== undefined ? t.rollback.skippedList : t.plan.list[kind];
  return `*${words(total)}*`;
}

/** The plan stores `id_user 17: no_email`, a `KeepReason`, or for a rollback `changed_since`; anything else is shown as it stands. */
function detailWords(t: Texts, detail: string): string {
  if (detail === 'changed_since') return t.rollback.skippedUser;
  if (isKeepReason(detail)) return t.plan.keepReason[detail];
  const [, id, reason] = /^id_user (\d+): (\w+)$/.exec(detail) ?? [];
  const known = id !== undefined && isSkipReason(t, reason);
  return mrkdwn(known ? t.plan.skippedRow(id, t.plan.skipReason[reason]) : detail, DETAIL_LIMIT);
}

function isKeepReason(detail: string): detail is KeepReason {
  return KEEP_REASONS.some((reason) => reason === detail);
}

function isSkipReason(t: Texts, reason: string | undefined): reason is keyof Texts['plan']['skipReason'] {
  return reason !== undefined && Object.hasOwn(t.plan.skipReason, reason);
}
