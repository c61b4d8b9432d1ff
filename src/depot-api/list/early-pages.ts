import { untilAborted } from '../../sync/abort.ts';
import type { FetchPage } from './fetch-page.ts';
import type { ListPage } from './pages.ts';

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
