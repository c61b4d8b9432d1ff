import { DatabaseLostError } from '../../sync/errors.ts';
import type { Claimed } from '../../sync/ports.ts';
import { onHold, type Reader } from './answer.ts';
import type { Desk } from './desk.ts';

/**
 * Starts the work on a claimed run, or has it wait. Where this process is stopping, another one goes on with it at once;
 * where the database is lost by now, the run was written all the same, and goes on when it is back.
 */
export async function beginWork(
  { turns, logger }: Pick<Desk, 'turns' | 'logger'>,
  claimed: Claimed,
  { t, tell }: Reader,
): Promise<void> {
  const { run } = claimed;
  try {
    if ((await turns.begin(claimed)) === 'stopping') await tell(t.trouble.restarting(run.id));
  } catch (error) {
    if (!(error instanceof DatabaseLostError)) throw error;
    logger.error({ run: run.id, err: error }, 'the database was lost; the run goes on when it is back');
    await tell(onHold(t, run.id, error.why));
  }
}
