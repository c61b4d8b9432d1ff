import { buttonsOf, localMessage, shownText } from '../../test/support/local-slack-message.ts';
import type { StoredMessage } from '../../test/support/strict-slack/workspace.ts';
import type { RunRow } from '../play/snapshot.ts';

/** What the channels show at the end, and what befell the bots while they wrote it. */
export type Told = {
  readonly messages: readonly StoredMessage[];
  /** A bot was paused between deciding to post and posting, or Slack broke off: a second message cannot be ruled out. */
  readonly doubtful: boolean;
  /** Connections to the database were cut: a thread may say so. */
  readonly databaseLost: boolean;
};

const CONFIRM = ['confirm_run', 'confirm_guarded_run'];

/** Every run's message shows how it stands, and its thread says once, and truly, how it ended. */
export function toldProblems(runs: readonly RunRow[], told: Told): string[] {
  return runs.flatMap((run) => [...messageProblems(run, told), ...threadProblems(run, told)]);
}

function messageProblems(run: RunRow, { messages, doubtful }: Told): string[] {
  const about = messages.filter(
    ({ threadTs, ephemeralTo, blocks }) =>
      threadTs === undefined && ephemeralTo === undefined && isAbout(run, blocks),
  );
  const message = about.find(({ ts }) => ts === run.messageTs);
  if (message === undefined) return [`Run ${run.id} has no message`];
  const twice = about.length > 1 && !doubtful ? [`Run ${run.id} has ${about.length} messages`] : [];
  const shown = about.flatMap((each) => (each === message || offersConfirm(each) ? statesOf(each) : []));
  const wrong = [...new Set(shown)].filter((status) => status !== run.status);
  const stale =
    wrong.length > 0 ? [`A message of run ${run.id} shows ${wrong[0]}, but it is ${run.status}`] : [];
  const button =
    run.status !== 'ready' && offersConfirm(message)
      ? [`Run ${run.id} can still be confirmed as it seems`]
      : [];
  return [...twice, ...stale, ...button];
}

function isAbout({ id }: RunRow, blocks: unknown): boolean {
  return JSON.stringify(blocks ?? []).includes(`"run:${id}:`);
}

function statesOf({ blocks }: StoredMessage): string[] {
  return [...JSON.stringify(blocks ?? []).matchAll(/"run:\d+:(\w+):/g)].flatMap(([, status]) => status ?? []);
}

function offersConfirm(message: StoredMessage): boolean {
  return buttonsOf(localMessage.parse(message)).some(({ actionId }) => CONFIRM.includes(actionId));
}

function threadProblems(run: RunRow, { messages, doubtful, databaseLost }: Told): string[] {
  const thread = messages.filter(({ threadTs }) => threadTs !== undefined && threadTs === run.messageTs);
  const files = thread.filter(({ fileIds }) => fileIds.length > 0);
  const notices = thread.filter(({ blocks }) => JSON.stringify(blocks ?? []).includes('"notice:'));
  const others = thread.filter((message) => !files.includes(message) && !notices.includes(message));
  const should = result(run);
  const wrong = notices
    .map((message) => shownText(localMessage.parse(message)))
    .filter((text) => should !== undefined && !should.test(text));
  return [
    ...(should === undefined && notices.length > 0
      ? [`The thread of run ${run.id} tells an end that it had not`]
      : []),
    ...(should !== undefined && notices.length === 0
      ? [`The thread of run ${run.id} does not tell its end`]
      : []),
    ...(notices.length > 1 && !doubtful
      ? [`The thread of run ${run.id} tells its end ${notices.length} times`]
      : []),
    ...wrong.map((text) => `The thread of run ${run.id} says "${text}" instead of ${should}`),
    ...(files.length > 1 && !doubtful ? [`The thread of run ${run.id} has ${files.length} files`] : []),
    ...(others.length > 0 && !databaseLost ? [`The thread of run ${run.id} says "${others[0]?.text}"`] : []),
  ];
}

/** What a thread must say; undefined where it has nothing to say. */
function result(run: RunRow): RegExp | undefined {
  const { add, reactivate, deactivate, unchanged } = run.counts;
  if (run.status === 'failed') return new RegExp(`^${failureWords(run)}[^]*Nothing was changed`);
  if (run.status !== 'completed' || add + reactivate + deactivate === 0) return undefined;
  const rest = `${users(deactivate)} deactivated, ${users(unchanged)} unchanged.`;
  if (run.reverts !== null) {
    return exactly(
      `Rollback of run ${run.reverts} completed successfully! ${users(reactivate)} reactivated, ${rest}`,
    );
  }
  const again = reactivate > 0 ? `, ${users(reactivate)} reactivated` : '';
  return exactly(`Sync completed successfully! ${users(add)} added${again}, ${rest}`);
}

/** The words of the contract, section 1, and of the README. */
function failureWords({ failure }: RunRow): string {
  switch (failure?.code) {
    case 'login_failed':
      return 'Failed to login to external API: ';
    case 'fetch_failed':
      return 'Failed to fetch users from external API: ';
    case 'invalid_response':
      return 'Invalid response format: ';
    case 'list_moved':
      return 'The user list changed while it was read';
    case 'list_empty':
      return 'The .* server lists no users, but \\d+ users? (is|are) active here';
    case 'stale':
      return `${failure.total} users? of the plan changed after the preview`;
    case 'interrupted':
      return 'The work was interrupted';
    default:
      return 'nothing that can happen here: ';
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.!]/g, '\\$&')}$`);
}

function users(n: number): string {
  return n === 1 ? '1 user' : `${n} users`;
}
