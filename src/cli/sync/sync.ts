import { randomUUID } from 'node:crypto';
import { openStores, wireCore } from '../../bot/core.ts';
import { tunnelOf } from '../../bot/proxy-tunnel.ts';
import type { Config } from '../../config/config.ts';
import { createLogger } from '../../process/logger.ts';
import { textsFor } from '../../slack/text/language.ts';
import { NO_PROGRESS, NOT_ASKED } from '../../sync/ports/ports.ts';
import { type Answer, answer } from './answer.ts';
import { type Ask, parseAsk, USAGE, UsageError } from './arguments.ts';
import { createPrinter } from './print.ts';

/**
 * The command line for operators, if Slack is down, and for cron and CI. It uses the same use cases, rules, audit log and outbox;
 * the bot tells Slack when Slack is back. Returns the exit code: 0 done or nothing to change, 2 changes are planned, 1 refused,
 * failed or not understood. With `--json`, the output is one JSON text in every case. Throws what `open` throws, and
 * `DatabaseLostError`.
 */
export async function runSync(
  open: () => Promise<Config>,
  words: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const tell = (lines: readonly string[], data: unknown) => {
    for (const line of words.includes('--json') ? [jsonOf(data)] : lines) say(line);
  };
  try {
    const ask = parseAsk(words);
    const { lines, data, exit } = await answerTo(await open(), ask);
    tell(lines, data);
    return exit;
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const misunderstood = error instanceof UsageError;
    tell(misunderstood ? [`${failed}.`, ...USAGE] : [], { failed });
    if (!misunderstood) throw error;
    return 1;
  }
}

/** User ids of the depot servers are whole numbers that fit into a JSON number. */
function jsonOf(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

async function answerTo(config: Config, ask: Ask): Promise<Answer> {
  const logger = createLogger('silent');
  const owner = randomUUID();
  const stores = openStores(config, { owner, observe: () => {}, logger });
  try {
    // If this process dies, other processes take over its runs at once.
    await stores.presence.look();
    const { useCases } = wireCore({
      config,
      logger,
      stores,
      progress: NO_PROGRESS,
      isAdmin: async () => false,
      readersOf: NOT_ASKED,
      report: () => {},
      shared: undefined,
      tunnel: tunnelOf(config.proxy),
    });
    const print = createPrinter(textsFor(undefined, 'en', config.deployment), config.sync);
    return await answer({ config, stores, useCases, print }, ask);
  } finally {
    await stores.presence.leave();
    await stores.close();
  }
}
