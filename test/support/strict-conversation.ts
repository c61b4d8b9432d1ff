import { buttonsOf, localMessage, shownText } from '../../sandbox/local-slack/message.ts';
import { AYU } from '../../sandbox/local-slack/workspace.ts';
import { until } from '../../sandbox/process/until.ts';
import {
  type Acknowledgement,
  postSigned,
  type SignedRequest,
} from '../../sandbox/strict-slack/signed-request.ts';
import type { SlackPerson } from '../../sandbox/strict-slack/slack-person.ts';
import type { StoredFile, StoredMessage, StoredView } from '../../sandbox/strict-slack/workspace.ts';
import type { StrictWorld } from './strict-world.ts';

export const CHANNEL = 'C0DEVSUP01';

type World = Pick<StrictWorld, 'slack' | 'sql' | 'bot'>;

/** Every text that a message shows in its blocks, or its plain text where it has none. */
export function shown(message: StoredMessage): string {
  return shownText(localMessage.parse(message));
}

/** The `action_id`s of a message's buttons. */
export function buttons(message: StoredMessage): string[] {
  return buttonsOf(localMessage.parse(message)).map(({ actionId }) => actionId);
}

type Nothing = undefined | false;

/** Waits until `look` sees something; says what Slack shows where it never does. */
export function sees<T>({ slack }: World, what: string, look: () => T | Nothing | Promise<T | Nothing>) {
  const line = (message: StoredMessage) => `${message.ephemeralTo ?? 'everybody'}: ${shown(message)}`;
  return until<T>(look, {
    failure: () => `${what}. Slack shows:\n${slack.workspace.messages.slice(-6).map(line).join('\n---\n')}`,
  });
}

/** Waits for a message that is not in `before` and has a button: the Cancel of a preview unless told. */
export function newMessage(
  world: World,
  before: readonly StoredMessage[],
  button = 'cancel_run',
): Promise<StoredMessage> {
  return sees(world, `a new message with ${button}`, () =>
    world.slack.messages(CHANNEL).find((each) => !before.includes(each) && buttons(each).includes(button)),
  );
}

/** Types `/usersync TARGET` and waits for its message to have a button. */
export async function preview(
  world: World,
  person: SlackPerson,
  target: string,
  button = 'cancel_run',
): Promise<StoredMessage> {
  const before = world.slack.messages(CHANNEL);
  await person.command(target);
  return newMessage(world, before, button);
}

/** The first reply in the message's thread that is no file. */
export function reply(world: World, { ts }: StoredMessage): Promise<StoredMessage> {
  return sees(world, 'a reply in the thread', () => replies(world, ts).at(0));
}

/** What stands in a thread, files left out. */
export function replies({ slack }: World, ts: string): StoredMessage[] {
  return slack.messages(CHANNEL, ts).filter(({ fileIds }) => fileIds.length === 0);
}

/** What the person alone is told because of `act`. */
export async function toldAfter(
  world: World,
  act: () => Promise<unknown>,
  userId: string = AYU.id,
): Promise<string> {
  const seen = world.slack.ephemerals(userId).length;
  await act();
  return shown(await sees(world, `an answer to ${userId} alone`, () => world.slack.ephemerals(userId)[seen]));
}

/** Waits for a modal with this text in it. */
export function modal(world: World, text: string): Promise<StoredView> {
  return sees(world, `a modal with ${text}`, () =>
    [...world.slack.workspace.views.values()].find(({ view }) => JSON.stringify(view).includes(text)),
  );
}

/** The file in the message's thread. */
export function attachment(world: World, { ts }: StoredMessage): Promise<StoredFile> {
  return sees(world, 'a file in the thread', () =>
    [...world.slack.workspace.files.values()].find(({ shared }) => shared?.threadTs === ts),
  );
}

/** Has outcomes wait for the edit for as long as this machine takes. Otherwise they are told after two seconds, without its end. */
export async function waitForEdits({ sql }: World): Promise<void> {
  await sql(`
    CREATE TRIGGER sync_outbox_later BEFORE INSERT ON sync_outbox FOR EACH ROW
    SET NEW.created_at = NEW.created_at + INTERVAL IF(NEW.kind = 'thread', 1, 0) HOUR`);
}

/** Waits until no run is in work and Slack was told everything. */
export async function settled(world: World): Promise<void> {
  await sees(world, 'the end of all work', async () => {
    const [row] = await world.sql<{ open: number }>(
      `SELECT (SELECT COUNT(*) FROM sync_runs WHERE status IN ('reading', 'executing'))
            + (SELECT COUNT(*) FROM sync_outbox WHERE closed_at IS NULL) AS open`,
    );
    return Number(row?.open) === 0;
  });
}

/** Sends a request, and then the same bytes again, as Slack or somebody who listens in might; `at` another bot. */
export async function twice(
  { bot, slack }: World,
  send: (forgery: Pick<SignedRequest, 'timestamp' | 'tamper'>) => Promise<Acknowledgement>,
  at: World['bot'] = bot,
): Promise<Acknowledgement[]> {
  const timestamp = Math.floor(Date.now() / 1000);
  let body = '';
  const tamper = (sent: string) => {
    body = sent;
    return sent;
  };
  const first = await send({ timestamp, tamper });
  const url = `http://127.0.0.1:${at.port}/slack/events`;
  return [first, await postSigned({ url, signingSecret: slack.signingSecret, body, timestamp })];
}

type AuditRow = {
  readonly step: string;
  readonly outcome: string;
  readonly actor_id: string;
  readonly run_id: number | null;
  readonly reason: string | null;
};

/** The audit trail in order; rows of one step where one is named. */
export function audited(world: World, step: string | null = null): Promise<AuditRow[]> {
  return world.sql<AuditRow>(
    `SELECT step, outcome, actor_id, run_id, reason FROM audit_logs
     WHERE ? IS NULL OR step = ? ORDER BY seq`,
    [step, step],
  );
}

/** Everything that a refused request leaves as it is: users, runs, plans, and what the channels see. */
export async function everything(world: World): Promise<unknown> {
  const { messages } = world.slack.workspace;
  return {
    users: await world.sql('SELECT * FROM users ORDER BY id'),
    runs: await world.sql('SELECT * FROM sync_runs ORDER BY id'),
    changes: await world.sql('SELECT * FROM sync_changes ORDER BY run_id, seq'),
    channels: structuredClone(
      messages.filter(({ ephemeralTo, channel }) => ephemeralTo === undefined && channel.startsWith('C')),
    ),
  };
}
