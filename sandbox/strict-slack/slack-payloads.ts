/** Shapes: https://docs.slack.dev/reference/interaction-payloads and …/interactivity/implementing-slash-commands */

/** The sender of a payload, and the trigger id that the payload contains. */
export type Origin = {
  readonly teamId: string;
  readonly appId: string;
  readonly user: { readonly id: string; readonly name: string; readonly teamId?: string };
  readonly triggerId: string;
};

type InChannel = {
  readonly channel: { readonly id: string; readonly name: string };
  readonly responseUrl: string;
};

/** The fields of a slash command. */
export function slashCommand(
  { teamId, appId, user, triggerId }: Origin,
  { channel, responseUrl }: InChannel,
  { command, text }: { readonly command: string; readonly text: string },
): Record<string, string> {
  return {
    token: 'verification-token',
    team_id: user.teamId ?? teamId,
    team_domain: 'usersync-test',
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: triggerId,
  };
}

export type Action = {
  readonly actionId: string;
  readonly blockId: string;
  readonly value: string | undefined;
  readonly type?: string;
  readonly text?: unknown;
};

/** `block_actions` for a click in a message. */
export function messageAction(
  origin: Origin,
  { channel, responseUrl }: InChannel,
  message: Readonly<Record<string, unknown>>,
  action: Action,
): object {
  return {
    ...actions(origin, action),
    channel,
    container: {
      type: 'message',
      message_ts: message['ts'],
      ...(message['thread_ts'] === undefined ? {} : { thread_ts: message['thread_ts'] }),
      channel_id: channel.id,
      is_ephemeral: false,
    },
    message,
    response_url: responseUrl,
  };
}

/** `block_actions` for a click in a modal or Home tab. */
export function viewAction(origin: Origin, view: Readonly<Record<string, unknown>>, action: Action): object {
  return { ...actions(origin, action), container: { type: 'view', view_id: view['id'] }, view };
}

/** `view_submission` of a modal; `view.state.values` contains the entered values. */
export function viewSubmission(
  origin: Origin,
  view: Readonly<Record<string, unknown>>,
  values: object,
): object {
  return {
    type: 'view_submission',
    ...common(origin),
    view: { ...view, state: { values } },
    response_urls: [],
  };
}

/** `block_suggestion` for text that a person types into an external select of a modal. */
export function blockSuggestion(
  origin: Origin,
  view: Readonly<Record<string, unknown>>,
  { actionId, blockId, value }: Pick<Action, 'actionId' | 'blockId' | 'value'>,
): object {
  const { trigger_id: _, ...rest } = common(origin);
  const container = { type: 'view', view_id: view['id'] };
  return {
    type: 'block_suggestion',
    ...rest,
    action_id: actionId,
    block_id: blockId,
    value,
    container,
    view,
  };
}

/** A shortcut: a message shortcut if `place` is given, otherwise a global shortcut. */
export function shortcut(
  origin: Origin,
  callbackId: string,
  place?: InChannel & { readonly message: Readonly<Record<string, unknown>> },
): object {
  const shared = { ...common(origin), callback_id: callbackId, action_ts: (Date.now() / 1000).toFixed(6) };
  if (place === undefined) return { type: 'shortcut', ...shared };
  const { channel, message, responseUrl: response_url } = place;
  return { type: 'message_action', ...shared, channel, message, message_ts: message['ts'], response_url };
}

/** The event after a person opened the app's Home tab. */
export function appHomeOpened(origin: Origin): object {
  const user = origin.user.id;
  const event_ts = `${Math.floor(Date.now() / 1000)}.000001`;
  const event = { type: 'app_home_opened', user, channel: `D${user.slice(1)}`, tab: 'home', event_ts };
  return eventCallback(origin, event);
}

/** The event after a person mentioned the bot in a message. */
export function appMention(
  origin: Origin,
  said: {
    readonly channel: string;
    readonly ts: string;
    readonly text: string;
    readonly thread_ts?: string;
    /** Slack sends the event again, with the new text, whenever its author edits the message. */
    readonly edited?: { readonly user: string; readonly ts: string };
  },
): object {
  const team = origin.user.teamId ?? origin.teamId;
  return eventCallback(origin, {
    type: 'app_mention',
    user: origin.user.id,
    team,
    ...said,
    event_ts: said.ts,
  });
}

/** An event in the wrapper of the Events API. */
function eventCallback({ teamId, appId, user }: Origin, event: object): object {
  const time = Math.floor(Date.now() / 1000);
  return {
    token: 'verification-token',
    team_id: teamId,
    api_app_id: appId,
    type: 'event_callback',
    event_id: `Ev${time}`,
    event_time: time,
    authorizations: [
      { enterprise_id: null, team_id: teamId, user_id: user.id, is_bot: true, is_enterprise_install: false },
    ],
    event,
  };
}

/** The event after `member` joined a channel, added by the origin's user. */
export function memberJoinedChannel(origin: Origin, member: string, channel: string): object {
  const { teamId: team, user } = origin;
  return eventCallback(origin, {
    type: 'member_joined_channel',
    user: member,
    channel,
    channel_type: 'C',
    team,
    inviter: user.id,
    event_ts: `${Math.floor(Date.now() / 1000)}.000001`,
  });
}

function actions(origin: Origin, { actionId, blockId, value, type = 'button', text }: Action): object {
  const action_ts = (Date.now() / 1000).toFixed(6);
  return {
    type: 'block_actions',
    ...common(origin),
    state: { values: {} },
    actions: [{ type, action_id: actionId, block_id: blockId, value, text, action_ts }],
  };
}

function common({ teamId, appId, user, triggerId }: Origin) {
  return {
    team: { id: user.teamId ?? teamId, domain: 'usersync-test' },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId ?? teamId },
    api_app_id: appId,
    token: 'verification-token',
    trigger_id: triggerId,
  };
}
