import { TimedOutError, untilAborted, withChild, withTimeout } from '../../sync/abort.ts';
import { RunError } from '../../sync/failures/failure.ts';
import type { ListOrder } from '../../sync/ports/source.ts';
import { FetchFailedError } from '../errors.ts';
import { type Attempted, sendWithRetries } from '../http/attempts.ts';
import type { HttpRequest, Outcome } from '../http/http.ts';
import { attemptsOf, type Transport } from '../http/transport.ts';
import { refusesToken, type Token, type TokenKeeper } from '../token.ts';
import { afterAttempts, type ListPage, pageUrl, parsePage } from './pages.ts';

/** Fetches page number `page`. Throws a `RunError`, or the signal's reason. */
export type FetchPage = (page: number, signal: AbortSignal) => Promise<ListPage>;

/**
 * Makes a reader of one order of the list. Each request may take the transport's `timeoutMs` from when it is
 * sent. A token that expired is renewed once per page. So is an older one with which no page has come yet in this
 * session, whatever came instead: nobody knows whether it is the token, and with a login that is known.
 */
export function createFetchPage(
  transport: Transport,
  tokens: TokenKeeper,
  order: ListOrder,
  pageSize: number,
): FetchPage {
  const fetchOnce = (page: number, token: Token, signal: AbortSignal, onSent = () => {}) => {
    const url = pageUrl(transport.base.href, page, pageSize, order);
    return sendWithRetries(
      () => sendInTurn(transport, { method: 'GET', url, token: token.value }, signal, onSent),
      attemptsOf(transport, `page ${page}`, signal, () => Number.POSITIVE_INFINITY),
    );
  };
  const fetchInDoubt = async (page: number, token: Token, signal: AbortSignal) => {
    const logIn = () => tokens.renew(token);
    const attempted = await loginWhereSilent(silenceOf(transport.timeoutMs), signal, logIn, (child, onSent) =>
      fetchOnce(page, token, child, onSent),
    );
    if (isUnauthorized(attempted)) return undefined;
    try {
      const listed = finish(attempted, page);
      tokens.trust(token);
      return listed;
    } catch (error) {
      // Another page may have come meanwhile, and then it is not the token.
      if (error instanceof RunError && tokens.isDoubted(token) && !isRateLimited(attempted)) return undefined;
      throw error;
    }
  };
  return async (page, signal) => {
    const token = tokens.current();
    if (tokens.isDoubted(token)) {
      const listed = await fetchInDoubt(page, token, signal);
      if (listed !== undefined) return listed;
    } else {
      const first = await fetchOnce(page, token, signal);
      if (!isUnauthorized(first)) return finish(first, page);
    }
    const second = await fetchOnce(page, await tokens.renew(token), signal);
    if (isUnauthorized(second)) throw new FetchFailedError(`Unauthorized on page ${page} after a new login`);
    return finish(second, page);
  };
}

/** How long the first page of a session may be silent until a login asks whether the server is there. Milliseconds. */
export function silenceOf(timeoutMs: number): number {
  return timeoutMs / 10;
}

/**
 * Does as `work` does, but where that takes longer than `silentMs` from when it was sent, logs in beside it: where the
 * login fails, so does the work, with its error.
 */
function loginWhereSilent<T>(
  silentMs: number,
  signal: AbortSignal,
  logIn: () => Promise<unknown>,
  work: (child: AbortSignal, onSent: () => void) => Promise<T>,
): Promise<T> {
  return withChild(signal, (child) => {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => {
        child.abort(error);
        reject(error);
      };
      let timer: NodeJS.Timeout | undefined;
      const onSent = () => {
        timer ??= setTimeout(() => logIn().catch(fail), silentMs);
      };
      work(child.signal, onSent)
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  });
}

function sendInTurn(
  transport: Transport,
  request: HttpRequest,
  signal: AbortSignal,
  onSent: () => void,
): Promise<Outcome> {
  const send = async (): Promise<Outcome> => {
    onSent();
    try {
      return await withTimeout(transport.timeoutMs, signal, (limited) => transport.http(request, limited));
    } catch (error) {
      if (!(error instanceof TimedOutError)) throw error;
      return { kind: 'broken', reason: 'Connection timeout', retryable: true, cause: error };
    }
  };
  return transport.limiter(send, signal, 5);
}

function isUnauthorized({ outcome }: Attempted): boolean {
  return outcome.kind === 'answer' && refusesToken(outcome);
}

const TOO_MANY_REQUESTS = 429;

function isRateLimited({ outcome }: Attempted): boolean {
  return outcome.kind === 'answer' && outcome.status === TOO_MANY_REQUESTS;
}

function finish({ outcome, attempts }: Attempted, page: number): ListPage {
  switch (outcome.kind) {
    case 'answer':
      return parsePage(outcome, page, attempts);
    case 'broken':
      throw new FetchFailedError(`${outcome.reason} on page ${page}${afterAttempts(attempts)}`, {
        cause: outcome.cause,
      });
  }
}

/** The first pages of a list, asked for together, before page 1 has said how many there are. */
export type EarlyPages = {
  /** The page as it comes, or fetched now where it was not asked for early. Throws as `FetchPage` does. */
  take(page: number, signal: AbortSignal): Promise<ListPage>;
  /** Gives up those that nobody has taken. */
  forget(): void;
};

/**
 * Asks for pages 1 to `pages`. One that fails fails whoever takes it: a page that is too many because the list has become
 * shorter is never taken. The signal ends all of them.
 */
export function askAhead(fetchPage: FetchPage, pages: number, signal: AbortSignal): EarlyPages {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const asked = new Map<number, Promise<ListPage>>();
  for (let page = 1; page <= pages; page += 1) {
    const coming = fetchPage(page, stop.signal);
    coming.catch(() => {});
    asked.set(page, coming);
  }
  return {
    take: (page, taker) => {
      const coming = asked.get(page);
      asked.delete(page);
      return coming === undefined ? fetchPage(page, taker) : untilAborted(taker, coming);
    },
    forget: () => {
      signal.removeEventListener('abort', onAbort);
      asked.clear();
      stop.abort();
    },
  };
}
