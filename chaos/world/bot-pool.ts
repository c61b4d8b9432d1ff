import { type BotProcess, startBotProcess } from './bot-process.ts';
import { startReaper } from './reaper.ts';

/** Processes that have loaded the bot's code and wait to be used. */
export type BotPool = {
  take(): Promise<BotProcess>;
  /** Hands back one whose bot was stopped. */
  giveBack(process: BotProcess): void;
  stop(): Promise<void>;
};

/** Keeps `spare` processes ready, so that whoever replaces a killed one need not wait for its code to load. */
export function createBotPool(program: string, spare: number): BotPool {
  const reaper = startReaper();
  const all = new Set<BotProcess>();
  const loading: Promise<BotProcess>[] = [];
  const idle: BotProcess[] = [];

  async function load(): Promise<BotProcess> {
    const process = await startBotProcess(program, reaper);
    all.add(process);
    void process.ended.then(() => all.delete(process));
    return process;
  }

  function refill(): void {
    while (idle.length + loading.length < spare) {
      const next = load();
      next.catch(() => {});
      loading.push(next);
    }
  }

  refill();
  return {
    take: async () => {
      const process = idle.pop() ?? (await loading.shift()) ?? (await load());
      refill();
      return process;
    },
    giveBack: (process) => void idle.push(process),
    stop: async () => {
      await Promise.allSettled(loading);
      for (const process of all) process.signal('SIGKILL');
      await Promise.all([...all].map((process) => process.ended));
      reaper.stop();
    },
  };
}
