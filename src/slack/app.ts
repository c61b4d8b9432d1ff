import { Server } from 'node:http';
import { App } from '@slack/bolt';
import { registerAdjust } from './actions/adjust.ts';
import { registerButtons } from './actions/buttons.ts';
import { registerGuardedConfirm } from './actions/guarded-confirm.ts';
import { registerHistory } from './actions/history.ts';
import { registerUnknown } from './actions/unknown.ts';
import { registerViewPlan } from './actions/view-plan.ts';
import { clientOptions } from './client.ts';
import { registerUsersync } from './commands/usersync.ts';
import type { CheckConnection } from './connection.ts';
import type { Desk } from './desk.ts';
import { registerHome } from './home.ts';
import { type HttpConnections, SERVER_LIMITS, watchConnections } from './http-connections.ts';
import { createInFlight } from './in-flight.ts';
import type { SlackIdentity } from './inspect.ts';
import { createReceiver, type ReceiverOptions } from './receiver.ts';
import { listen } from './routes-server.ts';

type Options = ReceiverOptions & {
  readonly botToken: string;
  readonly identity: SlackIdentity;
  /** Serves one command, click, submission or event; whatever is logged meanwhile can be told to be of it. */
  readonly asRequest: (serve: () => Promise<void>) => Promise<void>;
};

/** How long a stop waits for requests that have come by then; what they started is not part of it. */
const SERVED_WITHIN_MS = 2_000;

export type SlackApp = {
  /**
   * Resolves once deliveries can arrive; in http mode with the port on which they do. Throws `SlackLoginError` where
   * Socket Mode is off for the app.
   */
  start(): Promise<number | undefined>;
  /**
   * Takes no more requests, and lets those that were acknowledged be served. Whoever is slow to send the rest of a
   * request, or holds a connection open and asks for nothing, is not waited for. Never throws.
   */
  stop(): Promise<void>;
  readonly checkConnection: CheckConnection;
};

/** Bolt with this bot's listeners. Bolt's own token check at construction is left out: `signIn` says it better. */
export function createSlackApp(options: Options, desk: Desk): SlackApp {
  const { botToken, port, identity: us, logger, asRequest } = options;
  const { receiver, checkConnection, routesServer, refused } = createReceiver(options, desk.client);
  let connections: HttpConnections | undefined;
  const app = new App({
    receiver,
    clientOptions: clientOptions(options),
    authorize: async () => ({ botToken, botId: us.botId, botUserId: us.botUserId, teamId: us.teamId }),
    convoStore: false,
    logger,
  });
  app.error(async (error) => logger.error(error));
  const inFlight = createInFlight();
  app.use(({ next }) => asRequest(() => inFlight.serve(next)));
  registerUsersync(app, desk);
  registerButtons(app, desk);
  registerViewPlan(app, desk);
  registerGuardedConfirm(app, desk);
  registerAdjust(app, desk);
  registerHistory(app, desk);
  registerHome(app, desk);
  registerUnknown(app, desk);
  return {
    start: async () => {
      try {
        if (routesServer !== undefined) {
          connections = watchConnections(routesServer);
          await listen(routesServer, port);
        }
        const started: unknown = await Promise.race([app.start(port, SERVER_LIMITS), refused]);
        if (!(started instanceof Server)) return undefined;
        connections = watchConnections(started);
        return listeningPort(started);
      } catch (error) {
        void close();
        throw error;
      }
    },
    stop: async () => {
      void close();
      const began = performance.now();
      await connections?.answered(SERVED_WITHIN_MS);
      await inFlight.ended(SERVED_WITHIN_MS - (performance.now() - began));
    },
    checkConnection,
  };

  async function close(): Promise<void> {
    routesServer?.close();
    // Bolt closes its server and waits for the last connection.
    const stopped = app.stop().catch((error: unknown) => logger.warn(`Bolt did not stop: ${String(error)}`));
    await connections?.end(SERVED_WITHIN_MS);
    await stopped;
  }
}

function listeningPort(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}
