import { buttonsOf, localMessage } from '../../sandbox/local-slack/message.ts';
import type { StoredMessage } from '../../sandbox/strict-slack/workspace.ts';
import { blockIds } from '../play/notices.ts';
import type { RunRow } from '../play/snapshot.ts';
import { befell, type Evidence, isRefusedAround, isRefusedAt } from './evidence.ts';

const CONFIRM = ['confirm_run', 'confirm_guarded_run'];

/** Every run's message shows how it stands, and offers to confirm it only while that can be. */
export function shownProblems(evidence: Evidence): string[] {
  return evidence.runs.flatMap((run) => {
    const about = messagesOf(run, evidence);
    const message = about.find(({ ts }) => ts === run.messageTs);
    if (message === undefined) return hiddenProblems(run, evidence);
    return [...copyProblems(run, about, evidence), ...stateProblems(run, about, message, evidence)];
  });
}

/** The messages in the channel that show a run. */
export function messagesOf({ id }: RunRow, { messages }: Evidence): StoredMessage[] {
  return messages.filter(
    (message) =>
      message.threadTs === undefined &&
      message.ephemeralTo === undefined &&
      blockIds(message).some((block) => block.startsWith(`run:${id}:`)),
  );
}

export function offeredConfirm(message: StoredMessage): string | undefined {
  return buttonsOf(localMessage.parse(message)).find(({ actionId }) => CONFIRM.includes(actionId))?.actionId;
}

function hiddenProblems(run: RunRow, evidence: Evidence): string[] {
  const couldNot = isRefusedAround(evidence, lifeOf(run), 'channel', 'channel gone');
  return couldNot ? [] : [`Run ${run.id} has no message`];
}

/** A second message takes the place of one that cannot be edited, or is one too many. */
function copyProblems(run: RunRow, about: readonly StoredMessage[], evidence: Evidence): string[] {
  const [, ...copies] = about;
  const uncalled = copies.filter(({ at }) => !isRefusedAt(evidence, at, 'edits', 'channel gone'));
  return uncalled.length === 0 || befell(evidence, 'pause')
    ? []
    : [`Run ${run.id} has ${about.length} messages`];
}

function stateProblems(
  run: RunRow,
  about: readonly StoredMessage[],
  message: StoredMessage,
  evidence: Evidence,
): string[] {
  const moments = [...lifeOf(run)];
  if (isRefusedAround(evidence, moments, 'edits', 'channel gone')) return [];
  const shown = about
    .filter((each) => each === message || offeredConfirm(each) !== undefined)
    .flatMap(statesOf);
  const wrong = [...new Set(shown)].filter((status) => status !== run.status);
  const offered = run.status !== 'ready' && offeredConfirm(message) !== undefined;
  const missing = run.status === 'ready' && offeredConfirm(message) === undefined;
  return [
    ...(wrong.length > 0 ? [`A message of run ${run.id} shows ${wrong[0]}, but it is ${run.status}`] : []),
    ...(offered ? [`Run ${run.id} can still be confirmed as it seems`] : []),
    ...(missing ? [`Run ${run.id} waits to be confirmed, and its message has no button for that`] : []),
  ];
}

/** When a run changed, and its message with it. */
function lifeOf({ requestedAt, readyAt, confirmedAt, finishedAt }: RunRow): readonly (Date | null)[] {
  return [requestedAt, readyAt, confirmedAt, finishedAt];
}

function statesOf(message: StoredMessage): string[] {
  return blockIds(message).flatMap((id) => id.match(/^run:\d+:(\w+):/)?.[1] ?? []);
}
