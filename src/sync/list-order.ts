import type { ListOrder, SourcePage } from './source.ts';

export type OrderWatch = {
  see(page: SourcePage): void;
  /** Whether all that was seen stands in the order that was asked for. */
  isKept(): boolean;
};

/**
 * Watches whether a list comes in the order of `id_user` that was asked for, each page within itself and each after the
 * one before it, in whatever sequence the pages come. Keeps two numbers of each page.
 */
export function watchOrder(order: ListOrder): OrderWatch {
  const ends = new Map<number, readonly [first: number, last: number]>();
  const inOrder = (a: number, b: number) => (order === 'asc' ? a <= b : a >= b);
  let kept = true;
  return {
    see: ({ page, rows }) => {
      const ids = rows.map(({ id }) => id);
      const [first, last] = [ids[0], ids.at(-1)];
      if (first === undefined || last === undefined) return;
      ends.set(page, [first, last]);
      kept &&= ids.every((id, index) => inOrder(ids[index - 1] ?? id, id));
    },
    isKept: () => {
      const pages = [...ends].sort(([a], [b]) => a - b).map(([, edges]) => edges);
      return kept && pages.every(([first], index) => inOrder(pages[index - 1]?.[1] ?? first, first));
    },
  };
}
