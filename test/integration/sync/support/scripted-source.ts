import type { ListEnd, ListOrder, SourceRow, UserSource } from '../../../../src/sync/ports/source.ts';

/** What one read of the list brings: rows, page by page, or an error after the pages that came. */
export type ScriptedRead = {
  readonly pages: readonly (readonly SourceRow[])[];
  /** As many as there are rows where left out; `none` where the server tells no total. */
  readonly total?: number | 'none';
  readonly error?: Error;
  /** Whether the server leaves the rows as they are written here, whatever order was asked for. */
  readonly unsorted?: boolean;
  /** What the page after the last one says; `proven` where left out. */
  readonly end?: ListEnd | Error;
};

export type ScriptedSource = UserSource & {
  /** The order of each read, in the sequence in which they were asked for. */
  readonly orders: readonly ListOrder[];
  /** The order of each read whose end was asked for. */
  readonly ends: readonly ListOrder[];
  /** The names of the targets that were prepared, and of those for which that was cancelled. */
  readonly prepared: readonly string[];
  readonly cancelled: readonly string[];
};

export const whole = (rows: readonly SourceRow[]): ScriptedRead => ({ pages: [rows] });

/** A depot server whose reads are written down beforehand. There is no read beyond the last. */
export function scriptedSource(...reads: readonly ScriptedRead[]): ScriptedSource {
  const orders: ListOrder[] = [];
  const ends: ListOrder[] = [];
  const prepared: string[] = [];
  const cancelled: string[] = [];
  return {
    orders,
    ends,
    prepared,
    cancelled,
    prepare: ({ name }) => {
      prepared.push(name);
      return () => void cancelled.push(name);
    },
    open: async () => ({
      read: async (order, onPage) => {
        const read = reads[orders.length];
        orders.push(order);
        if (read === undefined) throw new Error(`Nobody expected read ${orders.length}`);
        const rows = read.pages.flat().length;
        const total = read.total === 'none' ? undefined : (read.total ?? rows);
        for (const [index, page] of inOrder(read, order).entries())
          await onPage({ page: index + 1, rows: page }, total);
        if (read.error !== undefined) throw read.error;
        return { rows, total };
      },
      proveEnd: async (order) => {
        ends.push(order);
        const end = reads[orders.length - 1]?.end ?? 'proven';
        if (end instanceof Error) throw end;
        return end;
      },
    }),
  };
}

/** Pages of the same lengths, sorted by `id_user` as a server sorts them. */
function inOrder({ pages, unsorted }: ScriptedRead, order: ListOrder): readonly (readonly SourceRow[])[] {
  if (unsorted) return pages;
  const sorted = pages.flat().sort((a, b) => (order === 'asc' ? a.id - b.id : b.id - a.id));
  return pages.map((page) => sorted.splice(0, page.length));
}
