import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { IDLE_MS, listenHere } from './listen.ts';

/** Of one connection only, so never passed on: RFC 9110, section 7.6.1. */
const OF_ONE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export type LoadBalancer = {
  readonly url: string;
  stop(): Promise<void>;
};

/**
 * Passes each request unchanged to the next of several servers. If a server is down or breaks off, the request goes to another
 * server, as with usual balancers: that server then gets it a second time.
 */
export async function startLoadBalancer(ports: readonly number[]): Promise<LoadBalancer> {
  let next = 0;
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (incoming, response) => {
    const first = next++;
    const order = ports.map((_, index) => ports[(first + index) % ports.length] ?? 0);
    passOn(incoming, response, order).catch(() => response.destroy());
  });
  const { port, stop } = await listenHere(server);
  return { url: `http://127.0.0.1:${port}`, stop };
}

async function passOn(
  incoming: IncomingMessage,
  response: ServerResponse,
  ports: readonly number[],
): Promise<void> {
  const body = await buffer(incoming);
  for (const port of ports) {
    const answer = await send(incoming, body, port).catch(() => undefined);
    if (answer === undefined) continue;
    response.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  response.writeHead(502).end();
}

async function send({ method, url, headers }: IncomingMessage, body: Buffer, port: number) {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: passedOn(headers),
    agent: false,
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('There was no answer');
  return { status: answer.statusCode ?? 502, headers: passedOn(answer.headers), body: await buffer(answer) };
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.has(name)));
}
