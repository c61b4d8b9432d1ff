import type { Settings } from './settings.ts';
import { allowing } from './shapes.ts';

/** How Slack delivers commands, clicks and events. */
export type Transport =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string };

export type SlackConfig = {
  readonly transport: Transport;
  readonly botToken: string;
  readonly apiUrl: string;
  readonly channelIds: readonly string[];
  /** Whether the bot may work in this channel although people of another company read it. */
  readonly mayBeShared: (channelId: string) => boolean;
  readonly adminUserIds: readonly string[];
  readonly adminUsergroupIds: readonly string[];
};

/** The part of the settings that concerns Slack. */
export function slackOf(values: Settings): SlackConfig {
  return {
    transport: transport(values),
    botToken: values.SLACK_BOT_TOKEN,
    apiUrl: values.SLACK_API_URL.replace(/\/*$/, '/'),
    channelIds: values.SLACK_CHANNEL_IDS,
    mayBeShared: allowing(values.SLACK_ALLOW_SHARED_CHANNELS),
    adminUserIds: values.SLACK_ADMIN_USER_IDS,
    adminUsergroupIds: values.SLACK_ADMIN_USERGROUP_IDS,
  };
}

function transport(values: Settings): Transport {
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = values;
  const socket = values.SLACK_MODE !== 'http' && appToken !== undefined;
  return socket ? { mode: 'socket', appToken } : { mode: 'http', signingSecret: signingSecret ?? '' };
}
