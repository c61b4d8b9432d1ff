import type { ListedUser, UserFilter } from '../../sync/overview.ts';
import { csvField } from '../text/csv-field.ts';

/** First line of the file, with its line end. */
export const USERS_CSV_HEADER = 'target,email,status,updated_at\r\n';

/** One user as a line of the file (RFC 4180: CRLF; UTF-8 without a byte order mark); times are UTC, ISO 8601. */
export function usersCsvRow({ target, email, status, updatedAt }: ListedUser): string {
  return `${[target, email, status, updatedAt?.toISOString() ?? ''].map(csvField).join(',')}\r\n`;
}

/** Such as `usersync-users-dev-inactive.csv`; letters that a file name may not have become `-`. */
export function usersCsvName({ target, status }: UserFilter): string {
  const words = ['usersync-users', target, status].filter((word) => word !== undefined);
  return `${words.join('-').replace(/[^\p{L}\p{N}_-]/gu, '-')}.csv`;
}
