import { RunError } from '../../sync/failures/failure.ts';
import type { ListOrder } from '../../sync/ports/source.ts';
import { onAbort, TimedOutError, untilAborted, withChild, withTimeout } from '../../sync/run/concurrency.ts';
import { asksForLogin, refusesToken, TOO_MANY_REQUESTS } from '../answers.ts';
import { FetchFailedError } from '../errors.ts';
import type { Answer, HttpRequest, Outcome } from '../http/http.ts';
import {
  type Attempted,
  attemptsOf,
  damageOf,
  sendInTurn,
  sendWithRetries,
  type Transport,
} from '../http/transport.ts';
import type { Token, TokenKeeper } from '../tokens.ts';
import { type ListPage, pageUrl, parsePage } from './pages.ts';

/** Fetches page number `page`. Throws a `RunError`, or the signal's reason. */
export type FetchPage = (page: number, signal: AbortSignal) => Promise<ListPage>;

/**
 * Creates the reader of the list in one order. Each request may take the transport's `timeoutMs`, counted from its sending. A
 * refused token is renewed once per page. A login page for browsers counts as a refusal too, if pages have come with the token or
 * if the token is from an earlier session. With a token from an earlier session with which no page has come yet, any failure except
 * a rate limit leads to a new login, which shows whether the token is the cause. `remainingMs`: for waits; without it, all are waited.
 */
export function createFetchPage(
  transport: Transport,
  tokens: TokenKeeper,
  order: ListOrder,
  pageSize: number,
  remainingMs = () => Number.POSITIVE_INFINITY,
): FetchPage {
  const fetchOnce = (page: number, token: Token, signal: AbortSignal, watch: Watch = UNWATCHED) => {
    const url = pageUrl(transport.base.href, page, pageSize, order);
    const attempts = attemptsOf(transport, `page ${page}`, signal, remainingMs);
    return sendWithRetries(
      () => sendPage(transport, { method: 'GET', url, token: token.value }, signal, watch),
      // A login page is no damage: asking again would not help, only a new login.
      {
        ...attempts,
        isDamaged: (answer) => damageOf(answer) !== undefined && !seemsExpired(answer, token),
      },
    );
  };
  const seemsExpired = (answer: Answer, token: Token) =>
    (tokens.isDoubted(token) || tokens.isTrusted(token)) && asksForLogin(answer);
  const refuses = ({ outcome }: Attempted, token: Token) =>
    outcome.kind === 'answer' && (refusesToken(outcome) || seemsExpired(outcome, token));
  const listed = async (attempted: Attempted, page: number, token: Token, signal: AbortSignal) => {
    const found = await finish(attempted, page, signal);
    tokens.trust(token);
    return found;
  };
  const fetchInDoubt = async (page: number, token: Token, signal: AbortSignal) => {
    const logIn = () => tokens.renew(token);
    const attempted = await loginWhereSilent(silenceOf(transport.timeoutMs), signal, logIn, (child, watch) =>
      fetchOnce(page, token, child, watch),
    );
    if (refuses(attempted, token)) return undefined;
    try {
      return await listed(attempted, page, token, signal);
    } catch (error) {
      // If another page has come in the meantime, the token is not the cause.
      if (error instanceof RunError && tokens.isDoubted(token) && !isRateLimited(attempted.outcome))
        return undefined;
      throw error;
    }
  };
  return async (page, signal) => {
    const token = tokens.current();
    if (tokens.isDoubted(token)) {
      const found = await fetchInDoubt(page, token, signal);
      if (found !== undefined) return found;
    } else {
      const first = await fetchOnce(page, token, signal);
      if (!refuses(first, token)) return listed(first, page, token, signal);
    }
    const renewed = await tokens.renew(token);
    const second = await fetchOnce(page, renewed, signal);
    if (second.outcome.kind === 'answer' && refusesToken(second.outcome))
      throw new FetchFailedError({ code: 'unauthorized', page });
    return listed(second, page, renewed, signal);
  };
}

/** For how many milliseconds the server may be silent, while the token is doubted, before a login checks whether it is alive. */
export function silenceOf(timeoutMs: number): number {
  return timeoutMs / 10;
}

/** `sent` is called for each request that was sent, `limited` for each answer that asks for a pause (HTTP 429). */
type Watch = { readonly sent: () => void; readonly limited: () => void };

const UNWATCHED: Watch = { sent: () => {}, limited: () => {} };

/**
 * Does `work`. If `work` takes longer than `silentMs` after its request was sent, also logs in; if that login fails, `work` fails
 * with the login's error. A server that asks for a pause is alive, so the pause is no silence.
 */
function loginWhereSilent<T>(
  silentMs: number,
  signal: AbortSignal,
  logIn: () => Promise<unknown>,
  work: (child: AbortSignal, watch: Watch) => Promise<T>,
): Promise<T> {
  return withChild(signal, (child) => {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => {
        child.abort(error);
        reject(error);
      };
      let timer: NodeJS.Timeout | undefined;
      const sent = () => {
        timer ??= setTimeout(() => logIn().catch(fail), silentMs);
      };
      const limited = () => {
        clearTimeout(timer);
        timer = undefined;
      };
      work(child.signal, { sent, limited })
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  });
}

function sendPage(
  transport: Transport,
  request: HttpRequest,
  signal: AbortSignal,
  watch: Watch,
): Promise<Outcome> {
  const send = async (): Promise<Outcome> => {
    watch.sent();
    try {
      const { http, timeoutMs } = transport;
      const outcome = await withTimeout(timeoutMs, signal, (timed) => http(request, timed));
      if (isRateLimited(outcome)) watch.limited();
      return outcome;
    } catch (error) {
      if (!(error instanceof TimedOutError)) throw error;
      return { kind: 'broken', why: { code: 'connection_timeout' }, retryable: true, cause: error };
    }
  };
  return sendInTurn(transport, send, signal, 5);
}

function isRateLimited(outcome: Outcome): boolean {
  return outcome.kind === 'answer' && outcome.status === TOO_MANY_REQUESTS;
}

async function finish(attempted: Attempted, page: number, signal: AbortSignal): Promise<ListPage> {
  const { outcome, attempts } = attempted;
  switch (outcome.kind) {
    case 'answer':
      return parsePage(outcome, { page, attempts, signal });
    case 'broken': {
      const { why, cause } = outcome;
      throw new FetchFailedError({ code: 'on_page', page, attempts, why }, { cause });
    }
  }
}

/** The first pages of a list, requested together before page 1 has told the number of pages. */
export type EarlyPages = ReturnType<typeof askAhead>;

/**
 * Requests pages 1 to `pages`. The error of a page is thrown when the page is taken: a page that is too many, because the list
 * has become shorter, is never taken. The signal cancels all of them.
 */
export function askAhead(fetchPage: FetchPage, pages: number, signal: AbortSignal) {
  const stop = new AbortController();
  const release = onAbort(signal, (reason) => stop.abort(reason));
  const asked = new Map<number, Promise<ListPage>>();
  for (let page = 1; page <= pages; page += 1) {
    const coming = fetchPage(page, stop.signal);
    coming.catch(() => {});
    asked.set(page, coming);
  }
  return {
    /** The page that was requested early, or else a page requested now. Throws like `FetchPage`. */
    take: (page: number, taker: AbortSignal) => {
      const coming = asked.get(page);
      asked.delete(page);
      return coming === undefined ? fetchPage(page, taker) : untilAborted(taker, coming);
    },
    /** Cancels the pages that nobody has taken. */
    forget: () => {
      release();
      asked.clear();
      stop.abort();
    },
  };
}
