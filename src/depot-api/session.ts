import type { SourceSession } from '../sync/source.ts';
import { readList } from './list.ts';
import { type Credentials, login } from './login.ts';
import { createPageReader } from './page-reader.ts';
import { createTokenKeeper } from './token.ts';
import type { Transport } from './transport.ts';

export type PageLimits = {
  /** Rows to ask for per page. */
  readonly pageSize: number;
  readonly maxConcurrent: number;
};

/**
 * Logs in and returns the reader of the list. The signal ends the login and every later read with its reason.
 * Throws `LoginFailedError`.
 */
export async function openSession(
  transport: Transport,
  credentials: Credentials,
  limits: PageLimits,
  signal: AbortSignal,
): Promise<SourceSession> {
  const logIn = () => login(transport, credentials, signal);
  const renew = () => {
    transport.logger.info({ target: transport.targetName }, 'depot token expired, logging in again');
    return logIn();
  };
  const tokens = createTokenKeeper(await logIn(), renew);
  const { pageSize, maxConcurrent } = limits;
  return {
    read: (order, onPage) => {
      const fetchPage = createPageReader(transport, tokens, order, pageSize);
      return readList({ fetchPage, onPage, pageSize, maxConcurrent, signal });
    },
  };
}
