import { type Config, ownChannels } from '../../config/config.ts';
import { OLDEST_REQUEST_MS } from '../../slack/connect/connection.ts';
import { ALL_SCOPES, neededScopes } from '../../slack/connect/manifest.ts';
import { disqualification, type Member, nameOf } from '../../slack/connect/people-and-channels.ts';
import type { SlackInspection, SlackReply, TokenFacts } from '../../slack/connect/token-facts.ts';
import { isDirect } from '../../slack/ids.ts';
import { NEW_TOKEN, noAnswer, ONE_WORKSPACE, REINSTALL } from '../remedies.ts';
import { type Check, checkOf, fail, pass, type Topic, type Verdict, warn } from './check.ts';
import { messageCheck } from './message-check.ts';
import { tooFewAdmins } from './settings-checks.ts';

const TOKEN = 'Slack token';

const DELIVERY_SETTINGS = ['SLACK_API_URL', 'SLACK_MODE', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'PORT'];

const OWN_CHANNEL = 'Use a channel of your own company, or allow this one in SLACK_ALLOW_SHARED_CHANNELS.';

const KEEP_CLOCK = "Let NTP keep this machine's clock (timedatectl shows whether it does).";
const NOTABLE_SKEW_MS = 60_000;

/** Checks of the app in Slack: tokens, scopes, and the channels, admins and user groups of the settings. */
export function slackChecks(config: Config, slack: SlackInspection): readonly Check[] {
  const { adminUserIds, adminUsergroupIds } = config.slack;
  const settings = ['SLACK_BOT_TOKEN', 'SLACK_API_URL'];
  // One question to Slack. The checks of the token and of its scopes use the same answer.
  let asked: Promise<SlackReply<TokenFacts>> | undefined;
  const whoami = () => {
    asked ??= slack.whoami();
    return asked;
  };
  const needed = neededScopes({ userGroups: adminUsergroupIds.length > 0 });
  const onToken = (name: string, topic: Topic, about: string, run: Check['run']) =>
    checkOf(name, topic, { settings: [about], needs: [TOKEN] }, run);
  return [
    checkOf(TOKEN, 'slack_token', { settings }, async () => token(await whoami())),
    onToken('Slack scopes', 'slack_scopes', 'SLACK_ADMIN_USERGROUP_IDS', async () =>
      scopes(await whoami(), needed),
    ),
    ...ownChannels(config).map((id) =>
      onToken(`Slack channel ${id}`, 'slack_channel', 'SLACK_CHANNEL_IDS', () => channel(id, slack, config)),
    ),
    ...adminUserIds.map((id) =>
      onToken(`Slack admin ${id}`, 'slack_admin', 'SLACK_ADMIN_USER_IDS', async () =>
        admin(await slack.readMember(id), await whoami()),
      ),
    ),
    ...adminUsergroupIds.map((id) =>
      onToken(`Slack user group ${id}`, 'slack_user_group', 'SLACK_ADMIN_USERGROUP_IDS', async () =>
        group(await slack.groupSize(id), config),
      ),
    ),
    ...othersCalled(config).map((id) =>
      onToken(`Slack call of ${id}`, 'slack_called', 'SYNC_NOTIFY', async () =>
        called(await (id.startsWith('S') ? slack.groupSize(id) : slack.readMember(id))),
      ),
    ),
    checkOf('Slack clock', 'slack_clock', { settings }, async () =>
      clock(await slack.clockAheadMs(), config),
    ),
    messageCheck(config, slack),
    checkOf('Slack delivery', 'slack_delivery', { settings: DELIVERY_SETTINGS }, () =>
      delivery(config, slack),
    ),
  ];
}

function token(reply: SlackReply<TokenFacts>): Verdict {
  if (reply.outcome !== 'answered') return noAnswer(reply, NEW_TOKEN.SLACK_BOT_TOKEN);
  if (reply.answer.orgWide)
    return fail('the app is installed to a whole Enterprise Grid organisation', ONE_WORKSPACE);
  return pass(`team ${reply.answer.team}, bot ${reply.answer.botName}`);
}

function scopes(reply: SlackReply<TokenFacts>, needed: readonly string[]): Verdict {
  if (reply.outcome !== 'answered') return noAnswer(reply, NEW_TOKEN.SLACK_BOT_TOKEN);
  const granted = reply.answer.scopes;
  if (granted === undefined)
    return warn('Slack does not tell what the token may do', `See that the app has: ${needed.join(', ')}`);
  const missing = needed.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) return fail(`missing: ${missing.join(', ')}`, REINSTALL);
  const surplus = granted.filter((scope) => scope !== '' && !ALL_SCOPES.includes(scope));
  return surplus.length === 0
    ? pass(needed.join(', '))
    : warn(`the token may do more than the bot needs: ${surplus.join(', ')}`, `Take them away: ${REINSTALL}`);
}

/** Whether the bot is in a channel, and whether people of another company read it (Slack Connect). */
async function channel(id: string, slack: SlackInspection, config: Config): Promise<Verdict> {
  // The bot posts there without being a member, and needs no right to read it.
  if (isDirect(id)) return pass('a conversation between the bot and one person');
  const [read, shared] = await Promise.all([slack.readChannel(id), slack.isSharedOutside(id)]);
  if (read.outcome !== 'answered')
    return noAnswer(read, 'Correct the channel id.', config.deployment.command.slice(1));
  if (config.slack.mayBeShared(id)) return pass('the bot is in it; another company may read it');
  if (shared.outcome !== 'answered')
    return warn('the bot is in it; Slack does not say whether another company reads it', REINSTALL);
  return shared.answer
    ? fail('people of another company read it, so the bot shows no users there', OWN_CHANNEL)
    : pass('the bot is in it');
}

/** Slack's http requests carry their time: if this machine's clock is ahead, they count as too old. Socket Mode has none. */
function clock(reply: SlackReply<number | undefined>, { slack: { transport } }: Config): Verdict {
  if (reply.outcome !== 'answered') return noAnswer(reply, NEW_TOKEN.SLACK_BOT_TOKEN);
  const ahead = reply.answer;
  if (ahead === undefined) return pass('Slack does not tell its time');
  const detail = `this machine's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead < 0 ? 'behind' : 'ahead of'} Slack's`;
  if (transport.mode === 'http' && ahead > OLDEST_REQUEST_MS) {
    return fail(`${detail}, so every request of Slack's is refused as too old`, KEEP_CLOCK);
  }
  return Math.abs(ahead) > NOTABLE_SKEW_MS ? warn(detail, KEEP_CLOCK) : pass(detail);
}

async function delivery(
  { slack: { transport }, port, deployment }: Config,
  slack: SlackInspection,
): Promise<Verdict> {
  if (transport.mode === 'http')
    return pass(
      `http mode: Slack must reach /slack/events at port ${port} from outside; whether it does, only a typed ${deployment.command} shows`,
    );
  const reply = await slack.socketAddress(transport.appToken);
  if (reply.outcome !== 'answered') return noAnswer(reply, NEW_TOKEN.SLACK_APP_TOKEN);
  const { host } = reply.answer;
  const reached = await slack.reachesSocket(reply.answer);
  return reached.outcome === 'unreachable'
    ? fail(
        `Slack takes the app-level token, but its socket at ${host} cannot be reached: ${reached.reason}`,
        'Have the firewall or proxy let that host through (WebSocket, port 443).',
      )
    : pass(`Socket Mode: Slack takes the app-level token, and ${host} answers (no socket was opened)`);
}

const TAKE_OUT = 'Take the id out of SLACK_ADMIN_USER_IDS.';

/** Whether a member of `SLACK_ADMIN_USER_IDS` can be an admin. `us` is the bot's own token. */
function admin(reply: SlackReply<Member>, us: SlackReply<TokenFacts>): Verdict {
  if (reply.outcome !== 'answered') return noAnswer(reply, 'Correct the id in SLACK_ADMIN_USER_IDS.');
  const name = nameOf(reply.answer) ?? reply.answer.id;
  switch (disqualification(reply.answer, us.outcome === 'answered' ? us.answer.teamId : '')) {
    case undefined:
      return pass(name);
    case 'deleted':
      return warn(`${name} is deactivated in Slack`, TAKE_OUT);
    case 'bot':
      return fail(`${name} is a bot, which is never an admin`, TAKE_OUT);
    case 'guest':
      return fail(`${name} is a guest, who is never an admin`, TAKE_OUT);
    case 'stranger':
      return fail(`${name} is of another workspace, and never an admin here`, TAKE_OUT);
  }
}

/** Whether a group of `SLACK_ADMIN_USERGROUP_IDS` has members. */
function group(reply: SlackReply<number>, config: Config): Verdict {
  if (reply.outcome !== 'answered')
    return noAnswer(reply, 'Correct the id; without an answer nobody is an admin through this group.');
  const { adminUserIds, adminUsergroupIds } = config.slack;
  const all = adminUsergroupIds.length > 1 ? Number.POSITIVE_INFINITY : reply.answer + adminUserIds.length;
  const few = reply.answer === 0 ? undefined : tooFewAdmins(config, all);
  if (few !== undefined) return warn(few, 'Add members in Slack, or ask for fewer people.');
  return reply.answer === 0
    ? warn('it has no members', 'Nobody is an admin through it: add members in Slack.')
    : pass(members(reply.answer));
}

function members(n: number): string {
  return n === 1 ? '1 member' : `${n} members`;
}

/** Members and groups to call who are no admins: no other check looks at them. */
function othersCalled({ notify, slack: { adminUserIds, adminUsergroupIds } }: Config): readonly string[] {
  return notify.filter((id) => !adminUserIds.includes(id) && !adminUsergroupIds.includes(id));
}

/** Whether a member or user group of `SYNC_NOTIFY` exists. Otherwise its mention calls nobody. */
function called(reply: SlackReply<Member | number>): Verdict {
  if (reply.outcome === 'answered') {
    const { answer } = reply;
    const whom = typeof answer === 'number' ? members(answer) : (nameOf(answer) ?? answer.id);
    return answer === 0 || (typeof answer !== 'number' && answer.deleted)
      ? warn(`${whom}: nobody would be called`, 'Take the id out of SYNC_NOTIFY, or add members in Slack.')
      : pass(whom);
  }
  if (reply.outcome === 'refused' && reply.error === 'missing_scope')
    return warn('Slack does not say whether the group is there', `Add usergroups:read: ${REINSTALL}`);
  return reply.outcome === 'refused'
    ? fail(`Slack says ${reply.error}`, 'Correct the id in SYNC_NOTIFY: a mention of it calls nobody.')
    : noAnswer(reply, NEW_TOKEN.SLACK_BOT_TOKEN);
}
