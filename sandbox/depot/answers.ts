import { type DepotUser, pageOfUsers } from './users.ts';

export type TokenShape =
  | 'object.access_token'
  | 'object.token'
  | 'access_token'
  | 'token'
  | 'data.access_token'
  | 'data.token';

/** The differences between versions of depot servers. */
export type DepotDialect = {
  tokenShape: TokenShape;
  listKey: 'object' | 'data' | 'users';
  /** `of the page` is a known mistake: each page counts its own rows. */
  total: 'number' | 'string' | 'missing' | 'of the page';
  /** The number that the server sends instead of the true number of users. */
  claimed: number | undefined;
  /** The largest number of rows per page, whatever is requested. */
  pageCap: number | undefined;
  /** Which limit the answer contains: the applied one, the requested one, or none. */
  echo: 'applied' | 'asked' | 'none';
  /** Whether rows come in the requested order, or in the server's own. */
  sorting: 'as asked' | 'ascending' | 'descending' | 'by email';
  /** Whether different page numbers give different pages. */
  turnsPages: boolean;
  /** The answer after the last page: an empty page, like Laravel's, or a page again, like other servers'. */
  beyond: 'nothing' | 'the last page' | 'the first page';
};

export const TODAY: DepotDialect = {
  tokenShape: 'object.access_token',
  listKey: 'object',
  total: 'number',
  pageCap: undefined,
  claimed: undefined,
  echo: 'applied',
  sorting: 'as asked',
  turnsPages: true,
  beyond: 'nothing',
};

/** The body of a successful login. The token's place depends on `shape`. */
export function loginAnswer(token: string, shape: TokenShape, expiredTime = '2025-10-17 14:21'): object {
  const [outer = '', inner] = shape.split('.');
  const times = { expired_time: expiredTime, expired_token: '2025-10-17 16:06' };
  const placed = inner === undefined ? { [outer]: token } : { [outer]: { [inner]: token, ...times } };
  return { ...placed, status: 'success' };
}

export type PageRequest = {
  readonly page: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
};

/** The body of one page of `users`, in the dialect of a version. */
export function pageAnswer(users: DepotUser[], request: PageRequest, dialect: DepotDialect): object {
  const applied = Math.min(request.limit, dialect.pageCap ?? request.limit);
  const echoed = { applied, asked: request.limit, none: undefined }[dialect.echo];
  const rows = rowsOf(users, request, applied, dialect);
  const total = dialect.claimed ?? users.length;
  const totals = { number: total, string: String(total), missing: undefined, 'of the page': rows.length };
  return {
    [dialect.listKey]: rows,
    total: totals[dialect.total],
    page: request.page,
    limit: echoed,
    status: 'success',
  };
}

function rowsOf(
  users: DepotUser[],
  { page, order }: PageRequest,
  size: number,
  { sorting, turnsPages, beyond }: DepotDialect,
): DepotUser[] {
  const last = Math.max(1, Math.ceil(users.length / size));
  const past = { nothing: page, 'the last page': last, 'the first page': 1 }[beyond];
  const number = turnsPages ? (page > last ? past : page) : 1;
  switch (sorting) {
    case 'as asked':
      return pageOfUsers(users, order, number, size);
    case 'ascending':
      return pageOfUsers(users, 'asc', number, size);
    case 'descending':
      return pageOfUsers(users, 'desc', number, size);
    case 'by email':
      return [...users]
        .sort((a, b) => String(a.email).localeCompare(String(b.email)))
        .slice((number - 1) * size, number * size);
  }
}
