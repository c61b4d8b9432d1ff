import type { Logger, SocketModeReceiver } from '@slack/bolt';
import { z } from 'zod';
import type { Transport } from '../../config/settings.ts';
import { remembering, retryAfterSeconds, type SlackClient, type SlackClock } from './client.ts';
import { ESSENTIAL_SCOPES } from './manifest.ts';
import { bodyOf, type Fetch } from './network.ts';
import { type NoAnswer, type SlackIdentity, type SlackInspection, socketAddress } from './token-facts.ts';

/** Slack does not accept a token, cannot be reached, or has Socket Mode off for the app. */
export class SlackLoginError extends Error {
  override readonly name = 'SlackLoginError';
  readonly setting: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN';
  readonly reply: NoAnswer;
  constructor(setting: SlackLoginError['setting'], reply: NoAnswer) {
    super(`Slack gave no answer to ${setting}: ${reply.outcome}`);
    this.setting = setting;
    this.reply = reply;
  }
}

/** The app was installed without scopes that the bot cannot do without. */
export class MissingScopesError extends Error {
  override readonly name = 'MissingScopesError';
  readonly scopes: readonly string[];
  constructor(scopes: readonly string[]) {
    super(`The Slack app lacks the scopes ${scopes.join(', ')}`);
    this.scopes = scopes;
  }
}

/** The app is installed to a whole Enterprise Grid organisation. Its token names no workspace, by which to tell strangers. */
export class OrgWideInstallError extends Error {
  override readonly name = 'OrgWideInstallError';
  constructor() {
    super('The Slack app is installed to a whole Enterprise Grid organisation');
  }
}

/** Asks Slack whose the bot token is, and for a socket. Throws `SlackLoginError`, `OrgWideInstallError`, `MissingScopesError`. */
export async function signIn(slack: SlackInspection, transport: Transport): Promise<SlackIdentity> {
  const [bot, socket] = await Promise.all([
    slack.whoami(),
    transport.mode === 'socket' ? slack.socketAddress(transport.appToken) : undefined,
  ]);
  if (bot.outcome !== 'answered') throw new SlackLoginError('SLACK_BOT_TOKEN', bot);
  const { scopes, orgWide } = bot.answer;
  if (orgWide) throw new OrgWideInstallError();
  const missing = ESSENTIAL_SCOPES.filter((scope) => scopes?.includes(scope) === false);
  if (missing.length > 0) throw new MissingScopesError(missing);
  // Any other problem of the socket, such as a network failure, may pass by itself: Bolt goes on asking for a socket.
  if (socket?.outcome === 'refused') throw new SlackLoginError('SLACK_APP_TOKEN', socket);
  return bot.answer;
}

/** Throws where there is no connection to Slack now. */
export type CheckConnection = () => Promise<void>;

/** This machine's clock is so far ahead of Slack's that Slack's requests count as too old. */
export class ClockAheadError extends Error {
  override readonly name = 'ClockAheadError';
  readonly aheadMs: number;
  constructor(aheadMs: number) {
    super(`The clock is ${Math.round(aheadMs / 1000)} s ahead of Slack's`);
    this.aheadMs = aheadMs;
  }
}

/** Older requests are refused with 401 (docs.slack.dev, "Verifying requests from Slack"). */
export const OLDEST_REQUEST_MS = 5 * 60_000;

/** After how long a failed call is repeated. */
const ASK_AGAIN_MS = 5_000;

/**
 * Socket Mode: connected from Slack's hello until the socket closes. `ask` is asked too, because the socket stands by the app-level
 * token: it stays open where the bot token is revoked.
 */
export function socketConnection(
  client: Pick<SocketModeReceiver['client'], 'on' | 'websocket'>,
  ask: CheckConnection,
): CheckConnection {
  let connected = false;
  client.on('connected', () => {
    connected = true;
  });
  client.on('close', () => {
    // The socket before may end up to half a minute later: after a refresh by Slack, if its closing handshake was cut off.
    if (client.websocket?.isActive() !== true) connected = false;
  });
  return async () => {
    if (!connected) throw new Error('The socket to Slack is not connected');
    await ask();
  };
}

/** Logs which host the socket cannot reach. Slack's client logs only the class of the error, as undici gives it no reason. */
export function nameBrokenSocket(client: SocketModeReceiver['client'], logger: Logger): void {
  let host = 'Slack';
  client.on('authenticated', (answer: unknown) => {
    host = socketAddress.safeParse(answer).data?.url.host ?? host;
  });
  client.removeAllListeners('error').on('error', () => {
    logger.error(
      `The socket to ${host} could not be opened, or broke. If it goes on, have the firewall or proxy let it through (WebSocket, port 443).`,
    );
  });
}

const refusal = z.object({ ok: z.literal(false), error: z.string() });

/**
 * A `fetch` for the address of a socket that fails if Slack refuses it, so that Slack's client logs why and asks again: it takes some
 * refusals for final, which would end the process while it has work.
 */
export function failingWhereRefused(ask: Fetch): Fetch {
  return async (url, sent) => {
    const answer = await ask(url, sent);
    // Slack's client itself heeds a rate limit and asks again after an error of the server.
    if (answer.status !== 200) return answer;
    const { data: refused } = refusal.safeParse(await bodyOf(answer));
    if (refused === undefined) return answer;
    throw new Error(
      `Slack opens no socket: ${refused.error}. If it goes on, renew SLACK_APP_TOKEN and restart the bot.`,
    );
  };
}

/** Checks that Slack answers and takes the bot token. With a `clock`: throws `ClockAheadError` if Slack's requests count as too old. */
export function askedConnection(client: SlackClient, clock?: SlackClock): CheckConnection {
  const ask = remembering(async () => {
    try {
      await client.auth.test();
    } catch (error) {
      // A rate limit is an answer too.
      if (retryAfterSeconds(error) === undefined) throw error;
    }
  }, ASK_AGAIN_MS);
  return async () => {
    await ask('auth.test');
    const ahead = clock?.aheadMs() ?? 0;
    if (ahead > OLDEST_REQUEST_MS) throw new ClockAheadError(ahead);
  };
}
