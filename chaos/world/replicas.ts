import type { Effect } from '../schedule/fault.ts';
import type { Verdict } from './at-point.ts';
import type { BotPool } from './bot-pool.ts';
import { BotEndedError } from './bot-process.ts';
import { type RunningBot, type Surroundings, surround } from './running-bot.ts';

export type Replicas = {
  /** Where the replica takes deliveries; where it is down, any other's that is up. */
  urlOf(replica: number): string | undefined;
  isBusy(): boolean;
  /** Resolves once each process that runs has done what it had at hand. */
  answered(): Promise<void>;
  /** A depot server sees no more than a request: what it brings about befalls the replica that is named. */
  disrupt(replica: number, effect: Effect): Promise<Verdict>;
  /** Wakes what is paused. True where something was. */
  wake(): boolean;
  /** Starts what was to stay down until now, and ends those that were replaced while they were paused. */
  restore(): Promise<void>;
  stop(): Promise<void>;
  /** What the bots printed last, for the report of a failure. */
  logs(): readonly string[];
};

type Options = Omit<Surroundings, 'disrupt'> & {
  readonly pool: BotPool;
  readonly count: number;
  /** But for where the database and Slack are. */
  readonly settings: Readonly<Record<string, string>>;
  /** Below `databaseAt`. */
  readonly databaseUrl: string;
  /** Ends the leases of everybody but these. */
  readonly lapse: (living: readonly string[]) => Promise<void>;
  /** Something that must not happen, happened. */
  readonly complain: (problem: string) => void;
};

const STOP_WITHIN_MS = 10_000;

/** One that has not looked for work yet is about to. */
function isBusy({ state, database, slack }: RunningBot): boolean {
  return state !== 'paused' && (!database.wasUsed() || database.isBusy() || slack.isBusy());
}

/** Runs the bots as a supervisor would: whichever ends is started again. */
export async function startReplicas(options: Options): Promise<Replicas> {
  const { pool, count, wires, complain } = options;
  const bots = new Set<RunningBot>();
  const current = new Map<number, RunningBot>();
  /** Paused bots, and how to let go what each was about to do. */
  const paused = new Map<RunningBot, () => void>();
  const starting = new Set<Promise<unknown>>();
  const chores = new Set<Promise<void>>();
  const printed: string[] = [];
  const surroundings: Surroundings = { ...options, disrupt };

  const isUp = (bot: RunningBot) => bot.state === 'up';
  const up = () => [...bots].filter(isUp);

  function chore(work: Promise<void>): void {
    const done = work.catch((error: unknown) => complain(String(error))).finally(() => chores.delete(done));
    chores.add(done);
  }

  async function launch(replica: number): Promise<void> {
    const process = await pool.take();
    const bot = await surround(process, replica, surroundings);
    bots.add(bot);
    current.set(replica, bot);
    void process.ended.then((code) => chore(bury(bot, code)));
    const url = new URL(options.databaseUrl);
    url.host = `127.0.0.1:${bot.database.port}`;
    const started = process.start({
      ...options.settings,
      DATABASE_URL: url.href,
      SLACK_API_URL: bot.slack.apiUrl,
    });
    const settled = started.then(
      ({ port, owner }) => {
        bot.owner = owner;
        bot.url = `http://127.0.0.1:${port}/slack/events`;
        if (bot.state === 'starting') bot.state = 'up';
      },
      (error: unknown) => {
        if (!(error instanceof BotEndedError)) throw error;
      },
    );
    starting.add(settled);
    await settled.finally(() => starting.delete(settled));
  }

  /** After the end of a process. */
  async function bury(bot: RunningBot, code: number | null): Promise<void> {
    if (!bots.delete(bot)) return;
    printed.push(...bot.process.log());
    if (bot.state !== 'down') complain(`A bot ended by itself (code ${code}): ${bot.process.log().at(-1)}`);
    if (bot.stoppedAt !== undefined) checkStop(bot.stoppedAt, code);
    await leave(bot);
    await lapse();
    if (current.get(bot.replica) === bot && bot.restart) await launch(bot.replica);
  }

  function checkStop(stoppedAt: number, code: number | null): void {
    const took = performance.now() - stoppedAt;
    if (code !== 0) complain(`After SIGTERM a bot ended with ${code}`);
    if (took > STOP_WITHIN_MS) complain(`After SIGTERM a bot took ${Math.round(took)} ms to end`);
  }

  async function leave(bot: RunningBot): Promise<void> {
    await Promise.all([bot.database.stop(), bot.slack.stop()]);
  }

  async function lapse(): Promise<void> {
    await Promise.allSettled(starting);
    await options.lapse(up().flatMap(({ owner }) => owner ?? []));
  }

  function disrupt(bot: RunningBot, effect: Effect): Verdict | Promise<Verdict> {
    switch (effect.kind) {
      case 'kill': {
        const othersUp = up().some((other) => other !== bot);
        bot.restart = effect.restart === 'at once' || !othersUp;
        bot.state = 'down';
        bot.process.signal('SIGKILL');
        return 'drop';
      }
      case 'pause':
        return isUp(bot) && current.get(bot.replica) === bot ? pause(bot, effect.until) : 'go';
      case 'stop':
        if (!isUp(bot)) return 'go';
        bot.state = 'down';
        bot.stoppedAt = performance.now();
        bot.process.signal('SIGTERM');
        return 'go';
      case 'cut':
        if (effect.all) bot.database.cut();
        return effect.all ? 'go' : 'drop';
      case 'slack':
      case 'depot':
      case 'moved list':
        return 'go';
    }
  }

  function pause(bot: RunningBot, until: Extract<Effect, { kind: 'pause' }>['until']): Promise<Verdict> {
    bot.state = 'paused';
    bot.process.signal('SIGSTOP');
    chore(lapse().then(() => launch(bot.replica)));
    return new Promise((resolve) => {
      const resume = () => {
        if (!paused.delete(bot)) return;
        bot.state = 'up';
        bot.process.signal('SIGCONT');
        resolve('go');
      };
      paused.set(bot, resume);
      if (until !== 'rest') wires.watch(until.point, until.nth, bot, resume);
    });
  }

  async function retire(bot: RunningBot): Promise<void> {
    bot.state = 'down';
    bots.delete(bot);
    const began = performance.now();
    const stopped = await bot.process.stop().then(
      () => true,
      () => false,
    );
    printed.push(...bot.process.log());
    if (!stopped) complain(`A bot ended while it was stopped: ${bot.process.log().at(-1)}`);
    if (performance.now() - began > STOP_WITHIN_MS) complain('A bot took more than 10 s to stop');
    await leave(bot);
    if (stopped) pool.giveBack(bot.process);
  }

  await Promise.all(Array.from({ length: count }, (_, replica) => launch(replica)));
  return {
    urlOf: (replica) => {
      const bot = current.get(replica);
      return bot !== undefined && isUp(bot) ? bot.url : up()[0]?.url;
    },
    isBusy: () => chores.size > 0 || [...bots].some(isBusy),
    answered: async () => {
      await Promise.allSettled(up().map(({ process }) => process.answer()));
    },
    disrupt: async (replica, effect) => {
      const bot = current.get(replica);
      return bot === undefined ? 'go' : disrupt(bot, effect);
    },
    wake: () => {
      const some = paused.size > 0;
      for (const resume of [...paused.values()]) resume();
      return some;
    },
    restore: async () => {
      const replaced = [...bots].filter((bot) => current.get(bot.replica) !== bot);
      await Promise.all(replaced.map(retire));
      const down = [...current].filter(([, bot]) => !bots.has(bot));
      await Promise.all(down.map(([replica]) => launch(replica)));
    },
    stop: async () => {
      await Promise.all([...bots].map(retire));
    },
    logs: () => [...printed, ...[...bots].flatMap(({ process }) => process.log())],
  };
}
