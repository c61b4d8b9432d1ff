import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Schedule } from '../schedule/schedule.ts';
import type { Reaper } from './reaper.ts';

const KEPT_LINES = 400;

const answer = z.discriminatedUnion('is', [
  z.object({ is: z.literal('loaded') }),
  z.object({ is: z.literal('started'), port: z.number(), owner: z.uuid() }),
  z.object({ is: z.literal('stopped') }),
  z.object({ is: z.literal('there') }),
]);
type Answer = z.infer<typeof answer>;

/** The process ended, by itself or because it was killed, before it answered. */
export class BotEndedError extends Error {}

type Pace = Schedule['pace'];

/** An operating system process with the bot's code in it; it serves one world after the other. */
export type BotProcess = {
  readonly pid: number;
  /** Starts the bot, hurried unless told otherwise; returns its port and the name under which it holds leases. Throws `BotEndedError`. */
  start(settings: Readonly<Record<string, string>>, pace?: Pace): Promise<{ port: number; owner: string }>;
  /** Stops the bot, not the process. Throws `BotEndedError`. */
  stop(): Promise<void>;
  /** Resolves once the process has done what it had at hand. Throws `BotEndedError`. */
  answer(): Promise<void>;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void;
  /** The exit code, null where a signal ended it. */
  readonly ended: Promise<number | null>;
  hasEnded(): boolean;
  /** The end of what it printed since it was last started. */
  log(): readonly string[];
};

export async function startBotProcess(program: string, reaper: Reaper): Promise<BotProcess> {
  const child = fork(program, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  reaper.mind(pid);
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    reaper.forget(pid);
    return code ?? null;
  });
  let lines: string[] = [];
  const keep = (chunk: Buffer) => {
    lines = [
      ...lines,
      ...chunk
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    ].slice(-KEPT_LINES);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  /** Waits for one kind of answer. */
  function expecting<K extends Answer['is']>(is: K): Promise<Extract<Answer, { is: K }>> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        const parsed = answer.parse(message);
        if (isAnswer(parsed, is)) settle(() => resolve(parsed));
      };
      const onExit = () =>
        settle(() => reject(new BotEndedError(`${is} was not answered:\n${lines.slice(-8).join('\n')}`)));
      const settle = (then: () => void) => {
        child.off('message', onMessage).off('close', onExit);
        then();
      };
      child.on('message', onMessage).on('close', onExit);
      if (hasEnded()) onExit();
    });
  }

  async function ask<K extends Answer['is']>(order: object, is: K) {
    const answered = expecting(is);
    if (child.connected) child.send(order, () => {});
    return answered;
  }

  await expecting('loaded');
  return {
    pid,
    ended,
    hasEnded,
    log: () => lines,
    start: async (settings, pace = 'hurried') => {
      lines = [];
      return ask({ do: 'start', settings, pace }, 'started');
    },
    stop: async () => void (await ask({ do: 'stop' }, 'stopped')),
    answer: async () => void (await ask({ do: 'answer' }, 'there')),
    signal: (name) => void child.kill(name),
  };
}

function isAnswer<K extends Answer['is']>(given: Answer, is: K): given is Extract<Answer, { is: K }> {
  return given.is === is;
}
