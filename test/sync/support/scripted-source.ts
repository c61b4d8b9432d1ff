import type { ListOrder, SourceRow, UserSource } from '../../../src/sync/source.ts';

/** What one read of the list brings: rows, page by page, or an error after the pages that came. */
export type ScriptedRead = {
  readonly pages: readonly (readonly SourceRow[])[];
  /** As many as there are rows where left out; `none` where the server tells no total. */
  readonly total?: number | 'none';
  readonly error?: Error;
};

export type ScriptedSource = UserSource & {
  /** The order of each read, in the sequence in which they were asked for. */
  readonly orders: readonly ListOrder[];
};

export const whole = (rows: readonly SourceRow[]): ScriptedRead => ({ pages: [rows] });

/** A depot server whose reads are written down beforehand. There is no read beyond the last. */
export function scriptedSource(...reads: readonly ScriptedRead[]): ScriptedSource {
  const orders: ListOrder[] = [];
  return {
    orders,
    open: async () => ({
      read: async (order, onPage) => {
        const read = reads[orders.length];
        orders.push(order);
        if (read === undefined) throw new Error(`Nobody expected read ${orders.length}`);
        const rows = read.pages.flat().length;
        const total = read.total === 'none' ? undefined : (read.total ?? rows);
        for (const [index, page] of read.pages.entries())
          await onPage({ page: index + 1, rows: page }, total);
        if (read.error !== undefined) throw read.error;
        return { rows, total };
      },
    }),
  };
}
