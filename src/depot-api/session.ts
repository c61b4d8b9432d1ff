import type { ListEnd, ListOrder, SourceSession } from '../sync/ports/source.ts';
import type { Transport } from './http/transport.ts';
import type { Account } from './kept-tokens.ts';
import { askAhead, createFetchPage, type EarlyPages, silenceOf } from './list/fetch-page.ts';
import { pagesInHand, proveEnd, type ReadList, readList } from './list/list.ts';
import { type Credentials, login } from './login.ts';
import { createTokenKeeper } from './token.ts';

export type PageLimits = {
  /** Rows to ask for per page. */
  readonly pageSize: number;
  readonly maxConcurrent: number;
};

/** What the last whole read of a server's list has shown. A guess of what the next one finds, and never a proof. */
export type LastRead = { pages: number | undefined; end: ListEnd | undefined };

type Access = { readonly credentials: Credentials; readonly account: Account; readonly lastRead: LastRead };

/**
 * Returns the reader of the list, with the token that is kept or after a login. The signal ends the login and every later
 * read with its reason. Throws `LoginFailedError`.
 */
export async function openSession(
  transport: Transport,
  { credentials, account, lastRead }: Access,
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
  const ahead = new Map<ListOrder, EarlyPages>();
  const askFor = (order: ListOrder) =>
    askAhead(pagesIn(order), Math.min(lastRead.pages ?? 1, pagesInHand(maxConcurrent)), signal);
  return {
    expect: (order) => {
      if (ahead.has(order) || !PROVING.includes(lastRead.end)) return;
      ahead.set(order, askFor(order));
    },
    read: async (order, onPage) => {
      const early = ahead.get(order) ?? askFor(order);
      ahead.delete(order);
      // Pages of another order that came before this read would prove less.
      for (const other of ahead.values()) other.forget();
      ahead.clear();
      const fetchPage = pagesIn(order);
      const read = await readList({ fetchPage, onPage, pageSize, maxConcurrent, signal, early });
      newest.set(order, read);
      lastRead.pages = read.pages;
      return read.list;
    },
    proveEnd: async (order) => {
      const read = newest.get(order);
      if (read === undefined) throw new Error(`No list was read in the order ${order}`);
      lastRead.end = await proveEnd(read, pagesIn(order), signal);
      return lastRead.end;
    },
  };
}

/** Ends after which a second read can prove something; undefined where none is known yet. */
const PROVING: readonly (ListEnd | undefined)[] = [undefined, 'proven', 'thin'];
