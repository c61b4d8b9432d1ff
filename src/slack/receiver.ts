import { type CustomRoute, HTTPReceiver, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { clientOptions, type SlackClient } from './client.ts';
import { askedConnection, type CheckConnection, socketConnection } from './connection.ts';
import type { ReportCall } from './reporting-fetch.ts';

export type Transport =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string };

export type ReceiverOptions = {
  readonly transport: Transport;
  readonly apiUrl: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Served on the port in both modes. */
  readonly routes: CustomRoute[];
  readonly logger: Logger;
  readonly report: ReportCall;
};

/** What takes Slack's deliveries, and whether they can arrive. `client` is for asking Slack in http mode. */
export function createReceiver(
  options: ReceiverOptions,
  client: SlackClient,
): { readonly receiver: Receiver; readonly checkConnection: CheckConnection } {
  const { transport, port, routes, logger } = options;
  if (transport.mode === 'http') {
    const { signingSecret } = transport;
    const receiver = new HTTPReceiver({ signingSecret, customRoutes: routes, logger, port });
    return { receiver, checkConnection: askedConnection(client) };
  }
  const receiver = new SocketModeReceiver({
    appToken: transport.appToken,
    customRoutes: routes,
    logger,
    // Options of its own: the socket client writes into the object that it is given.
    installerOptions: { clientOptions: socketOptions(options), port },
  });
  return { receiver, checkConnection: socketConnection(receiver.client) };
}

/** Reconnecting is tried for hours: with no retry at all, one failed reconnect would end the process. */
function socketOptions(options: ReceiverOptions) {
  return {
    ...clientOptions(options),
    retryConfig: { forever: true, maxTimeout: 30_000 },
    rejectRateLimitedCalls: false,
  };
}
