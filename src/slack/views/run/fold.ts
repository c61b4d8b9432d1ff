import type { types } from '@slack/bolt';
import type { Run } from '../../../sync/run/run.ts';
import { runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { type Message, packLines, plainText, section } from '../blocks.ts';

/** How many unchanged users a preview can unfold at most. */
export const FOLDED_USERS = 200;

/** All blocks of a message must stay below 12,000 characters. */
const MOST_CHARACTERS = 11_000;
/** The keys of the block, its title and its last line. */
const AROUND = 700;
const EMAIL_LIMIT = 160;

/**
 * The unchanged users of a preview, folded (container block, docs.slack.dev, since June 2026), as many as fit beside the other
 * blocks. Without space there is no fold: View All shows all of them.
 */
export function unchangedFold(
  t: Texts,
  run: Run,
  emails: readonly string[],
  others: readonly types.KnownBlock[],
): types.ContainerBlock[] {
  const bytes = MOST_CHARACTERS - AROUND - JSON.stringify(others).length;
  const { texts, shown } = packLines(
    emails.map((email) => code(email, EMAIL_LIMIT)),
    { blocks: 4, bytes },
  );
  if (shown === 0) return [];
  const total = Math.max(run.counts.unchanged, shown);
  const lines = [...texts, ...(shown < total ? [t.plan.moreInView(total - shown)] : [])];
  return [
    {
      type: 'container',
      block_id: runBlockId(run, 'unchanged'),
      title: plainText(t.plan.list.unchanged(total)),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: lines.map((text, index) => section(runBlockId(run, `unchanged:${index}`), text)),
    },
  ];
}

/** Whether a message contains fold blocks. */
export function hasFolds({ blocks }: Message): boolean {
  return blocks.some(({ type }) => type === 'container');
}

/** The message without fold blocks, for a workspace that does not take them. View All shows the folded users too. */
export function withoutFolds(message: Message): Message {
  return { ...message, blocks: message.blocks.filter(({ type }) => type !== 'container') };
}
