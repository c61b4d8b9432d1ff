/** A row of a depot server's list. Loosely typed, because tests insert the mistakes of real servers. */
export type DepotUser = { id_user: unknown; email?: unknown; status_user?: unknown; [key: string]: unknown };

/** Creates `count` active users: `user1@dkm` and so on. Ids and emails count up from `from`. */
export function makeDepotUsers(count: number, from = 1): DepotUser[] {
  return Array.from({ length: count }, (_, index) => makeDepotUser(from + index));
}

/** One active user with all fields of today's servers. */
export function makeDepotUser(id: number): DepotUser {
  return {
    id_user: id,
    id_company: 1,
    name: `User ${id}`,
    phone: '0857',
    email: `user${id}@dkm`,
    role: 'user',
    vendor_repair_id: null,
    status_user: 1,
    created_at: '2023-05-13T05:10:19.000000Z',
    updated_at: '2023-09-24T16:58:44.000000Z',
    company: 'PT Depot',
    location: 'SURABAYA',
  };
}

/** The rows of one page, sorted by id. Sorts `users` in place only if needed, so that big lists stay fast. */
export function pageOfUsers(
  users: DepotUser[],
  order: 'asc' | 'desc',
  page: number,
  size: number,
): DepotUser[] {
  const ids = users.map((user) => Number(user.id_user));
  if (ids.some((id, index) => index > 0 && id < (ids[index - 1] ?? 0)))
    users.sort((a, b) => Number(a.id_user) - Number(b.id_user));
  const start = (page - 1) * size;
  if (order === 'asc') return users.slice(start, start + size);
  const end = Math.max(0, users.length - start);
  return users.slice(Math.max(0, end - size), end).reverse();
}
