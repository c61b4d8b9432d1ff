import { setTimeout as pause } from 'node:timers/promises';
import type { Effect } from '../schedule/fault.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Verdict } from './at-point.ts';
import type { BotPool } from './bot-pool.ts';
import { BotEndedError } from './bot-process.ts';
import { createDisruptions } from './disruptions.ts';
import { become, isBusy, lastWord, type RunningBot, type Surroundings, surround } from './running-bot.ts';

export type Replicas = {
  /** Where the replica takes deliveries; where it is down, any other's that is up. */
  urlOf(replica: number): string | undefined;
  isBusy(): boolean;
  /** Whether a process is being started or buried. */
  isChanging(): boolean;
  /** Resolves once each process that runs has done what it had at hand, after 1 s at the latest. */
  answered(): Promise<void>;
  /** A depot server sees no more than a request: what it brings about befalls the replica that is named. */
  disrupt(replica: number, effect: Effect): Promise<Verdict>;
  /** Wakes what is paused. True where something was. */
  wake(): boolean;
  /** Starts what was to stay down until now, and ends those that were replaced while they were paused. */
  restore(): Promise<void>;
  stop(): Promise<void>;
  /** The first moment from `at` on (milliseconds since 1970) in which a process was up. */
  upFrom(at: number): number;
  /** What the bots printed last, for the report of a failure. */
  logs(): readonly string[];
};

type Options = Omit<Surroundings, 'disrupt'> & {
  readonly pool: BotPool;
  readonly count: number;
  readonly pace: Schedule['pace'];
  /** But for where the database and Slack are. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the database behind `databaseAt`. */
  readonly databaseUrl: string;
  /** Ends the leases of a process. */
  readonly lapse: (owner: string) => Promise<void>;
  /** Something that must not happen, happened. */
  readonly complain: (problem: string) => void;
};

const STOP_WITHIN_MS = 10_000;
/** One that is paused meanwhile does not answer at all. */
const ANSWER_WITHIN_MS = 1_000;

/** Runs the bots as a supervisor would: whichever ends is started again. */
export async function startReplicas(options: Options): Promise<Replicas> {
  const { pool, complain } = options;
  const bots = new Set<RunningBot>();
  const ever: RunningBot[] = [];
  const current = new Map<number, RunningBot>();
  const starting = new Set<Promise<void>>();
  const chores = new Set<Promise<void>>();
  const printed: string[] = [];
  const up = () => [...bots].filter(({ state }) => state === 'up');
  const isCurrent = (bot: RunningBot) => current.get(bot.replica) === bot;

  const disruptions = createDisruptions({
    wires: options.wires,
    isCurrent,
    hasOthers: (bot) => up().some((other) => other !== bot),
    replace: (bot) => chore(lapse(bot).then(() => launch(bot.replica))),
    beginRefusals: options.refusals.begin,
  });

  function chore(work: Promise<void>): void {
    const done: Promise<void> = work
      .catch((error: unknown) => complain(String(error)))
      .finally(() => chores.delete(done));
    chores.add(done);
  }

  async function launch(replica: number): Promise<void> {
    const process = await pool.take();
    const bot = await surround(process, replica, { ...options, disrupt: disruptions.befall });
    bots.add(bot);
    ever.push(bot);
    current.set(replica, bot);
    void process.ended.then((code) => chore(bury(bot, code)));
    const started = start(bot);
    starting.add(started);
    await started.finally(() => starting.delete(started));
  }

  async function start(bot: RunningBot): Promise<void> {
    const url = new URL(options.databaseUrl);
    url.host = `127.0.0.1:${bot.database.port}`;
    const places = { DATABASE_URL: url.href, SLACK_API_URL: bot.slack.apiUrl };
    try {
      const { port, owner } = await bot.process.start({ ...options.settings, ...places }, options.pace);
      bot.owner = owner;
      bot.url = `http://127.0.0.1:${port}/slack/events`;
      if (bot.state === 'starting') become(bot, 'up');
    } catch (error) {
      // Its burial follows.
      if (!(error instanceof BotEndedError)) throw error;
    }
  }

  async function bury(bot: RunningBot, code: number | null): Promise<void> {
    if (!bots.has(bot)) return;
    printed.push(...bot.process.log());
    if (bot.state !== 'down') complain(`A bot ended by itself (code ${code}): ${lastWord(bot)}`);
    if (bot.stoppedAt !== undefined && code !== 0) complain(`After SIGTERM a bot ended with code ${code}`);
    if (bot.stoppedAt !== undefined) checkStop(bot.stoppedAt);
    await Promise.all([bot.database.stop(), bot.slack.stop()]);
    bots.delete(bot);
    if (isCurrent(bot) && bot.restart) await launch(bot.replica);
  }

  function checkStop(began: number): void {
    const took = Math.round(performance.now() - began);
    if (took > STOP_WITHIN_MS) complain(`A bot took ${took} ms to stop`);
  }

  /** 30 s pass for one that stands still: it keeps its connections, so that no other process takes it for dead. */
  async function lapse({ owner }: RunningBot): Promise<void> {
    await Promise.allSettled(starting);
    if (owner !== undefined) await options.lapse(owner);
  }

  async function retire(bot: RunningBot): Promise<void> {
    become(bot, 'down');
    bots.delete(bot);
    const began = performance.now();
    const ended = await bot.process.stop().catch((error: unknown) => error);
    printed.push(...bot.process.log());
    checkStop(began);
    if (ended !== undefined) complain(`A bot ended while it was stopped: ${lastWord(bot)}`);
    else pool.giveBack(bot.process);
    await Promise.all([bot.database.stop(), bot.slack.stop()]);
  }

  await Promise.all(Array.from({ length: options.count }, (_, replica) => launch(replica)));
  return {
    urlOf: (replica) => [current.get(replica), ...up()].find((bot) => bot?.state === 'up')?.url,
    isBusy: () => chores.size > 0 || [...bots].some(isBusy),
    isChanging: () => chores.size + starting.size > 0,
    answered: async () => {
      const answers = Promise.allSettled(up().map(({ process }) => process.answer()));
      await Promise.race([answers, pause(ANSWER_WITHIN_MS, undefined, { ref: false })]);
    },
    disrupt: async (replica, effect) => {
      const bot = current.get(replica);
      return bot === undefined ? 'go' : disruptions.befall(bot, effect);
    },
    upFrom: (at) => {
      const lives = ever.flatMap((bot) => bot.lives).filter(({ until }) => until > at);
      return Math.max(at, Math.min(...lives.map(({ from }) => from)));
    },
    wake: disruptions.wake,
    restore: async () => {
      await Promise.all([...bots].filter((bot) => !isCurrent(bot)).map(retire));
      const down = [...current].filter(([, bot]) => !bots.has(bot));
      await Promise.all(down.map(([replica]) => launch(replica)));
    },
    stop: async () => {
      disruptions.wake();
      await Promise.all([...bots].map(retire));
    },
    logs: () => [...printed, ...[...bots].flatMap(({ process }) => process.log())],
  };
}
