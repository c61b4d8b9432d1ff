import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Latency } from './options.ts';

const PROGRAM = fileURLToPath(new URL('./depot-program.ts', import.meta.url));

export type Depot = {
  /** The base URL of a server that lists so many users and waits so long before each answer. */
  url(users: number, latencyMs: Latency): string;
  stop(): Promise<void>;
};

/** Starts the depot servers in a process of their own; it ends with this one at the latest. */
export async function startDepot(): Promise<Depot> {
  const program = fork(PROGRAM);
  const ended = once(program, 'exit');
  const [message]: unknown[] = await Promise.race([
    once(program, 'message'),
    ended.then(() => {
      throw new Error('The depot server ended before it listened');
    }),
  ]);
  const { port } = z.object({ port: z.number() }).parse(message);
  return {
    url: (users, latencyMs) => `http://127.0.0.1:${port}/${users}/${latencyMs}`,
    stop: async () => {
      program.disconnect();
      await ended;
    },
  };
}
