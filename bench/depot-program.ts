import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { loginAnswer, TODAY } from '../sandbox/depot/answers.ts';
import { makeDepotUsers } from '../sandbox/depot/users.ts';

/**
 * A program: depot servers of every size and latency, `/USERS/LATENCY_MS,LOGIN_MS,NAME/api/…`, at as many addresses as its
 * argument says; LOGIN_MS and NAME may be left out. It tells how many requests came in any second. It runs in a process of its
 * own, as depot servers do, and makes each page when it is asked for, so that a million users cost it no memory.
 */

const TOKEN = 'bench-token';

type Query = {
  readonly users: number;
  readonly page: number;
  readonly limit: number;
  readonly order: string;
};

function pageOf({ users, page, limit, order }: Query): object {
  const before = (page - 1) * limit;
  const length = Math.max(0, Math.min(limit, users - before));
  const ascending = makeDepotUsers(length, order === 'desc' ? users - before - length + 1 : before + 1);
  const object = order === 'desc' ? ascending.reverse() : ascending;
  return { object, total: users, page, limit, status: 'success' };
}

async function answer(request: IncomingMessage): Promise<{ status: number; json: object }> {
  const url = new URL(request.url ?? '/', 'http://depot');
  const [, users, times = '', , resource] = url.pathname.split('/');
  const [pageMs = '0', loginMs = pageMs] = times.split(',');
  const ms = Number(resource === 'auth' ? loginMs : pageMs);
  if (ms > 0) await wait(ms);
  if (resource === 'auth') {
    for await (const _ of request);
    return { status: 200, json: loginAnswer(TOKEN, TODAY.tokenShape) };
  }
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, json: { status: 'error' } };
  const number = (name: string) => Number(url.searchParams.get(name));
  const order = url.searchParams.get('order') ?? 'asc';
  const query = { users: Number(users), page: number('page'), limit: number('limit'), order };
  return { status: 200, json: pageOf(query) };
}

/** When the requests of each address came, of the last ones. */
const arrivals: number[][] = [];
let most = 0;

/** Counts the requests of the second that ends now. */
function note(times: number[]): void {
  const now = performance.now();
  times.push(now);
  while ((times[0] ?? now) <= now - 1_000) times.shift();
  most = Math.max(most, times.length);
}

async function listen(): Promise<number> {
  const times: number[] = [];
  arrivals.push(times);
  const server = createServer((request, response) => {
    note(times);
    answer(request).then(
      ({ status, json }) => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const servers = Number(process.argv[2]);
process.send?.({ ports: await Promise.all(Array.from({ length: servers }, listen)) });
process.on('message', () => {
  process.send?.({ most });
  most = 0;
  for (const times of arrivals) times.length = 0;
});
process.once('disconnect', () => process.exit(0));
