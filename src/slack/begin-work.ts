import type { Claimed } from '../sync/ports.ts';
import type { Reader } from './answer.ts';
import type { Desk } from './desk.ts';

/** Starts the work on a claimed run, or has it wait. Where this process is stopping, another one goes on with it at once. */
export async function beginWork(
  { turns }: Pick<Desk, 'turns'>,
  claimed: Claimed,
  { t, tell }: Reader,
): Promise<void> {
  if ((await turns.begin(claimed)) === 'stopping') await tell(t.trouble.restarting(claimed.run.id));
}
