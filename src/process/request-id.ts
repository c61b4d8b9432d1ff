import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** The request that the current work belongs to, however far it has come since: its promises and timers know it. */
const current = new AsyncLocalStorage<string | undefined>();

/** Does `work`, and all that it starts, as one request: a command, a click, a submission, a round of housekeeping. */
export function asRequest<T>(work: () => T): T {
  return current.run(randomBytes(6).toString('hex'), work);
}

/** Does `work` for no request, though one may have asked for it: what is done for all of them at once. */
export function asNoRequest<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** What each log line says of the request that it belongs to. A new object each time: pino writes into it. */
export function requestFields(): { request?: string } {
  const request = current.getStore();
  return request === undefined ? {} : { request };
}
