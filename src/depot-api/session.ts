import type { ListOrder, SourceSession } from '../sync/source.ts';
import type { Transport } from './http/transport.ts';
import { createFetchPage } from './list/fetch-page.ts';
import { proveEnd, type ReadList, readList } from './list/list.ts';
import { type Credentials, login } from './login.ts';
import { createTokenKeeper } from './token.ts';

export type PageLimits = {
  /** Rows to ask for per page. */
  readonly pageSize: number;
  readonly maxConcurrent: number;
};

/**
 * Logs in and returns the reader of the list. The signal ends the login and every later read with its reason.
 * Throws `LoginFailedError`.
 */
export async function openSession(
  transport: Transport,
  credentials: Credentials,
  limits: PageLimits,
  signal: AbortSignal,
): Promise<SourceSession> {
  const logIn = () => login(transport, credentials, signal);
  const renew = () => {
    transport.logger.info({ target: transport.targetName }, 'depot token expired, logging in again');
    return logIn();
  };
  const tokens = createTokenKeeper(await logIn(), renew);
  const { pageSize, maxConcurrent } = limits;
  const pagesIn = (order: ListOrder) => createFetchPage(transport, tokens, order, pageSize);
  const newest = new Map<ListOrder, ReadList>();
  return {
    read: async (order, onPage) => {
      const fetchPage = pagesIn(order);
      const read = await readList({ fetchPage, onPage, pageSize, maxConcurrent, signal });
      newest.set(order, read);
      return read.list;
    },
    proveEnd: async (order) => {
      const read = newest.get(order);
      if (read === undefined) throw new Error(`No list was read in the order ${order}`);
      return proveEnd(read, pagesIn(order), signal);
    },
  };
}
