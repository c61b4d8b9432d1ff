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
