import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('./depot-program.ts', import.meta.url));

export type Depot = {
  /** The base URL of a server that lists so many users and waits so long before each answer. */
  url(users: number, latencyMs: number, more?: More): string;
  /** The most requests that one server saw in any second since this was last asked. */
  mostInASecond(): Promise<number>;
  stop(): Promise<void>;
};

type More = {
  /** Which of the servers; the first unless told. */
  readonly server?: number;
  /** How long a login takes, where that is another time. */
  readonly loginMs?: number;
  /** Of a new name, the bot knows nothing yet. */
  readonly name?: string;
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
    url: (users, latencyMs, { server = 0, loginMs = latencyMs, name = '' } = {}) =>
      `http://127.0.0.1:${ports[server]}/${users}/${latencyMs},${loginMs},${name}`,
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
