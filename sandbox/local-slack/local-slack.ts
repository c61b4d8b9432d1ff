import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from '../process/guarded-process.ts';
import { until } from '../process/until.ts';
import { type Entries, viewValues } from '../strict-slack/view-values.ts';
import { act, clickButton, readMessages, readTraffic, readWorkspace } from './control.ts';
import { type LocalMessage, transcript } from './message.ts';
import { localSlackProgram } from './program.ts';
import { type LocalView, lookAtScreen, type Submission, submitOnScreen } from './screen.ts';
import { DEV_SUPPORT, LOCAL_APP, type LocalSlackOptions, workspaceConfig } from './workspace.ts';

const WAIT_MS = 120_000;

type Waiting = { readonly timeoutMs?: number; readonly channel?: string };

type Controls = {
  /** Types `/usersync TEXT`. Resolves when the bot has acknowledged. */
  command(user: string, text: string, channel?: string): Promise<void>;
  /**
   * Clicks a button. Resolves when the bot has acknowledged. Value and block id come from the message's button. If they are
   * given, nothing checks that the message still has the button.
   */
  click(messageTs: string, user: string, actionId: string, value?: string, blockId?: string): Promise<void>;
  /** Every message of a channel, oldest first, with thread replies and ephemeral messages. */
  messages(channel?: string): Promise<LocalMessage[]>;
  /** Waits until `find` returns something for the messages of a channel, and returns that. */
  waitFor<T>(find: (messages: LocalMessage[]) => T | undefined | false, waiting?: Waiting): Promise<T>;
  /** The topmost modal. */
  openView(): Promise<LocalView | undefined>;
  /** Waits for a modal that `accepts` accepts: a bot opens a modal first and fills it later. */
  waitForView(accepts: (view: LocalView) => boolean, waiting?: Waiting): Promise<LocalView>;
  /** Submits the topmost modal and waits for the bot's answer. */
  submitView(user: string, entries: Entries): Promise<Submission>;
  /** Opens the app's Home tab. The bot publishes it some time later. */
  openHome(user: string): Promise<void>;
  /** The Home tab that the bot published last for a user. */
  homeView(user: string): Promise<LocalView | undefined>;
  /** Waits until the bot's Socket Mode connection is open. Commands before that are lost. */
  waitForBot(waiting?: Waiting): Promise<void>;
  /** The requests to and from the bot. */
  log(): ReturnType<typeof readTraffic>;
  /** Users and channels. */
  state(): ReturnType<typeof readWorkspace>;
};

export type LocalSlack = typeof LOCAL_APP &
  Controls & {
    /** The web page where a person can type and click. */
    readonly url: string;
    /** For `SLACK_API_URL`. */
    readonly apiUrl: string;
    /** The first given channel; #dev-support by default. */
    readonly channelId: string;
    stop(): Promise<void>;
  };

/**
 * Starts a whole Slack workspace on this machine. It checks no limits, tokens or times; `startStrictSlack` does. Throws
 * `NoLocalSlackError` if the optional package is missing.
 */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const program = localSlackProgram();
  const folder = await mkdtemp(join(tmpdir(), 'usersync-slack-'));
  const config = join(folder, 'workspace.json');
  await writeFile(config, JSON.stringify(workspaceConfig(options)));
  const place = ['--port', String(options.port ?? 0), '--base-host', '127.0.0.1'];
  const server = startGuarded(
    program,
    ['--config', config, ...place, '--files-dir', join(folder, 'files')],
    folder,
  );
  const [, url = ''] = await server.printed(/Web UI:\s+(\S+)/, WAIT_MS);
  const channelId = (options.channels ?? [DEV_SUPPORT])[0]?.id ?? DEV_SUPPORT.id;
  return {
    ...LOCAL_APP,
    ...controls(url, channelId),
    url,
    apiUrl: `${url}/api/`,
    channelId,
    stop: () => server.stop(),
  };
}

function controls(url: string, home: string): Controls {
  const openView = async () => (await lookAtScreen(url)).modalStack.at(-1);
  return {
    openView,
    command: (user, text, channel = home) =>
      act(url, 'command', { channel, user, command: '/usersync', text }),
    click: (messageTs, user, actionId, value, blockId) =>
      clickButton(url, { messageTs, user, actionId, value, blockId }),
    messages: (channel = home) => readMessages(url, channel),
    waitFor: (find, { timeoutMs = WAIT_MS, channel = home } = {}) =>
      until(async () => find(await readMessages(url, channel)), {
        timeoutMs,
        failure: async () =>
          `the message waited for. The channel shows:\n${transcript(await readMessages(url, channel))}`,
      }),
    waitForView: (accepts, { timeoutMs = WAIT_MS } = {}) =>
      until(() => openView().then((view) => view !== undefined && accepts(view) && view), {
        timeoutMs,
        failure: async () => `the modal waited for. Open is: ${JSON.stringify(await openView(), null, 1)}`,
      }),
    async submitView(user, entries) {
      const view = await openView();
      return submitOnScreen(url, user, viewValues(view?.blocks ?? [], entries));
    },
    openHome: (user) => act(url, 'open-home', { user }),
    homeView: async (user) => (await lookAtScreen(url)).homeViews[user]?.[LOCAL_APP.appId],
    async waitForBot({ timeoutMs = WAIT_MS } = {}) {
      await until(async () => (await lookAtScreen(url)).apps.some(({ connected }) => connected), {
        timeoutMs,
        failure: () => 'the bot connected to the local Slack',
      });
    },
    log: () => readTraffic(url),
    state: () => readWorkspace(url),
  };
}
