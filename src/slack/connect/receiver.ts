import type { Server } from 'node:http';
import { type CustomRoute, HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Transport } from '../../config/slack.ts';
import { askedConnection, type CheckConnection, socketConnection } from './check-connection.ts';
import { clientOptions, type ReportCall, type SlackClient } from './client.ts';
import type { SlackClock } from './clock.ts';
import { createRoutesServer } from './http-server.ts';
import type { Network } from './network.ts';
import { SlackLoginError } from './sign-in.ts';

export type ReceiverOptions = {
  readonly transport: Transport;
  readonly apiUrl: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Served on the port in both modes. */
  readonly routes: CustomRoute[];
  readonly logger: Logger;
  readonly report: ReportCall;
  readonly clock?: SlackClock;
  readonly network: Network;
};

export type Reception = {
  /** The receiver of Slack's deliveries. */
  readonly receiver: Receiver;
  /** Whether they can arrive. */
  readonly checkConnection: CheckConnection;
  /** Serves the routes where `receiver` does not; to be started and closed beside it. */
  readonly routesServer: Server | undefined;
  /** Rejects with `SlackLoginError` once Slack says that it will not deliver; never settles otherwise. */
  readonly refused: Promise<never>;
};

/** `client` is for asking Slack in http mode. */
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
    // Options of its own: the socket client writes into the object that it is given.
    installerOptions: { clientOptions: socketOptions(options) },
  });
  const checkConnection = socketConnection(receiver.client);
  const routesServer = createRoutesServer(routes, logger);
  return { receiver, checkConnection, routesServer, refused: socketModeOff(receiver) };
}

/** Reconnecting is tried for hours: with no retry at all, one failed reconnect would end the process. */
function socketOptions(options: ReceiverOptions) {
  return {
    ...clientOptions(options),
    retryConfig: { forever: true, maxTimeout: 30_000 },
    rejectRateLimitedCalls: false,
  };
}

/** Text that a person typed cannot look so: there, JSON puts a backslash before each quotation mark. */
const LINK_DISABLED = /"reason"\s*:\s*"link_disabled"/;

/**
 * Rejects once Slack closes a socket because Socket Mode is off for the app (docs.slack.dev, Using Socket Mode); Bolt
 * would connect again for ever.
 */
function socketModeOff({ client }: SocketModeReceiver): Promise<never> {
  const off = new Promise<never>((_, reject) => {
    client.on('ws_message', (message: unknown) => {
      if (!LINK_DISABLED.test(String(message))) return;
      const reply = { outcome: 'refused', error: 'link_disabled', needed: undefined } as const;
      reject(new SlackLoginError('SLACK_APP_TOKEN', reply));
    });
  });
  // Only the start waits for it. Later, the connection's state says that there is none.
  off.catch(() => {});
  return off;
}
