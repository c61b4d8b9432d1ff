import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { CustomRoute, Logger } from '@slack/bolt';

/**
 * How long (ms) a client may take for the head of a request and for all of it, and how long a connection that asks for
 * nothing is kept. The last is more than the minute after which load balancers give theirs up, so that none sends a
 * request on a connection that is just being closed. Node looks for clients that are late at the interval.
 */
export const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_500,
} as const;

export type HttpConnections = {
  /** Resolves once every request that has come as a whole by now is answered, after `patienceMs` at the latest. */
  answered(patienceMs: number): Promise<void>;
  /**
   * Ends idle connections at once, busy ones after their answer, and all of them after `patienceMs`. Resolves when no
   * connection is left. The server must already take no more.
   */
  end(patienceMs: number): Promise<void>;
};

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/**
 * Knows for each connection whether a request is under way. Node's own `closeIdleConnections` passes over connections that have
 * sent nothing yet, which load balancers keep as spares.
 */
export function watchConnections(server: Server): HttpConnections {
  /** How many bytes each had sent when its last request was answered. */
  const connections = new Map<Socket, number>();
  const exchanges = new Set<Exchange>();
  let ending = false;

  const isIdle = (socket: Socket) =>
    socket.bytesRead === connections.get(socket) &&
    [...exchanges].every(({ request }) => request.socket !== socket);

  server.on('connection', (socket) => {
    connections.set(socket, 0);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    const exchange = { request, response };
    exchanges.add(exchange);
    response.once('close', () => {
      exchanges.delete(exchange);
      if (connections.has(socket)) connections.set(socket, socket.bytesRead);
      if (ending && isIdle(socket)) socket.end();
    });
  });

  return {
    answered: async (patienceMs) => {
      const whole = [...exchanges].filter(({ request }) => request.complete);
      const answers = Promise.all(whole.map(({ response }) => once(response, 'close')));
      await Promise.race([answers, wait(patienceMs, undefined, { ref: false })]);
    },
    end: async (patienceMs) => {
      ending = true;
      for (const socket of connections.keys()) if (isIdle(socket)) socket.destroy();
      const closed = Promise.all([...connections.keys()].map((socket) => once(socket, 'close')));
      await Promise.race([closed, wait(patienceMs, undefined, { ref: false })]);
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/**
 * Serves the routes in Socket Mode. Bolt would do it as well, and keep the server to itself: its limits, its connections
 * when the bot stops, and that it cannot listen.
 */
export function createRoutesServer(routes: readonly CustomRoute[], logger: Logger): Server {
  return createServer(SERVER_LIMITS, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const route = routes.find(
      ({ path, method }) => path === pathname && [method].flat().includes(request.method ?? ''),
    );
    if (route !== undefined) return route.handler(request, response);
    logger.info(`${request.method} ${pathname} is not served here`);
    response.writeHead(404).end();
  });
}

/** Throws where it cannot listen. */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  await once(server, 'listening');
}
