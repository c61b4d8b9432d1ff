import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../sandbox/process/free-port.ts';
import type { StrictSlack } from '../sandbox/strict-slack/strict-slack.ts';
import { BOT_SETTINGS } from '../sandbox/worlds/bot.ts';

/** The program that is measured, unless another one is named. */
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const USAGE = new URL('./bot-usage.mjs', import.meta.url).href;

/** The defaults of EXTERNAL_API_PAGE_SIZE and EXTERNAL_API_MAX_CONCURRENT. */
export const PAGE_SIZE = 100;
export const CONCURRENCY = 4;
/** The default of EXTERNAL_API_REQUESTS_PER_SECOND. */
export const PER_SECOND = 20;

/** As in production, but for the rate limit: at its default of 20 per second, it alone would be measured. */
export const DEPOT_LIMITS = {
  pageSize: PAGE_SIZE,
  maxConcurrent: CONCURRENCY,
  requestsPerSecond: 10_000,
  timeoutMs: 30_000,
};

const READY_WITHIN_MS = 30_000;

/** The built bot, `node dist/main.js start`, in a process of its own. */
export type BotProcess = {
  readonly port: number;
  readonly eventsUrl: string;
  /** From the start of the process until `/readyz` said 200. */
  readonly startMs: number;
  peakRssMb(): Promise<number>;
  stop(): Promise<void>;
};

/** `more` are settings over those that every bench has. `main` is the program of another checkout. */
export async function startBotProcess(
  slack: StrictSlack,
  databaseUrl: string,
  more: Readonly<Record<string, string>> = {},
  main = MAIN,
): Promise<BotProcess> {
  const port = await freePort();
  const begun = performance.now();
  const program = spawn(process.execPath, ['--import', USAGE, main, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Away from a developer's .env.
    cwd: tmpdir(),
    env: { ...process.env, NODE_OPTIONS: '', ...settings(slack, databaseUrl, port), ...more },
  });
  await untilReady(program, `http://127.0.0.1:${port}/readyz`);
  const startMs = performance.now() - begun;
  return {
    port,
    eventsUrl: `http://127.0.0.1:${port}/slack/events`,
    startMs,
    peakRssMb: async () => {
      const answer = once(program, 'message');
      program.send('usage');
      const [message]: unknown[] = await answer;
      return z.object({ maxRssKb: z.number() }).parse(message).maxRssKb / 1024;
    },
    stop: async () => {
      const ended = once(program, 'exit');
      program.kill('SIGTERM');
      await ended;
    },
  };
}

function settings(slack: StrictSlack, databaseUrl: string, port: number): Record<string, string> {
  return {
    ...BOT_SETTINGS,
    SLACK_MODE: 'http',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    EXTERNAL_API_PAGE_SIZE: String(PAGE_SIZE),
    EXTERNAL_API_MAX_CONCURRENT: String(CONCURRENCY),
    EXTERNAL_API_REQUESTS_PER_SECOND: String(DEPOT_LIMITS.requestsPerSecond),
  };
}

async function untilReady(program: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    if (program.exitCode !== null) throw new Error('The bot ended before it was ready');
    if (performance.now() > deadline) throw new Error(`The bot was not ready within ${READY_WITHIN_MS} ms`);
    await wait(5);
  }
}

function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );
}
