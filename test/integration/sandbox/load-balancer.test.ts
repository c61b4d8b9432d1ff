import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadBalancer, startLoadBalancer } from '../../../sandbox/process/load-balancer.ts';

const IDLE_S = 65;

describe('the load balancer', () => {
  let server: Server;
  let balancer: LoadBalancer;

  beforeEach(async () => {
    server = createServer({ keepAliveTimeout: 1_000 }, (_, response) => {
      response.writeHead(201, { 'x-from': 'the server' }).end('hello');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('There is no port');
    balancer = await startLoadBalancer([address.port]);
  });

  afterEach(async () => {
    await balancer.stop();
    server.close();
    server.closeAllConnections();
  });

  it('passes an answer on, and promises its own time of an idle connection, not that of the server', async () => {
    const answer = await ask(balancer.url);
    expect(await text(answer)).toBe('hello');
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({ 'x-from': 'the server', 'keep-alive': `timeout=${IDLE_S}` });
  });
});

async function ask(url: string): Promise<IncomingMessage> {
  const outgoing = request(url, { headers: { connection: 'keep-alive' } }).end();
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('There was no answer');
  return answer;
}
