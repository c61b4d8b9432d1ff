import type { ListOrder, SourceSession } from '../sync/source.ts';
import type { Transport } from './http/transport.ts';
import type { Account } from './kept-tokens.ts';
import { createFetchPage, silenceOf } from './list/fetch-page.ts';
import { proveEnd, type ReadList, readList } from './list/list.ts';
import { type Credentials, login } from './login.ts';
import { createTokenKeeper } from './token.ts';

export type PageLimits = {
  /** Rows to ask for per page. */
  readonly pageSize: number;
  readonly maxConcurrent: number;
};

/**
 * Returns the reader of the list, with the token that is kept or after a login. The signal ends the login and every later
 * read with its reason. Throws `LoginFailedError`.
 */
export async function openSession(
  transport: Transport,
  { credentials, account }: { readonly credentials: Credentials; readonly account: Account },
  limits: PageLimits,
  signal: AbortSignal,
): Promise<SourceSession> {
  const taken = await account.take((stop) => login(transport, credentials, stop), signal);
  let { token } = taken;
  const renew = async () => {
    transport.logger.info({ target: transport.targetName }, 'depot token expired, logging in again');
    // Silence and login together end as a login does (contract, section 1: a dead server is told after that).
    const silentMs = tokens.isDoubted(tokens.current()) ? silenceOf(transport.timeoutMs) : 0;
    const timeoutMs = transport.timeoutMs - silentMs;
    token = await account.renew(
      token,
      (stop) => login({ ...transport, timeoutMs }, credentials, stop),
      signal,
    );
    return token.value;
  };
  const tokens = createTokenKeeper(token.value, renew, taken.isNew);
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
