import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type CustomRoute, HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Transport } from '../../config/settings.ts';
import { clientOptions, type ReportCall, type SlackClient, type SlackClock } from './client.ts';
import {
  askedConnection,
  type CheckConnection,
  failingWhereRefused,
  nameBrokenSocket,
  SlackLoginError,
  socketConnection,
} from './connection.ts';
import type { Network } from './network.ts';

export type ReceiverOptions = {
  readonly transport: Transport;
  readonly apiUrl: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Served on `port` in both modes. */
  readonly routes: CustomRoute[];
  readonly logger: Logger;
  readonly report: ReportCall;
  readonly clock?: SlackClock;
  readonly network: Network;
};

export type Reception = {
  readonly receiver: Receiver;
  /** Throws where Slack's deliveries cannot arrive. */
  readonly checkConnection: CheckConnection;
  /** Serves the routes where `receiver` does not. The caller starts and closes it. */
  readonly routesServer: Server | undefined;
  /** Rejects with `SlackLoginError` once Slack says that it will not deliver. Never resolves. */
  readonly refused: Promise<never>;
};

/** Receives Slack's deliveries by socket or by http. `client` asks Slack whether it answers. */
export function createReceiver(options: ReceiverOptions, client: SlackClient): Reception {
  const { transport, port, routes, logger, network } = options;
  if (transport.mode === 'http') {
    const { signingSecret } = transport;
    const receiver = new HTTPReceiver({ signingSecret, customRoutes: routes, logger, port });
    const checkConnection = askedConnection(client, options.clock);
    return { receiver, checkConnection, routesServer: undefined, refused: new Promise(() => {}) };
  }
  const receiver = new SocketModeReceiver({
    appToken: transport.appToken,
    logger,
    ...(network.dispatcher && { dispatcher: network.dispatcher }),
    // A new object, because the socket client writes into it.
    installerOptions: { clientOptions: socketOptions(options) },
  });
  outliveStop(receiver);
  nameBrokenSocket(receiver.client, logger);
  const checkConnection = socketConnection(receiver.client, askedConnection(client));
  const routesServer = createRoutesServer(routes, logger);
  return { receiver, checkConnection, routesServer, refused: socketModeOff(receiver) };
}

/** Asks for a socket for ever: one failed attempt, or one refusal, would end the process. */
function socketOptions(options: ReceiverOptions) {
  const usual = clientOptions(options);
  return {
    ...usual,
    fetch: failingWhereRefused(usual.fetch),
    retryConfig: { forever: true, maxTimeout: 30_000 },
    rejectRateLimitedCalls: false,
  };
}

/** Text typed by a person cannot match: JSON escapes its quotation marks. */
const LINK_DISABLED = /"reason"\s*:\s*"link_disabled"/;

/** Rejects once Slack says that Socket Mode is off (docs.slack.dev, "Using Socket Mode"): Bolt would reconnect for ever. */
function socketModeOff({ client }: SocketModeReceiver): Promise<never> {
  const off = new Promise<never>((_, reject) => {
    client.on('ws_message', (message: unknown) => {
      if (!LINK_DISABLED.test(String(message))) return;
      const reply = { outcome: 'refused', error: 'link_disabled', needed: undefined } as const;
      reject(new SlackLoginError('SLACK_APP_TOKEN', reply));
    });
  });
  // Only the start awaits this promise. Later, `checkConnection` reports that there is no connection.
  off.catch(() => {});
  return off;
}

/**
 * Slack's client reconnects by its own `start`, and nobody awaits that: a stop before Slack's hello rejects it without a reason,
 * which would end the process at once, before its work is handed back.
 */
function outliveStop({ client }: SocketModeReceiver): void {
  const start = client.start.bind(client);
  client.once('connected', () => {
    client.start = async () => {
      try {
        return await start();
      } catch (reason) {
        if (reason === undefined) return new Promise(() => {});
        throw reason;
      }
    };
  });
}

/**
 * Limits in milliseconds. `keepAliveTimeout` is longer than the minute after which load balancers drop an idle connection, so that
 * no load balancer sends a request on a connection that the bot is closing. Node looks for slow clients once per
 * `connectionsCheckingInterval`.
 */
export const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_500,
} as const;

export type HttpConnections = ReturnType<typeof watchConnections>;

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** Knows which connections are idle. Node's `closeIdleConnections` skips those that load balancers keep in reserve. */
export function watchConnections(server: Server) {
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
    /** Resolves once every completely received request is answered, or after `patienceMs`. */
    answered: async (patienceMs: number) => {
      const whole = [...exchanges].filter(({ request }) => request.complete);
      const answers = Promise.all(whole.map(({ response }) => once(response, 'close')));
      await Promise.race([answers, wait(patienceMs, undefined, { ref: false })]);
    },
    /** Closes idle connections now, busy ones after their answer, all after `patienceMs`. The server must accept no new ones. */
    end: async (patienceMs: number) => {
      ending = true;
      for (const socket of connections.keys()) if (isIdle(socket)) socket.destroy();
      const closed = Promise.all([...connections.keys()].map((socket) => once(socket, 'close')));
      await Promise.race([closed, wait(patienceMs, undefined, { ref: false })]);
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/** Serves the routes in Socket Mode. Bolt's own server has no limits, cannot be closed in time, and hides a port in use. */
function createRoutesServer(routes: readonly CustomRoute[], logger: Logger): Server {
  return createServer(SERVER_LIMITS, (request, response) => {
    // Not by the URL class: it throws for `//`, and an error in this callback would end the process.
    const [pathname = '/'] = (request.url ?? '/').split('?', 1);
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
