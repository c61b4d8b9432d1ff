import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { openStores, wireCore } from '../../bot/core.ts';
import { createJobs } from '../../bot/jobs.ts';
import { tunnelOf } from '../../bot/proxy-tunnel.ts';
import type { Config } from '../../config/config.ts';
import { createLogger } from '../../process/logger.ts';
import { textsFor } from '../../slack/text/language.ts';
import { DatabaseLostError } from '../../sync/failures/errors.ts';
import { messageOf } from '../../sync/failures/failure.ts';
import { NO_PROGRESS, NOT_ASKED } from '../../sync/ports/ports.ts';
import { OPERATOR } from '../../sync/rules/approval.ts';
import { createRules } from '../../sync/rules/rules.ts';
import { onAbort } from '../../sync/run/concurrency.ts';
import { createQueue } from '../../sync/run/queue.ts';
import type { Actor } from '../../sync/run/run.ts';
import { lossLine } from '../remedies.ts';
import { answer, type OperatorCommand } from './answer.ts';
import { type Answer, createPrinter } from './print.ts';

/**
 * The command line for operators, if Slack is down, and for cron and CI. It uses the same use cases, rules, audit log and outbox;
 * the bot tells Slack when Slack is back. Returns the exit code: 0 done or nothing to change, 2 changes are planned, 1 refused,
 * failed or not understood. `stop` hands its read back, and lets nothing begin. With `--json`, the output is one JSON text in every
 * case. Throws what `open` throws, the reason of `stop`, and `DatabaseLostError`.
 */
export async function runSync(
  open: () => Promise<Config>,
  words: readonly string[],
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  const tell = (lines: readonly string[], data: unknown) => {
    for (const line of words.includes('--json') ? [jsonOf(data)] : lines) say(line);
  };
  if (words.includes('--help') || words.includes('-h')) {
    for (const line of USAGE) say(line);
    return 0;
  }
  try {
    const command = parseCommand(words);
    const { lines, data, exit } = await answerTo(await open(), command, stop);
    tell(lines, data);
    return exit;
  } catch (error) {
    const misunderstood = error instanceof UsageError;
    const failed = error instanceof DatabaseLostError ? lossLine(error) : messageOf(error);
    tell(misunderstood ? [`${failed}.`, ...USAGE] : [], { failed });
    if (!misunderstood) throw error;
    return 1;
  }
}

/** User ids of the depot servers are whole numbers that fit into a JSON number. */
function jsonOf(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

/** The longest time that a timer takes: an operator waits for an abandoned run until its end. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

async function answerTo(config: Config, command: OperatorCommand, stop: AbortSignal): Promise<Answer> {
  const logger = createLogger('silent');
  const owner = randomUUID();
  const stores = openStores(config, { owner, observe: () => {}, logger });
  const rulesFor = createRules(stores.locations, config.sync);
  try {
    // If this process dies, other processes take over its runs at once.
    await stores.presence.look();
    const useCases = wireCore({
      config,
      logger,
      stores,
      rulesFor,
      progress: NO_PROGRESS,
      isAdmin: async () => false,
      readersOf: NOT_ASKED,
      mayRead: () => true,
      report: () => {},
      shared: undefined,
      tunnel: tunnelOf(config.proxy),
    });
    const print = createPrinter(textsFor(undefined, 'en', config.deployment), config);
    const jobs = createJobs(logger, { reading: 1, executing: 1 }, async () => {});
    const queue = createQueue({ runs: stores.runs, progress: NO_PROGRESS, ...useCases, workers: jobs });
    const finishAbandoned = async () => {
      await queue.startWaiting();
      onAbort(stop, () => void jobs.drain(0));
      await jobs.drain(LONGEST_WAIT_MS);
    };
    return await answer({ config, stores, rulesFor, useCases, print, finishAbandoned, stop }, command);
  } finally {
    await stores.presence.leave();
    await stores.close();
  }
}

const USAGE = [
  'After npm run sync --',
  '  preview TARGET [--as NAME]            reads and plans',
  '  confirm RUN --as NAME --reason TEXT   executes the plan of that run',
  '  rollback RUN --as NAME                previews what takes the run back',
  '  cancel RUN --as NAME                  ends a preview, or a read',
  '  show RUN                              a run and the lines of its plan',
  '  history [TARGET]                      the latest runs',
  '  status [TARGET]                       how each target stands',
  '--json after any of them prints JSON. Exit codes: 0 done, or nothing to change;',
  '2 changes are planned (preview, rollback); 1 refused or failed.',
];

/** The arguments cannot be parsed. The message says why. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

const runNumber = z
  .string()
  .regex(/^#?\d{1,10}$/)
  .transform((text) => Number(text.replace('#', '')))
  .refine((run) => run >= 1 && run <= 4_294_967_295);
const NAME = 'NAME is up to 60 letters, digits, blanks and . @ - _';
/** The operator, for Slack and the audit log. Anybody can give any name here, so the machine is named too. */
const operator = z
  .string()
  .trim()
  .max(60, NAME)
  .regex(/^(?=.*[\p{L}\p{N}])[\p{L}\p{M}\p{N}_.@ -]+$/u, NAME)
  .transform(
    (name): Actor => ({
      id: `${OPERATOR}${name}`.slice(0, 64),
      name: `${name} (command line, ${hostname()})`,
    }),
  );
const reason = z
  .string()
  .trim()
  .min(3, 'TEXT says why, in three characters at least')
  .max(500, 'TEXT says why, in 500 characters at most');

/** Parses the words after `npm run sync --`; `--json` is left to the caller. Throws `UsageError`. */
function parseCommand(words: readonly string[]): OperatorCommand {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { as: { type: 'string' }, reason: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [verb = '', what, ...others] = positionals;
    if (others.length > 0) throw new UsageError(`${others[0]} is one word too many`);
    return commandOf(verb, what, values);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = error instanceof z.ZodError ? error.issues[0]?.message : undefined;
    // Node adds advice that fits no command here.
    throw new UsageError(message ?? messageOf(error).replace(/\. To specify .*/s, ''), { cause: error });
  }
}

function commandOf(
  verb: string,
  what: string | undefined,
  given: { readonly as?: string | undefined; readonly reason?: string | undefined },
): OperatorCommand {
  switch (verb) {
    case 'preview':
      if (what === undefined) throw new UsageError('preview needs a target');
      return { verb, target: what.toLowerCase(), as: operator.parse(given.as ?? 'operator') };
    case 'confirm':
      return {
        verb,
        runId: runOf(verb, what),
        as: operator.parse(required(verb, '--as NAME', given.as)),
        reason: reason.parse(required(verb, '--reason TEXT', given.reason)),
      };
    case 'cancel':
    case 'rollback':
      return { verb, runId: runOf(verb, what), as: operator.parse(required(verb, '--as NAME', given.as)) };
    case 'show':
      return { verb, runId: runOf(verb, what) };
    case 'history':
    case 'status':
      return { verb, target: what?.toLowerCase() };
    default:
      throw new UsageError(verb === '' ? 'Say what to do' : `${verb} is no command`);
  }
}

function runOf(verb: string, what: string | undefined): number {
  const run = runNumber.safeParse(what);
  if (!run.success) throw new UsageError(`${verb} needs the number of a run`);
  return run.data;
}

function required(verb: string, option: string, text: string | undefined): string {
  if (text === undefined) throw new UsageError(`${verb} needs ${option}: it stands in the audit log`);
  return text;
}
