import { type DepotUser, pageOfUsers } from './depot-users.ts';

export type TokenShape =
  | 'object.access_token'
  | 'object.token'
  | 'access_token'
  | 'token'
  | 'data.access_token'
  | 'data.token';

/** How servers differ from version to version. */
export type DepotDialect = {
  tokenShape: TokenShape;
  listKey: 'object' | 'data' | 'users';
  total: 'number' | 'string' | 'missing';
  /** Rows per page at most, whatever is asked for. */
  pageCap: number | undefined;
  /** Whether the answer tells the limit that was applied, repeats the one that was asked for, or tells none. */
  echo: 'applied' | 'asked' | 'none';
};

export const TODAY: DepotDialect = {
  tokenShape: 'object.access_token',
  listKey: 'object',
  total: 'number',
  pageCap: undefined,
  echo: 'applied',
};

export function loginAnswer(token: string, shape: TokenShape): object {
  const [outer = '', inner] = shape.split('.');
  const times = { expired_time: '2025-10-17 14:21', expired_token: '2025-10-17 16:06' };
  const placed = inner === undefined ? { [outer]: token } : { [outer]: { [inner]: token, ...times } };
  return { ...placed, status: 'success' };
}

export type PageRequest = {
  readonly page: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
};

export function pageAnswer(users: DepotUser[], request: PageRequest, dialect: DepotDialect): object {
  const applied = Math.min(request.limit, dialect.pageCap ?? request.limit);
  const echoed = { applied, asked: request.limit, none: undefined }[dialect.echo];
  const totals = { number: users.length, string: String(users.length), missing: undefined };
  return {
    [dialect.listKey]: pageOfUsers(users, request.order, request.page, applied),
    total: totals[dialect.total],
    page: request.page,
    limit: echoed,
    status: 'success',
  };
}
