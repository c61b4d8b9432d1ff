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

/** Receives Slack's deliveries by socket or by http. `client` asks Slack in http mode whether it answers. */
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
  const checkConnection = socketConnection(receiver.client);
  const routesServer = createRoutesServer(routes, logger);
  return { receiver, checkConnection, routesServer, refused: socketModeOff(receiver) };
}

/** Reconnects for ever: without retries, one failed attempt would end the process. */
function socketOptions(options: ReceiverOptions) {
  return {
    ...clientOptions(options),
    retryConfig: { forever: true, maxTimeout: 30_000 },
    rejectRateLimitedCalls: false,
  };
}

/** Text typed by a person cannot match: JSON escapes its quotation marks. */
const LINK_DISABLED = /"reason"\s*:\s*"link_disabled"/;

/**
 * Rejects once Slack closes a socket because Socket Mode is off for the app (docs.slack.dev, "Using Socket Mode"). Bolt would
 * reconnect for ever.
 */
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
