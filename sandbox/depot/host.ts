import { setTimeout as wait } from 'node:timers/promises';
import { loginAnswer, pageAnswer, TODAY } from './answers.ts';
import { startDepotServer } from './server.ts';
import type { DepotUser } from './users.ts';

/** One depot server with lists for several locations, under `/NAME/api/…`. It records the requests. */
export type DepotHost = {
  urlOf(name: string): string;
  readonly origin: string;
  /** The arrival time of each request, in milliseconds, oldest first. */
  readonly arrivals: readonly number[];
  /** The names whose pages were requested. */
  readonly readers: ReadonlySet<string>;
  /** The largest number of requests under way at the same time. */
  mostAtOnce(): number;
  stop(): Promise<void>;
};

/** Starts the server. `lists` has the users by location name; each answer takes `latencyMs`. */
export async function startDepotHost(
  lists: Readonly<Record<string, DepotUser[]>>,
  latencyMs: number,
): Promise<DepotHost> {
  const server = await startDepotServer();
  const arrivals: number[] = [];
  const readers = new Set<string>();
  let [underWay, most] = [0, 0];
  server.faults.onRequest = async ({ path, page = 0, limit = 0, order = 'asc', headers }) => {
    arrivals.push(performance.now());
    underWay += 1;
    most = Math.max(most, underWay);
    await wait(latencyMs);
    underWay -= 1;
    const [, name = '', , area] = path.split('/');
    const token = `token-of-${name}`;
    if (area === 'auth') return { json: loginAnswer(token, TODAY.tokenShape) };
    readers.add(name);
    if (headers.authorization !== `Bearer ${token}`) return { status: 401 };
    return { json: pageAnswer(lists[name] ?? [], { page, limit, order }, TODAY) };
  };
  return {
    urlOf: (name) => `${server.url}/${name}`,
    origin: server.url,
    arrivals,
    readers,
    mostAtOnce: () => most,
    stop: () => server.stop(),
  };
}

/** The most requests in any window of one second. `arrivals` in milliseconds, oldest first. */
export function mostInASecond(arrivals: readonly number[]): number {
  return Math.max(...arrivals.map((from, n) => arrivals.slice(n).filter((at) => at < from + 1_000).length));
}
