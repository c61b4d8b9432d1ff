import type { Status } from '../schedule/edits.ts';

/** A row of `users`; times as text, so that rows can be compared. */
export type User = {
  readonly id: number;
  readonly email: string;
  readonly placeId: number;
  /** The application's own statuses too. */
  readonly status: Status;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Where the table has soft deletes. */
  readonly deletedAt: string | null;
};

/** The whole table by id. */
export type Users = ReadonlyMap<number, User>;

export function usersAt(users: Users, placeId: number): User[] {
  return [...users.values()].filter((user) => user.placeId === placeId);
}

/** `odd`: deleted, or in a status that is the application's own. Such a user is never changed, and counts as nothing. */
export function standing({ status, deletedAt }: User): 'active' | 'inactive' | 'odd' {
  return deletedAt !== null || status === 'suspended' ? 'odd' : status;
}
