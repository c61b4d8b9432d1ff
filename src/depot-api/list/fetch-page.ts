import type { ListOrder } from '../../sync/source.ts';
import { FetchFailedError } from '../errors.ts';
import { TimedOutError, withTimeout } from '../http/abort.ts';
import { type Attempted, sendWithRetries } from '../http/attempts.ts';
import type { HttpRequest, Outcome } from '../http/http.ts';
import { attemptsOf, type Transport } from '../http/transport.ts';
import { refusesToken, type TokenKeeper } from '../token.ts';
import { afterAttempts, type ListPage, pageUrl, parsePage } from './pages.ts';

/** Fetches page number `page`. Throws a `RunError`, or the signal's reason. */
export type FetchPage = (page: number, signal: AbortSignal) => Promise<ListPage>;

/**
 * Makes a reader of one order of the list. Each request may take the transport's `timeoutMs` from when it is
 * sent. A token that expired is renewed once per page.
 */
export function createFetchPage(
  transport: Transport,
  tokens: TokenKeeper,
  order: ListOrder,
  pageSize: number,
): FetchPage {
  const fetchOnce = (page: number, token: string, signal: AbortSignal) => {
    const url = pageUrl(transport.base.href, page, pageSize, order);
    return sendWithRetries(
      () => sendInTurn(transport, { method: 'GET', url, token }, signal),
      attemptsOf(transport, `page ${page}`, signal, () => Number.POSITIVE_INFINITY),
    );
  };
  return async (page, signal) => {
    const token = tokens.current();
    const first = await fetchOnce(page, token.value, signal);
    if (!isUnauthorized(first)) return finish(first, page);
    const fresh = await tokens.renew(token);
    const second = await fetchOnce(page, fresh.value, signal);
    if (isUnauthorized(second)) throw new FetchFailedError(`Unauthorized on page ${page} after a new login`);
    return finish(second, page);
  };
}

function sendInTurn(transport: Transport, request: HttpRequest, signal: AbortSignal): Promise<Outcome> {
  const send = async (): Promise<Outcome> => {
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
