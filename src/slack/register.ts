import { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { App } from '@slack/bolt';
import { clientOptions } from './connect/client.ts';
import {
  createReceiver,
  type HttpConnections,
  listen,
  type ReceiverOptions,
  SERVER_LIMITS,
  watchConnections,
} from './connect/receiver.ts';
import type { SlackIdentity } from './connect/token-facts.ts';
import {
  registerButtons,
  registerConfirmBatch,
  registerHistory,
  registerSendUsers,
  registerViewPlan,
  registerWithdrawal,
} from './listeners/buttons.ts';
import { createDoor } from './listeners/door/door.ts';
import type { Services } from './listeners/door/services.ts';
import { registerHome } from './listeners/home.ts';
import { registerAdjust, registerGuardedConfirm } from './listeners/run-modals.ts';
import { registerChannelJoined, registerShortcuts, registerUsersync } from './listeners/usersync.ts';

type Options = ReceiverOptions & {
  readonly botToken: string;
  readonly identity: SlackIdentity;
  /** Serves one command, click, submission or event, so that its log lines carry one request id. */
  readonly asRequest: (serve: () => Promise<void>) => Promise<void>;
};

/** How long a stop waits for requests received so far; the work that they started is not part of this. */
const SERVED_WITHIN_MS = 2_000;

/** Builds Bolt's app with this bot's listeners, without Bolt's own check of the token: `signIn` reports problems better. */
export function createSlackApp(options: Options, services: Services) {
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
  registerWithdrawal(door, services);
  registerAdjust(door, services);
  registerHistory(door, services);
  registerSendUsers(door, services);
  registerHome(door, services);
  registerChannelJoined(door, services);
  door.unknown();
  return {
    /** Resolves once deliveries can arrive; in http mode with the port. Throws `SlackLoginError` where the app has Socket Mode off. */
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
    /**
     * Takes no more requests, and serves the acknowledged ones to their end. Does not wait for clients that send slowly, or hold
     * an idle connection open. Never throws.
     */
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
    // Bolt closes its server, and waits until its last connection has ended.
    const stopped = app.stop().catch((error: unknown) => logger.warn(`Bolt did not stop: ${String(error)}`));
    await connections?.end(SERVED_WITHIN_MS);
    await stopped;
  }
}

function listeningPort(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : undefined;
}

/** Requests that were acknowledged and are still being served. Bolt's own stop does not wait for these. */
function createInFlight() {
  const serving = new Set<Promise<void>>();
  return {
    serve: async (next: () => Promise<void>) => {
      const served = next();
      serving.add(served);
      try {
        await served;
      } finally {
        serving.delete(served);
      }
    },
    /** Resolves once no request is left, or after `patienceMs`. */
    ended: async (patienceMs: number) => {
      await Promise.race([Promise.allSettled(serving), wait(patienceMs, undefined, { ref: false })]);
    },
  };
}
