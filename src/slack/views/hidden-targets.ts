import type { types } from '@slack/bolt';
import type { Texts } from '../text/en.ts';
import { section } from './blocks.ts';
import { command } from './inline.ts';

/** How many targets found no room, and how to see one of them; nothing where all did. */
export function hiddenTargets(t: Texts, blockId: string, hidden: readonly string[]): types.SectionBlock[] {
  const [first] = hidden;
  return first === undefined
    ? []
    : [section(blockId, t.status.more(hidden.length, command(`status ${first}`)))];
}
