import type { SkipReason, SourceRow } from '../../sync/source.ts';
import { InvalidResponseError } from '../errors.ts';
import { normalizeEmail, quoteRawEmail } from './email.ts';
import { rowSchema } from './schemas.ts';
import { spellingsOf } from './spellings.ts';

/**
 * One row of page `page` as the core knows it. Throws `InvalidResponseError` where it has no usable `id_user`:
 * without one it cannot be proved that the list is whole. Anything else that is wrong makes a skipped row.
 */
export function parseRow(value: unknown, page: number): SourceRow {
  const row = rowSchema.safeParse(value);
  if (!row.success) throw new InvalidResponseError(`${describe(value)} on page ${page}`);
  const { id_user: id, email: raw, status_user: status } = row.data;
  const email = typeof raw === 'string' ? normalizeEmail(raw) : undefined;
  const skip = skipReason(raw, email, status);
  // Someone whose status is unclear counts as present, so that a broken row deactivates nobody.
  const spellings = spellingsOf(raw, email);
  return { id, email, active: status !== 'inactive', skip, rawEmail: rawEmail(raw, skip), spellings };
}

function describe(value: unknown): string {
  const isRow = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRow ? 'a user without id_user' : 'a row that is not a user';
}

function skipReason(
  raw: unknown,
  email: string | undefined,
  status: 'active' | 'inactive' | 'unclear',
): SkipReason | undefined {
  if (isBlank(raw)) return 'no_email';
  if (email === undefined) return 'bad_email';
  return status === 'unclear' ? 'bad_status' : undefined;
}

function rawEmail(raw: unknown, skip: SkipReason | undefined): string | undefined {
  return skip === undefined || skip === 'no_email' ? undefined : quoteRawEmail(raw);
}

function isBlank(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
}
