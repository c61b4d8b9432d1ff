/**
 * Serves requests in rounds, one round at a time. Requests that arrive during a round are served together in the next round. A
 * request settles when its round settles, with the same result. A failed round does not stop the next one.
 */
export function inRounds<Item>(
  round: (items: readonly Item[]) => Promise<void>,
): (item: Item) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: { readonly items: Item[]; readonly done: Promise<void> } | undefined;

  function open() {
    const items: Item[] = [];
    const done = last.then(() => {
      next = undefined;
      return round(items);
    });
    last = done.catch(() => {});
    return { items, done };
  }

  return (item) => {
    next ??= open();
    next.items.push(item);
    return next.done;
  };
}

/** Takes items faster than they are served, up to a limit. */
export type Buffer<Item> = {
  /** Adds an item. Resolves as soon as the items under way are within the limit. Throws the error of a failed round. */
  add(item: Item): Promise<void>;
  /** Waits for all rounds under way. Throws the error of a failed round. */
  end(): Promise<void>;
};

/** Serves items in rounds too, but a caller waits only while more than `most` (summed by `sizeOf`) is waiting or being served. */
export function bufferedRounds<Item>(
  round: (items: readonly Item[]) => Promise<void>,
  sizeOf: (item: Item) => number,
  most: number,
): Buffer<Item> {
  const serve = inRounds(round);
  const underWay = new Set<Promise<void>>();
  let size = 0;
  let failed: { readonly error: unknown } | undefined;
  const throwIfFailed = () => {
    if (failed !== undefined) throw failed.error;
  };
  return {
    add: async (item) => {
      throwIfFailed();
      size += sizeOf(item);
      const served: Promise<void> = serve(item)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => {
          size -= sizeOf(item);
          underWay.delete(served);
        });
      underWay.add(served);
      while (size > most && failed === undefined) await Promise.race(underWay);
      throwIfFailed();
    },
    end: async () => {
      await Promise.all(underWay);
      throwIfFailed();
    },
  };
}
