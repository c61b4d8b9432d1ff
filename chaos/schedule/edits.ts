import type { DepotUser } from '../../sandbox/depot/users.ts';

/** `suspended` is one of the application's own. */
export type Status = 'active' | 'inactive' | 'suspended';

/** What the Laravel application does to a user. A `pick` is a fraction that chooses among what is there by then. */
export type UserEdit =
  | { readonly how: 'flip' | 'remove'; readonly pick: number }
  | { readonly how: 'insert'; readonly email: string; readonly status: Status }
  /** Adds someone whom the depot server lists, so that a plan may go stale. */
  | { readonly how: 'insert listed'; readonly pick: number };

/** What happens to a depot server's list. */
export type ListEdit =
  | { readonly how: 'add'; readonly row: DepotUser }
  | { readonly how: 'remove' | 'switch'; readonly pick: number };
