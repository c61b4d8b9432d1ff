import type { Connection } from 'mariadb';
import { z } from 'zod';
import type { StoredMessage } from '../../sandbox/strict-slack/workspace.ts';

/** A row of `sync_outbox`, as far as it is looked at. */
export type Notice = {
  readonly id: number;
  readonly runId: number;
  readonly kind: 'thread' | 'message' | 'list' | 'summary' | 'call';
  /** Slack's word where nobody could be told. */
  readonly untold: string | null;
};

/** A notice that stands in Slack as a message of its own. */
export type Posted = {
  readonly notice: Notice;
  readonly message: StoredMessage;
  readonly place: 'thread' | 'channel' | 'direct';
};

export function readNotices(sql: Connection): Promise<Notice[]> {
  return sql.query<Notice[]>('SELECT id, run_id AS runId, kind, untold FROM sync_outbox ORDER BY id');
}

/** By the ids of their blocks. */
export function postedNotices(
  notices: readonly Notice[],
  messages: readonly StoredMessage[],
): readonly Posted[] {
  const byId = new Map(notices.map((notice) => [notice.id, notice]));
  return messages.flatMap((message): Posted[] => {
    const id = blockIds(message)[0]?.match(/^notice:(\d+)$/)?.[1];
    const notice = byId.get(Number(id));
    return notice === undefined ? [] : [{ notice, message, place: placeOf(message) }];
  });
}

function placeOf({ channel, threadTs }: StoredMessage): Posted['place'] {
  if (!channel.startsWith('C')) return 'direct';
  return threadTs === undefined ? 'channel' : 'thread';
}

const shownBlock = z.looseObject({
  block_id: z.string().default(''),
  text: z.looseObject({ text: z.string() }).optional(),
});

export function blockIds({ blocks = [] }: Pick<StoredMessage, 'blocks'>): string[] {
  return blocks.map((block) => shownBlock.parse(block).block_id);
}

/** The text of each block that is one text; the first of a notice is what it tells. */
export function blockTexts({ blocks = [] }: Pick<StoredMessage, 'blocks'>): string[] {
  return blocks.flatMap((block) => shownBlock.parse(block).text?.text ?? []);
}
