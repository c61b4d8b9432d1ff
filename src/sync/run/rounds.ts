/**
 * Serves requests in rounds, one round at a time. Requests that come during a round go together into the next one. A request
 * settles as its round does. A round that fails does not stop the next one.
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

/** Takes items faster than they are served, within limits. */
export type Buffer<Item> = {
  /** Resolves at once while there is space for the item, else once there is. Throws what a round has thrown. */
  add(item: Item): Promise<void>;
  /** Waits until no round is under way any more. Throws what a round has thrown. */
  end(): Promise<void>;
};

/**
 * Serves items in rounds too, but does not make whoever brings one wait for its round while no more than `most` is waiting
 * or being served, by `sizeOf`.
 */
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
