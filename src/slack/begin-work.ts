import type { Claimed } from '../sync/ports.ts';
import type { Reader } from './answer.ts';
import type { Desk } from './desk.ts';

/** Starts the work on a claimed run. Where this process is stopping, another one goes on with it at once. */
export async function beginWork(
  { start, runs }: Pick<Desk, 'start' | 'runs'>,
  { run, lease }: Claimed,
  work: (stop: AbortSignal) => Promise<void>,
  { t, tell }: Reader,
): Promise<void> {
  if (start(work)) return;
  await runs.release(lease);
  await tell(t.trouble.restarting(run.id));
}
