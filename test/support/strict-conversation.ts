import { buttonsOf, localMessage, shownText } from './local-slack-message.ts';
import { AYU } from './local-slack-workspace.ts';
import type { SlackPerson } from './slack-person.ts';
import type { StoredFile, StoredMessage, StoredView } from './strict-slack/workspace.ts';
import type { StrictWorld } from './strict-world.ts';
import { until } from './until.ts';

export const CHANNEL = 'C0DEVSUP01';
const PATIENCE_MS = 15_000;

type World = Pick<StrictWorld, 'slack' | 'sql'>;

/** Every text that a message shows in its blocks, or its plain text where it has none. */
export function shown(message: StoredMessage): string {
  return shownText(localMessage.parse(message));
}

/** The `action_id`s of a message's buttons. */
export function buttons(message: StoredMessage): string[] {
  return buttonsOf(localMessage.parse(message)).map(({ actionId }) => actionId);
}

/** Waits until `look` sees something; says what the channel shows where it never does. */
export function sees<T>({ slack }: World, what: string, look: () => T | undefined | false | Promise<T | undefined | false>) {
  return until<T>(look, {
    timeoutMs: PATIENCE_MS,
    failure: () => {
      const told = slack.workspace.messages.map((message) => `${message.ephemeralTo ?? 'all'}: ${shown(message)}`);
      return `${what}. Slack shows:\n${told.join('\n---\n')}`;
    },
  });
}

/** Types `/usersync TARGET` and waits for the new message to have a button, that of a preview unless told. */
export async function preview(
  world: World,
  person: SlackPerson,
  target: string,
  button = 'cancel_run',
): Promise<StoredMessage> {
  const before = new Set(world.slack.messages(CHANNEL));
  await person.command(target);
  return sees(world, `a message with ${button} for ${target}`, () =>
    world.slack.messages(CHANNEL).find((each) => !before.has(each) && buttons(each).includes(button)),
  );
}

/** The first reply in the message's thread that is no file. */
export function reply(world: World, { ts }: StoredMessage): Promise<StoredMessage> {
  return sees(world, 'a reply in the thread', () => replies(world, ts).at(0));
}

/** What stands in a thread, files left out. */
export function replies({ slack }: World, ts: string): StoredMessage[] {
  return slack.messages(CHANNEL, ts).filter(({ fileIds }) => fileIds.length === 0);
}

/** What the person alone is told next, after the `seen` messages that were there before. */
export async function told(world: World, userId: string = AYU.id, seen = 0): Promise<string> {
  return shown(await sees(world, `an answer to ${userId} alone`, () => world.slack.ephemerals(userId)[seen]));
}

/** What the person alone is told because of `act`. */
export async function toldAfter(world: World, userId: string, act: () => Promise<unknown>): Promise<string> {
  const seen = world.slack.ephemerals(userId).length;
  await act();
  return told(world, userId, seen);
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

export type AuditRow = {
  readonly step: string;
  readonly outcome: string;
  readonly actor_id: string;
  readonly run_id: number | null;
  readonly reason: string | null;
};

/** The audit trail in order; rows of one step where one is named. */
export function audited(world: World, step?: string): Promise<AuditRow[]> {
  return world.sql<AuditRow>(
    `SELECT step, outcome, actor_id, run_id, reason FROM audit_logs
     WHERE ? IS NULL OR step = ? ORDER BY seq`,
    [step ?? null, step ?? null],
  );
}

/** Everything that a refused request must leave as it is: users, runs, plans, and what the channel sees. */
export async function everything(world: World): Promise<unknown> {
  return {
    users: await world.sql('SELECT * FROM users ORDER BY id'),
    runs: await world.sql('SELECT * FROM sync_runs ORDER BY id'),
    changes: await world.sql('SELECT * FROM sync_changes ORDER BY run_id, seq'),
    channel: structuredClone(world.slack.workspace.messages.filter(({ ephemeralTo }) => ephemeralTo === undefined)),
  };
}
