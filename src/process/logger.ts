import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { messageOf } from '../sync/failures/failure.ts';

/**
 * Property names under which libraries keep secrets, and a failure the users of its plan. The log redacts their values, up to two
 * levels deep.
 */
const REDACTED = [
  'token',
  'password',
  'authorization',
  'Authorization',
  'secret',
  'appToken',
  'botToken',
  'emails',
];
const paths = REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * Logs JSON lines, or readable lines for a terminal (`pretty`). Each line has the id of its `request`, if there is one. Errors keep
 * name, message, stack and cause.
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
  if (!pretty) return pino(options, openStdout());
  // A terminal may take nothing for hours, and only a thread may wait for it. Functions cannot be sent to a thread.
  const { formatters: _, ...plain } = options;
  const thread = pino.transport({ target: 'pino-pretty' });
  // The thread dies with its terminal, and the process has work to hand back. A thread that dies otherwise is told of.
  thread.on('error', (error: Error) => process.stderr.write(`Nothing more is logged: ${messageOf(error)}\n`));
  return pino(plain, thread);
}

/** How much of the log is kept while it cannot be written; what comes later is left out. In bytes. */
const MOST_UNWRITTEN = 1_048_576;
/** How often in ten seconds a full pipe is tried again, after 100 ms. Meanwhile the process stands still, and Slack wants answers. */
const TRIES = 5;
const TRIES_WITHIN_MS = 10_000;

/**
 * Standard output. If it takes nothing (its reader has stopped, or its disk is full), the process goes on and the lines wait for
 * the next one. Pino's own would end the process at a full disk, and at the end try for ever to write the rest.
 */
function openStdout(): DestinationStream {
  let left = 0;
  let since = Number.NEGATIVE_INFINITY;
  const stdout = pino.destination({
    sync: true,
    maxLength: MOST_UNWRITTEN,
    retryEAGAIN: () => {
      const now = performance.now();
      if (now - since > TRIES_WITHIN_MS) [since, left] = [now, TRIES];
      left -= 1;
      return left >= 0;
    },
  });
  // A line that is left out would not have the lines before it tried again.
  stdout.on('drop', () => stdout.write(''));
  stdout.on('error', () => {});
  return stdout;
}

/** In Slack's payloads: a token, or an address that lets anybody answer in the bot's name. In JSON within JSON, quotes are escaped. */
const CREDENTIAL = /("(?:token|(?:\w+_)?url)\\*"\s*:\s*)(\\*")[^"]*"/g;

/** Passes on Bolt's own log lines, info as debug and debug as trace: they concern its sockets, not runs. */
export function boltLogger(logger: Logger): BoltLogger {
  const line = (parts: unknown[]) => parts.map(messageOf).join(' ').replace(CREDENTIAL, '$1$2[redacted]$2');
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

/** The id of the request that the current work belongs to. Promises and timers inherit it. */
const current = new AsyncLocalStorage<string | undefined>();

/**
 * Runs `work`, and everything that it starts, under a new request id: a command, a click, a submission, or a round of housekeeping.
 */
export function asRequest<T>(work: () => T): T {
  return current.run(randomBytes(6).toString('hex'), work);
}

/** Runs `work` without a request id, since it serves many requests, even if one of them started it. */
export function asNoRequest<T>(work: () => T): T {
  return current.run(undefined, work);
}

/** The log fields that name the current request. A new object for each call, because pino writes into it. */
export function requestFields(): { request?: string } {
  const request = current.getStore();
  return request === undefined ? {} : { request };
}
