import type { Transport } from '../../config/slack.ts';
import { ESSENTIAL_SCOPES } from './scopes.ts';
import type { NoAnswer, SlackIdentity, SlackInspection } from './token-facts.ts';

/** Slack does not accept a token, cannot be reached, or has Socket Mode off for the app. */
export class SlackLoginError extends Error {
  override readonly name = 'SlackLoginError';
  /** The setting that holds the token. */
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

/**
 * The app was installed to a whole Enterprise Grid organisation. Its token names no workspace, so the bot could not tell members
 * from strangers.
 */
export class OrgWideInstallError extends Error {
  override readonly name = 'OrgWideInstallError';
  constructor() {
    super('The Slack app is installed to a whole Enterprise Grid organisation');
  }
}

/**
 * Asks Slack whose the bot token is. In Socket Mode, also asks whether the app-level token opens a socket, because Bolt would ask
 * for ever. Throws `SlackLoginError`, `OrgWideInstallError` and `MissingScopesError`.
 */
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
  // Any other problem passes by itself, and Bolt goes on asking.
  if (socket?.outcome === 'refused') throw new SlackLoginError('SLACK_APP_TOKEN', socket);
  return bot.answer;
}
