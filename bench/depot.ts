import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('./depot-program.ts', import.meta.url));

export type Depot = {
  /** The base URL of a server that lists so many users and waits so long before each answer; the nth unless 0. */
  url(users: number, latencyMs: number, server?: number): string;
  /** The same where a login takes another time. Of a new `name`, the bot knows nothing yet. */
  urlWithLogin(users: number, latencyMs: number, loginMs: number, name?: string): string;
  /** The most requests that one server saw in any second since this was last asked. */
  mostInASecond(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts so many depot servers in a process of their own; it ends with this one at the latest. */
export async function startDepot(servers = 1): Promise<Depot> {
  const program = fork(PROGRAM, [String(servers)]);
  const ended = once(program, 'exit');
  const [message]: unknown[] = await Promise.race([
    once(program, 'message'),
    ended.then(() => {
      throw new Error('The depot server ended before it listened');
    }),
  ]);
  const { ports } = z.object({ ports: z.array(z.number()) }).parse(message);
  return {
    url: (users, latencyMs, server = 0) => `http://127.0.0.1:${ports[server]}/${users}/${latencyMs}`,
    urlWithLogin: (users, latencyMs, loginMs, name = '') =>
      `http://127.0.0.1:${ports[0]}/${users}/${latencyMs},${loginMs},${name}`,
    mostInASecond: async () => {
      const answer = once(program, 'message');
      program.send('most');
      const [told]: unknown[] = await answer;
      return z.object({ most: z.number() }).parse(told).most;
    },
    stop: async () => {
      program.disconnect();
      await ended;
    },
  };
}
