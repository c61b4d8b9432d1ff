import { Server } from 'node:http';
import { App } from '@slack/bolt';
import { z } from 'zod';
import { registerAdjust } from './actions/adjust.ts';
import { registerButtons } from './actions/buttons.ts';
import { registerGuardedConfirm } from './actions/guarded-confirm.ts';
import { registerHistory } from './actions/history.ts';
import { registerViewPlan } from './actions/view-plan.ts';
import { clientOptions, type SlackClient, slackErrorCode } from './client.ts';
import { registerUsersync } from './commands/usersync.ts';
import type { CheckConnection } from './connection.ts';
import type { Desk } from './desk.ts';
import { registerHome } from './home.ts';
import { createInFlight } from './in-flight.ts';
import { createReceiver, type ReceiverOptions } from './receiver.ts';

export type SlackIdentity = {
  readonly teamId: string;
  /** The workspace's address, with a slash at the end. */
  readonly teamUrl: string;
  readonly botId: string;
  readonly botUserId: string;
};

/** Slack does not accept the bot token, or cannot be reached. */
export class SlackLoginError extends Error {
  override readonly name = 'SlackLoginError';
}

const identity = z.object({ team_id: z.string(), url: z.string(), bot_id: z.string(), user_id: z.string() });

/** Who the bot token says we are. Throws `SlackLoginError` with Slack's own word for the reason. */
export async function identify(client: SlackClient): Promise<SlackIdentity> {
  try {
    const { team_id, url, bot_id, user_id } = identity.parse(await client.auth.test());
    return { teamId: team_id, teamUrl: url, botId: bot_id, botUserId: user_id };
  } catch (error) {
    const reason = slackErrorCode(error) ?? (error instanceof Error ? error.message : 'no answer');
    throw new SlackLoginError(reason, { cause: error });
  }
}

type Options = ReceiverOptions & {
  readonly botToken: string;
  readonly identity: SlackIdentity;
  /** Serves one command, click, submission or event; whatever is logged meanwhile can be told to be of it. */
  readonly asRequest: (serve: () => Promise<void>) => Promise<void>;
};

/** How long a stop waits for requests that were acknowledged; what they started is not part of it. */
const SERVED_WITHIN_MS = 2_000;

export type SlackApp = {
  /** Resolves once deliveries can arrive; in http mode with the port on which they do. */
  start(): Promise<number | undefined>;
  /** Takes no more requests, and lets those that were acknowledged be served. */
  stop(): Promise<void>;
  readonly checkConnection: CheckConnection;
};

/** Bolt with this bot's listeners. Bolt's own token check at construction is left out: `identify` says it better. */
export function createSlackApp(options: Options, desk: Desk): SlackApp {
  const { botToken, port, identity: us, logger, asRequest } = options;
  const { receiver, checkConnection } = createReceiver(options, desk.client);
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
  return {
    start: async () => listeningPort(await app.start(port)),
    stop: async () => {
      await app.stop();
      await inFlight.ended(SERVED_WITHIN_MS);
    },
    checkConnection,
  };
}

function listeningPort(server: unknown): number | undefined {
  const address = server instanceof Server ? server.address() : null;
  return typeof address === 'object' && address !== null ? address.port : undefined;
}
