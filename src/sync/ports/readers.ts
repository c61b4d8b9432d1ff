import type { AccessRefusal } from '../run/click.ts';

/**
 * Who reads what is posted in a channel: `ours`, people of this company alone; `shared`, people of another company too;
 * `unknown` where nobody could be asked.
 */
export type Readers = 'ours' | 'shared' | 'unknown';

/** Who reads a channel. Never throws. */
export type ReadersOf = (channelId: string) => Promise<Readers>;

/** For the command line, which posts nothing by itself: the bot asks before it tells of such a run. */
export const NOT_ASKED: ReadersOf = async () => 'ours';

/** Why no list of users is posted there; undefined where it may be. A doubt is a no. */
export function readersObjection(readers: Readers, channelId: string): AccessRefusal | undefined {
  switch (readers) {
    case 'ours':
      return undefined;
    case 'shared':
      return { code: 'shared_channel', channelId };
    case 'unknown':
      return { code: 'channel_unverifiable', channelId };
  }
}
