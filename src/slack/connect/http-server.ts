import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { CustomRoute, Logger } from '@slack/bolt';

/**
 * Limits in milliseconds. `keepAliveTimeout` is longer than the minute after which load balancers drop an idle connection: so none
 * of them sends a request on a connection that the bot is closing. Node looks for slow clients once per
 * `connectionsCheckingInterval`.
 */
export const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_500,
} as const;

export type HttpConnections = {
  /** Resolves once every completely received request is answered, or after `patienceMs`. */
  answered(patienceMs: number): Promise<void>;
  /**
   * Closes idle connections at once, busy ones after their answer, and all of them after `patienceMs`. Resolves when no connection
   * is left. The server must already accept no new ones.
   */
  end(patienceMs: number): Promise<void>;
};

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/**
 * Tracks for each connection whether a request is in progress. Node's own `closeIdleConnections` skips connections that have sent
 * nothing yet, which load balancers keep in reserve.
 */
export function watchConnections(server: Server): HttpConnections {
  /** For each connection, how many bytes it had sent when its last request was answered. */
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
 * Serves the routes in Socket Mode. Bolt's own server would not let the bot set limits, close connections when it stops, or learn
 * that the port cannot be used.
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

/** Throws Node's error where the port cannot be used. */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  await once(server, 'listening');
}
