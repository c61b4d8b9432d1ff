import type { Effect, Phase } from '../schedule/fault.ts';
import type { Verdict } from './at-point.ts';
import type { BotProcess } from './bot-process.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts';
import type { Refusals } from './refusals.ts';
import { type SlackProxy, startSlackProxy } from './slack-proxy.ts';
import type { Tripwires } from './tripwires.ts';

type State = 'starting' | 'up' | 'paused' | 'down';

/** A bot in a process of its own, with everything that it says to the database and to Slack passing by here. */
export type RunningBot = {
  readonly replica: number;
  readonly process: BotProcess;
  readonly database: DatabaseProxy;
  readonly slack: SlackProxy;
  /** `down`: killed, or told to end. Nothing is sent to a bot that is not `up`. */
  state: State;
  /** When it was up, in milliseconds since 1970. */
  readonly lives: { readonly from: number; until: number }[];
  /** Under which name it holds leases; known once it is up. */
  owner: string | undefined;
  /** Where it takes Slack's deliveries. */
  url: string | undefined;
  /** Whether it is started again as soon as it ended. */
  restart: boolean;
  /** When it was sent SIGTERM. */
  stoppedAt: number | undefined;
};

export type Surroundings = {
  readonly wires: Tripwires;
  readonly databaseAt: { readonly host: string; readonly port: number };
  readonly slackUrl: string;
  readonly refusals: Refusals;
  /** Called at every sign of work. */
  readonly worked: () => void;
  /** Does what befalls a process; says what becomes of the call during which it does. */
  readonly disrupt: (bot: RunningBot, effect: Effect) => Verdict | Promise<Verdict>;
};

/** Puts the two proxies around a process. The bot in it is not started yet. */
export async function surround(
  process: BotProcess,
  replica: number,
  { wires, databaseAt, slackUrl, refusals, worked, disrupt }: Surroundings,
): Promise<RunningBot> {
  const effectAt = (point: string, phase: Phase) => wires.reached(point, phase, bot);
  const database = await startDatabaseProxy(
    databaseAt,
    (point, phase) => {
      const effect = effectAt(point, phase);
      return effect === undefined ? 'go' : disrupt(bot, effect);
    },
    worked,
  );
  const slack = await startSlackProxy({
    slackUrl,
    atPoint: async (point, phase) => {
      const effect = effectAt(point, phase);
      if (effect?.kind === 'slack') return effect.answer;
      return effect === undefined ? 'go' : disrupt(bot, effect);
    },
    wordFor: refusals.wordFor,
    worked,
  });
  const bot: RunningBot = {
    replica,
    process,
    database,
    slack,
    state: 'starting',
    lives: [],
    owner: undefined,
    url: undefined,
    restart: true,
    stoppedAt: undefined,
  };
  return bot;
}

export function become(bot: RunningBot, state: State): void {
  const last = bot.lives.at(-1);
  if (last !== undefined && bot.state === 'up') last.until = Date.now();
  if (state === 'up') bot.lives.push({ from: Date.now(), until: Number.POSITIVE_INFINITY });
  bot.state = state;
}

/** One that has not looked for work yet is about to; one that is down has to be gone first. */
export function isBusy({ state, database, slack }: RunningBot): boolean {
  if (state === 'paused') return false;
  return state !== 'up' || !database.wasUsed() || database.isBusy() || slack.isBusy();
}

/** The last line that it printed. */
export function lastWord({ process }: RunningBot): string {
  return process.log().at(-1) ?? 'nothing';
}
