import type { Logger, Tunnel } from '../sync/ports/ports.ts';
import type { ListEnd, ListOrder, SourceSession, Target, UserSource } from '../sync/ports/source.ts';
import { onAbort, untilAborted } from '../sync/run/concurrency.ts';
import { hostOf, parseBaseUrl } from './http/base-url.ts';
import { createHttp } from './http/http.ts';
import { createLimiters } from './http/limiter.ts';
import type { SharedRates } from './http/shared-rates.ts';
import { PACE, type Pace, type ReportRequest, reporting, type Transport } from './http/transport.ts';
import type { Rates } from './http/window.ts';
import { askAhead, createFetchPage, type EarlyPages, silenceOf } from './list/fetch-page.ts';
import { pagesInHand, proveEnd, type ReadList, readList } from './list/list.ts';
import { type Credentials, login } from './login.ts';
import { type Account, createKeptTokens, createTokenKeeper, renewableLater } from './tokens.ts';

/** `timeoutMs`: milliseconds for a whole login, and for each request of a page. The rates hold per depot server. */
export type DepotLimits = Rates & PageLimits & { readonly timeoutMs: number };

export type DepotSourceParts = {
  readonly credentialsFor: (targetName: string) => Credentials;
  readonly limits: DepotLimits;
  readonly logger: Logger;
  /** Called for each finished request. */
  readonly report: ReportRequest;
  /** Set if several processes share the rates. */
  readonly shared?: SharedRates | undefined;
  readonly tunnel?: Tunnel | undefined;
  readonly pace?: Pace;
};

/**
 * The user source that reads depot servers (contract, section 1). Create one per process: it holds the connections, the limiters
 * and the tokens. Its errors and log lines contain no passwords or tokens.
 */
export function createDepotSource(parts: DepotSourceParts): UserSource {
  const { credentialsFor, limits, logger, report, pace = PACE } = parts;
  const http = createHttp(parts.tunnel);
  const limiterFor = createLimiters(limits, parts.shared);
  const accountOf = createKeptTokens();
  const lastReads = new Map<string, LastRead>();

  /** Throws `LocationUrlError`. */
  const wayTo = (target: Target): Way => {
    const base = parseBaseUrl(target.baseUrl, target.locationName);
    const limiter = limiterFor(base.origin);
    const transport: Transport = {
      base,
      targetName: target.name,
      http: reporting(http, target.name, report),
      // Several servers may share an origin, each with logins of its own.
      limiter: (job, stop, priority) => limiter(job, stop, priority, base.href),
      pace,
      logger,
      timeoutMs: limits.timeoutMs,
    };
    const credentials = credentialsFor(target.name);
    const account = accountOf(base.href, target.name, credentials);
    const lastRead = lastReads.get(base.href) ?? { pages: undefined, end: undefined };
    lastReads.set(base.href, lastRead);
    return { transport, access: { credentials, account, lastRead } };
  };

  return beginningEarly(wayTo, limits);
}

/** How long a session waits for its run. Afterwards the run is waiting for a process with capacity. Milliseconds. */
const WAITS_MS = 5_000;

type Way = { readonly transport: Transport; readonly access: Access };

/** Opens sessions, also before the work of their run. */
function beginningEarly(wayTo: (target: Target) => Way, limits: PageLimits): UserSource {
  const begun = new Map<string, ReturnType<typeof begin>>();
  /** The addresses that runs of this process read, by the signals of their sessions. */
  const reading = new Map<AbortSignal, string>();
  const keyOf = ({ name, baseUrl }: Target) => JSON.stringify([name, baseUrl]);
  // While a list is read, a second run for it is refused.
  const isOfUse = (target: Target) =>
    ![...reading.values()].includes(target.baseUrl) &&
    hostOf(target.baseUrl) !== undefined &&
    wayTo(target).access.account.isKept();

  const begin = (target: Target) => {
    const stop = new AbortController();
    const { transport, access } = wayTo(target);
    const { account, renewable } = renewableLater(access.account);
    const session = openSession(transport, { ...access, account }, limits, stop.signal);
    session.then((opened) => opened.expect('asc')).catch(() => {});
    return { session, stop, renewable, requests: new Set<() => void>() };
  };

  return {
    prepare: (target) => {
      const key = keyOf(target);
      if (!begun.has(key) && !isOfUse(target)) return () => {};
      const mine = begun.get(key) ?? begin(target);
      begun.set(key, mine);
      const cancel = () => {
        mine.requests.delete(cancel);
        // Whichever of the other requests for the target gets the run goes on with the session.
        if (mine.requests.size > 0 || begun.get(key) !== mine) return;
        begun.delete(key);
        mine.stop.abort();
      };
      mine.requests.add(cancel);
      // Nobody awaits the session where no run goes on with it.
      mine.session.catch(cancel);
      setTimeout(cancel, WAITS_MS).unref();
      return cancel;
    },
    open: async (target, signal) => {
      const key = keyOf(target);
      const early = begun.get(key);
      begun.delete(key);
      reading.set(signal, target.baseUrl);
      onAbort(signal, (reason) => {
        reading.delete(signal);
        early?.stop.abort(reason);
      });
      early?.renewable();
      if (early !== undefined) return untilAborted(signal, early.session);
      const { transport, access } = wayTo(target);
      return openSession(transport, access, limits, signal);
    },
  };
}

type PageLimits = {
  /** Requested rows per page. */
  readonly pageSize: number;
  readonly maxConcurrent: number;
};

/** What the last complete read of a server's list has shown. A guess about the next read, never a proof. */
type LastRead = { pages: number | undefined; end: ListEnd | undefined };

type Access = { readonly credentials: Credentials; readonly account: Account; readonly lastRead: LastRead };

/** Returns the list's reader, with the kept token or after a login. The signal ends all of its work. Throws `LoginFailedError`. */
async function openSession(
  transport: Transport,
  { credentials, account, lastRead }: Access,
  limits: PageLimits,
  signal: AbortSignal,
): Promise<Required<SourceSession>> {
  const taken = await account.take((stop) => login(transport, credentials, stop), signal);
  let { token } = taken;
  const renew = async () => {
    transport.logger.info({ target: transport.targetName }, 'depot token expired, logging in again');
    // Silence and login together take no longer than one login, so that a dead server is reported in time (contract, section 1).
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
      const isFirst = newest.size === 0;
      if (ahead.has(order) || !(isFirst || PROVING.includes(lastRead.end))) return;
      ahead.set(order, askFor(order));
    },
    read: async (order, onPage) => {
      const early = ahead.get(order) ?? askFor(order);
      ahead.delete(order);
      // Pages of another order that were requested before this read would prove less.
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

/** Ends of the last read after which a second read can prove something. Undefined: no end is known yet. */
const PROVING: readonly (ListEnd | undefined)[] = [undefined, 'proven', 'thin'];
