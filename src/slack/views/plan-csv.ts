import type { Change } from '../../sync/change.ts';
import type { Run } from '../../sync/run.ts';
import { csvField } from '../text/csv-field.ts';

/** First line of the file, with its line end. */
export const PLAN_CSV_HEADER = 'action,email,status_before,status_after,detail\r\n';

/** One change as a line of the file (RFC 4180: CRLF; the file is UTF-8 without a byte order mark). */
export function planCsvRow({ action, email, statusBefore, statusAfter, detail }: Change): string {
  const fields = [action, email, statusBefore ?? '', statusAfter ?? '', detail ?? ''];
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** Such as `usersync-dev-run-12.csv`; letters that a file name may not have become `-`. */
export function planCsvName(run: Pick<Run, 'id' | 'target'>): string {
  return `usersync-${run.target.replace(/[^\p{L}\p{N}_-]/gu, '-')}-run-${run.id}.csv`;
}
