export type LocalUser = { readonly id: string; readonly name: string; readonly real_name: string };
export type LocalChannel = { readonly id: string; readonly name: string };

/** The local workspace by default: Ayu and Budi are admins of usersync, Citra is not. */
export const AYU: LocalUser = { id: 'U0ADMIN001', name: 'ayu', real_name: 'Ayu' };
export const BUDI: LocalUser = { id: 'U0ADMIN002', name: 'budi', real_name: 'Budi' };
export const CITRA: LocalUser = { id: 'U0MEMBER01', name: 'citra', real_name: 'Citra' };

export const DEV_SUPPORT: LocalChannel = { id: 'C0DEVSUP01', name: 'dev-support' };
const GENERAL: LocalChannel = { id: 'C0GENERAL1', name: 'general' };

export const LOCAL_APP = {
  appId: 'A0USERSYNC',
  botUserId: 'U0USERSYNC',
  botName: 'usersync',
  botToken: 'xoxb-local-slack',
  appToken: 'xapp-local-slack',
  signingSecret: 'local-slack-signing-secret',
} as const;

export type LocalSlackOptions = {
  /** `events` sends signed requests to `requestUrl`; `socket` needs no URL. */
  readonly mode: 'socket' | 'events';
  readonly requestUrl?: string;
  readonly users?: readonly LocalUser[];
  readonly channels?: readonly LocalChannel[];
  /** A free port by default. */
  readonly port?: number;
};

/** The configuration file of the local Slack. Every user is a member of every channel. */
export function workspaceConfig({
  mode,
  requestUrl,
  users = [AYU, BUDI, CITRA],
  channels = [DEV_SUPPORT, GENERAL],
}: LocalSlackOptions): object {
  const members = [LOCAL_APP.botUserId, ...users.map(({ id }) => id)];
  return {
    workspace: { name: 'usersync-demo', domain: 'usersync-demo', teamId: 'T0USERSYNC' },
    app: { ...LOCAL_APP, mode, ...(requestUrl === undefined ? {} : { requestUrl }) },
    users,
    channels: channels.map((channel) => ({ ...channel, members })),
  };
}
