/**
 * Serves what is asked for one round at a time: whatever is asked for while a round is under way goes together into the
 * next one. An ask settles as its round does; a round that fails keeps no other from its turn.
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
