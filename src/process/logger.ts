import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** Names under which libraries keep secrets; they are cut out wherever an object of theirs is logged. */
const SECRETS = ['token', 'password', 'authorization', 'Authorization', 'secret', 'appToken', 'botToken'];
const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * JSON lines, or readable ones where a person watches (`pretty`). Each has the id of the `request` that it is about,
 * if it is about one. Errors keep name, message, stack and cause.
 */
export function createLogger(
  level: string,
  { pretty = false, destination }: { pretty?: boolean; destination?: DestinationStream } = {},
): Logger {
  const options = {
    level,
    redact: { paths, censor: '[redacted]' },
    serializers: { err: stdSerializers.errWithCause },
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: requestFields,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (destination !== undefined) return pino(options, destination);
  // Formatters do not travel to the thread in which pino-pretty runs.
  const { formatters: _, ...plain } = options;
  return pretty ? pino({ ...plain, transport: { target: 'pino-pretty' } }) : pino(options);
}

/** Bolt's own lines, at debug where Bolt says info: they are about its sockets, not about runs. */
export function boltLogger(logger: Logger): BoltLogger {
  const line = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: (...parts) => logger.trace(line(parts)),
    info: (...parts) => logger.debug(line(parts)),
    warn: (...parts) => logger.warn(line(parts)),
    error: (...parts) => logger.error(line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.DEBUG,
    setName: () => {},
  };
}

/** The request that the current work belongs to, however far it has come since: its promises and timers know it. */
const current = new AsyncLocalStorage<string | undefined>();

/** Does `work`, and all that it starts, as one request: a command, a click, a submission, a round of housekeeping. */
export function asRequest<T>(work: () => T): T {
  return current.run(randomBytes(6).toString('hex'), work);
}

/** Does `work` outside of any request: it serves all requests at once, even if one of them started it. */
export function asNoRequest<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** The fields by which a log line names its request. A new object each time, because pino writes into it. */
export function requestFields(): { request?: string } {
  const request = current.getStore();
  return request === undefined ? {} : { request };
}
