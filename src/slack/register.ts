import { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { App } from '@slack/bolt';
import type { CheckConnection } from './connect/check-connection.ts';
import { clientOptions } from './connect/client.ts';
import { type HttpConnections, listen, SERVER_LIMITS, watchConnections } from './connect/http-server.ts';
import { createReceiver, type ReceiverOptions } from './connect/receiver.ts';
import type { SlackIdentity } from './connect/token-facts.ts';
import { registerAdjust } from './listeners/adjust.ts';
import { registerButtons, registerConfirmBatch } from './listeners/buttons.ts';
import { registerChannelJoined } from './listeners/channel-joined.ts';
import { createDoor } from './listeners/door/door.ts';
import type { Services } from './listeners/door/services.ts';
import { registerGuardedConfirm } from './listeners/guarded-confirm.ts';
import { registerHome } from './listeners/home.ts';
import { registerHistory, registerSendUsers, registerViewPlan } from './listeners/look-up-buttons.ts';
import { registerShortcuts } from './listeners/shortcuts.ts';
import { registerUsersync } from './listeners/usersync.ts';

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
export function createSlackApp(options: Options, services: Services): SlackApp {
  const { botToken, port, identity: us, logger, asRequest } = options;
  const { receiver, checkConnection, routesServer, refused } = createReceiver(options, services.client);
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
  const door = createDoor(app, services);
  registerUsersync(door, services);
  registerShortcuts(door, services);
  registerButtons(door, services);
  registerConfirmBatch(door, services);
  registerViewPlan(door, services);
  registerGuardedConfirm(door, services);
  registerAdjust(door, services);
  registerHistory(door, services);
  registerSendUsers(door, services);
  registerHome(door, services);
  registerChannelJoined(door, services);
  door.unknown();
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

/** Requests that were acknowledged and are still being served. */
export type InFlight = {
  /** Serves one more. */
  serve(next: () => Promise<void>): Promise<void>;
  /** Resolves once none is left, after `patienceMs` at the latest. */
  ended(patienceMs: number): Promise<void>;
};

/** Bolt's own stop does not wait for what goes on after an acknowledgement. */
function createInFlight(): InFlight {
  const serving = new Set<Promise<void>>();
  return {
    serve: async (next) => {
      const served = next();
      serving.add(served);
      try {
        await served;
      } finally {
        serving.delete(served);
      }
    },
    ended: async (patienceMs) => {
      await Promise.race([Promise.allSettled(serving), wait(patienceMs, undefined, { ref: false })]);
    },
  };
}
