import type { ListedUser, UserFilter } from '../../../sync/ports/overview.ts';
import { type Change, omittedEffect } from '../../../sync/run/change.ts';
import type { Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { command, targetLabel } from '../inline.ts';
import { usersFound } from '../modals/users-modal.ts';
import { noFileText } from '../told-elsewhere.ts';
import { runState } from './run-state.ts';

/** The text above the CSV file of `/usersync users` and `/usersync inactive`, in mrkdwn. */
export function usersFileText(
  t: Texts,
  filter: UserFilter,
  { total, sent }: { readonly total: number; readonly sent: number },
): string {
  const text = t.users.file(usersFound(t, filter, total));
  return sent < total ? `${text} ${t.users.firstOnly(sent)}` : text;
}

/** The text above the CSV file of `/usersync export`, in mrkdwn: the run, and whether it was executed. */
export function exportFileText(t: Texts, run: Run): string {
  return t.users.exported(run.id, targetLabel(run), runState(t, run));
}

/** The text instead if that file could not be sent: why, and what to do. */
export function exportRefusalText(t: Texts, run: Run, refusal: string): string {
  const again = t.file.askAgain(command(t, `export ${run.id}`));
  const next = `${noFileText(t, refusal)} ${t.file.viewAll} ${again}`;
  return `${t.file.planOf(run.id, targetLabel(run), runState(t, run))}\n${next}`;
}

/** The text instead if a file of users could not be sent. */
export function usersRefusalText(t: Texts, filter: UserFilter, total: number, refusal: string): string {
  return `${usersFileText(t, filter, { total, sent: total })}\n${noFileText(t, refusal)} ${t.file.findFewer}`;
}

/** The first line of the file, with its line end. */
export const PLAN_CSV_HEADER = 'action,email,status_before,status_after,detail\r\n';

/** One change as a line of the file (RFC 4180: CRLF; UTF-8 without a byte order mark). */
export function planCsvRow(change: Change): string {
  const { action, email, statusBefore, statusAfter } = change;
  const fields = [action, email, statusBefore ?? '', statusAfter ?? '', csvDetail(change)];
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** For an omitted user, what the plan would have done. */
function csvDetail(change: Change): string {
  const { action, detail = '', sourceId } = change;
  if (action === 'omitted') return omittedEffect(change);
  return sourceId === undefined ? detail : `id_user ${sourceId}: ${detail}`;
}

/** Such as `usersync-dev-run-12.csv`. Characters that a file name may not contain become `-`. */
export function planCsvName(run: Pick<Run, 'id' | 'target'>): string {
  return `usersync-${run.target.replace(/[^\p{L}\p{N}_-]/gu, '-')}-run-${run.id}.csv`;
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

/** Characters with which a formula begins in a spreadsheet, full-width forms included (OWASP, "CSV Injection"). */
const FORMULA = '[=+\\-@＝＋－＠]';
/** Some spreadsheets remove blanks and quotes before it. */
const BEGINS_AS_FORMULA = new RegExp(`^(?:[\\t\\r\\n]|[\\s"]*${FORMULA})`);
/** Characters other than the comma that separate cells or lines in some spreadsheet. */
const SEPARATOR = '[;|\\t\\r\\n\\v\\f\\u0085\\u2028\\u2029]';
/** Two signs and one name, to the end of the field: this is no formula. */
const NAME_ALONE = '--@?[\\p{L}\\p{N}_.]*$';
/**
 * A formula behind a separator inside the field. In many countries, Excel separates cells by `;`, and then quotes inside a cell
 * protect nothing.
 */
const GOES_ON_AS_FORMULA = new RegExp(`${SEPARATOR}(?=[\\s"]*${FORMULA})(?!${NAME_ALONE})`, 'gu');

/** One field of a CSV file: never a formula for a spreadsheet, and quoted as RFC 4180 requires. */
export function csvField(data: string): string {
  const harmless = `${BEGINS_AS_FORMULA.test(data) ? "'" : ''}${data.replace(GOES_ON_AS_FORMULA, "$&'")}`;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
