import type { Logger } from 'pino';
import { isStrayRejection } from '../database/errors.ts';

/**
 * Keeps the process alive where the database driver leaves a rejected promise behind: the pool opens another
 * connection, and whoever waited for this one was told. Any other unhandled rejection ends the process as ever.
 */
export function outliveStrayRejections(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isStrayRejection(error)) throw error;
    logger.warn({ err: error }, 'a connection to the database broke while it was being opened');
  });
}
