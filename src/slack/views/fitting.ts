/**
 * As many of the first blocks as `characters` of JSON hold, and at most `blocks`. At least one, so that nobody pages
 * through nothing: no block of this bot comes near 12,000 characters, where Slack stops.
 */
export function fitting<Block>(
  all: readonly Block[],
  { blocks, characters }: { readonly blocks: number; readonly characters: number },
): readonly Block[] {
  let left = characters;
  const first = all.slice(0, blocks).findIndex((block) => {
    left -= JSON.stringify(block).length + 1;
    return left < 0;
  });
  return all.slice(0, first < 0 ? blocks : Math.max(1, first));
}
