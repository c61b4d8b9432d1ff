import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { CustomRoute, Logger } from '@slack/bolt';
import { SERVER_LIMITS } from './http-connections.ts';

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
