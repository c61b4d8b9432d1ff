import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { pageUrl } from '../src/depot-api/list/pages.ts';
import { CONCURRENCY, PAGE_SIZE } from './bot.ts';

/**
 * What reading costs before anything is done with it: the same login and the same pages by a bare keep-alive client, as
 * many at a time as the bot asks for, each answer received to its end and thrown away. Page 1 comes before the others
 * here too: before it, nobody knows how many there are. Returns milliseconds.
 */
export async function readingFloor(baseUrl: string, users: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const headers = { 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' };
  const page = (number: number) =>
    send(agent, 'GET', pageUrl(baseUrl, number, PAGE_SIZE, 'asc'), {
      ...headers,
      Authorization: 'Bearer bench-token',
    });
  const begun = performance.now();
  await send(agent, 'POST', `${baseUrl}/api/auth/login`, { ...headers, 'Content-Type': 'application/json' });
  await page(1);
  const pages = Math.ceil(users / PAGE_SIZE);
  let next = 2;
  const worker = async () => {
    while (next <= pages) await page(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const ms = performance.now() - begun;
  agent.destroy();
  return ms;
}

function send(agent: Agent, method: string, url: string, headers: OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage) => {
      response.on('error', reject).on('end', resolve).resume();
      if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode} from ${url}`));
    };
    request(url, { agent, method, headers }, receive)
      .on('error', reject)
      .end(method === 'POST' ? '{"email":"admin@example.com","password":"correct_password"}' : undefined);
  });
}
