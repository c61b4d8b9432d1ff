import type { Status } from '../schedule/edits.ts';

/** A row of `users`; times as text, so that rows can be compared. */
export type User = {
  readonly id: number;
  readonly email: string;
  readonly placeId: number;
  readonly status: Status;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** The whole table by id. */
export type Users = ReadonlyMap<number, User>;

export function usersAt(users: Users, placeId: number): User[] {
  return [...users.values()].filter((user) => user.placeId === placeId);
}
