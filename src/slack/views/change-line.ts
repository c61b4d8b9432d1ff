import type { Change } from '../../sync/change.ts';
import type { Texts } from '../text/en.ts';
import { code, mrkdwn } from '../text/escape.ts';

/**
 * One line of a list: the email as code and, for a skipped row, which row it is and why. `limit` is the number
 * of characters that each of the two may take.
 */
export function changeLine(t: Texts, { email, detail }: Change, limit: number): string {
  return detail === undefined ? code(email, limit) : `${code(email, limit)} ${detailWords(t, detail, limit)}`;
}

/** Whether the line shows email and detail to their ends. */
export function isWhole(t: Texts, { email, detail }: Change, limit: number): boolean {
  return code(email).length <= limit && detailWords(t, detail ?? '').length <= limit;
}

/** The plan stores `id_user 17: no_email`; anything else is shown as it stands. */
function detailWords(t: Texts, detail: string, limit?: number): string {
  const [, id, reason] = /^id_user (\d+): (no_email|bad_email|bad_status)$/.exec(detail) ?? [];
  if (id === undefined || !isSkipReason(t, reason)) return mrkdwn(detail, limit);
  return t.plan.skippedRow(id, t.plan.skipReason[reason]);
}

function isSkipReason(t: Texts, reason: string | undefined): reason is keyof Texts['plan']['skipReason'] {
  return reason !== undefined && Object.hasOwn(t.plan.skipReason, reason);
}
