import type { SourceList, SourcePage } from '../../sync/source.ts';
import type { PageReader } from './page-reader.ts';
import type { ListPage } from './pages.ts';

export type ListReading = {
  readonly fetchPage: PageReader;
  readonly onPage: (page: SourcePage, total: number | undefined) => Promise<void>;
  /** Rows that were asked for per page. */
  readonly pageSize: number;
  /** Pages that may be asked for at a time; as many again may be in memory, being handed over. */
  readonly maxConcurrent: number;
  readonly signal: AbortSignal;
};

/** A list that was read, with the pages at its ends. An empty `last` page proves that nothing follows. */
export type ReadList = { readonly list: SourceList; readonly first: ListPage; readonly last: ListPage };

/** Far above any depot, so that a server which never ends is not read for ever. */
export const MAX_ROWS = 5_000_000;
export const MAX_PAGES = 50_000;
