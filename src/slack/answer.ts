import { DatabaseLostError } from '../sync/errors.ts';
import type { Logger } from '../sync/ports.ts';
import type { Texts } from './text/en.ts';

/** Tells the person who typed or clicked, alone. */
export type Tell = (text: string) => Promise<unknown>;

/** Whoever typed or clicked: their language, and how to tell them something that nobody else sees. */
export type Reader = { readonly t: Texts; readonly tell: Tell };

/**
 * Does what a person asked for. Whatever goes wrong is told to them in plain words and logged in full.
 * Never throws: Bolt has acknowledged already, and nobody else would tell them.
 */
export async function answering(
  { t, logger }: { t: Texts; logger: Logger },
  tell: Tell,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const lost = error instanceof DatabaseLostError;
    logger.error({ err: error }, lost ? 'the database cannot be reached' : 'a request could not be served');
    try {
      await tell(troubleOf(error, t));
    } catch (telling) {
      logger.warn({ err: telling }, 'nor could that be told');
    }
  }
}

function troubleOf(error: unknown, t: Texts): string {
  if (!(error instanceof DatabaseLostError)) return t.trouble.unexpected(undefined);
  return error.committing ? t.trouble.databaseLostCommitting : t.trouble.databaseLost;
}
