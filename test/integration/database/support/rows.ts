import type { SourceRow } from '../../../../src/sync/ports/source.ts';

/** A row of a depot server's list as the core knows it: active and usable, unless told otherwise. */
export function sourceRow(
  row: Pick<SourceRow, 'id'> & Partial<SourceRow> & { readonly email: string | undefined },
): SourceRow {
  return { active: true, skip: undefined, rawEmail: undefined, spellings: undefined, ...row };
}

/** A list of active users, their ids counted from 1. */
export function listOf(...emails: readonly string[]): SourceRow[] {
  return emails.map((email, index) => sourceRow({ id: index + 1, email }));
}
