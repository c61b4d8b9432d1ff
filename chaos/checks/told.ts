import type { StoredMessage } from '../../sandbox/strict-slack/workspace.ts';
import { blockTexts, type Posted } from '../play/notices.ts';
import type { RunRow } from '../play/snapshot.ts';
import { answersWereLost, befell, type Evidence, isRefusedAround, isRefusedAt } from './evidence.ts';
import { outcomeWords } from './outcome-words.ts';
import { messagesOf } from './shown.ts';

/** Whatever happens, and whatever Slack refuses, nobody waits longer for the outcome (docs/safety.md, S9). */
const TOLD_WITHIN_MS = 15_000;

/** How each run ended is told in time, once, truly, and in the first place that Slack takes. */
export function toldProblems(evidence: Evidence): string[] {
  return evidence.runs.flatMap((run) => {
    const told = evidence.posted.filter(({ notice }) => notice.runId === run.id);
    const outcome = told.filter(({ notice }) => notice.kind === 'thread');
    return [
      ...outcomeProblems(run, outcome, evidence),
      ...outcome.flatMap((posted) => placeProblems(run, posted, evidence)),
      ...extraProblems(run, told, evidence),
    ];
  });
}

function outcomeProblems(run: RunRow, told: readonly Posted[], evidence: Evidence): string[] {
  const words = outcomeWords(run);
  if (words === undefined) return told.length > 0 ? [`An end is told that run ${run.id} had not`] : [];
  const [first] = told;
  if (first === undefined) return untoldProblems(run, evidence);
  return [
    ...wrongWords(run, told, words),
    ...repeated(run, told, evidence),
    ...tardy(run, first, evidence),
    ...forgotten(run, told, evidence),
  ];
}

/** That Slack took it in no place can only be where it refused every place. */
function untoldProblems(run: RunRow, evidence: Evidence): string[] {
  const moments = [run.finishedAt];
  const everywhere =
    isRefusedAround(evidence, moments, 'direct') &&
    isRefusedAround(evidence, moments, 'channel', 'channel gone');
  if (!everywhere) return [`Nobody is told how run ${run.id} ended`];
  return evidence.untold.has(run.id)
    ? []
    : [`Run ${run.id} is not on record as one of which nobody was told`];
}

function wrongWords(run: RunRow, told: readonly Posted[], words: RegExp): string[] {
  const people = peopleBelow(run);
  return told.flatMap(({ message }) => {
    const [text = '', ...below] = blockTexts(message);
    const mentions = people.every((id) => below.some((line) => line.includes(`<@${id}>`)));
    return [
      ...(words.test(text) ? [] : [`Of run ${run.id} is told "${text}" instead of ${words}`]),
      ...(mentions ? [] : [`The outcome of run ${run.id} does not mention ${people.join(', ')}`]),
    ];
  });
}

/** Whoever asked is mentioned where the run failed, or somebody else confirmed it. */
function peopleBelow({ status, requestedBy, confirmedBy }: RunRow): string[] {
  const others = confirmedBy !== null && confirmedBy !== requestedBy;
  return (status === 'failed' || others) && isPerson(requestedBy) ? [requestedBy] : [];
}

/** The bot itself and its rules are told nothing. */
function isPerson(id: string): boolean {
  return id.startsWith('U');
}

/** Where an answer was lost and the place with it, nobody can know that it was told there. */
function repeated(run: RunRow, told: readonly Posted[], evidence: Evidence): string[] {
  if (befell(evidence, 'pause')) return [];
  const places = told.map(({ place, message }) => (place === 'direct' ? message.channel : place));
  const twice = places.filter((place, index) => places.indexOf(place) !== index);
  const unsure = answersWereLost(evidence);
  const again = twice.filter((place) => !(unsure && place.startsWith('D')));
  const kinds = new Set(told.map(({ place }) => place));
  return [
    ...again.map((place) => `The outcome of run ${run.id} is told twice: ${place}`),
    ...(kinds.size > 1 && !unsure ? [`The outcome of run ${run.id} is told in ${kinds.size} places`] : []),
  ];
}

function tardy(run: RunRow, { message }: Posted, evidence: Evidence): string[] {
  const ms = message.at - Number(run.finishedAt);
  if (ms <= TOLD_WITHIN_MS || befell(evidence, 'pause')) return [];
  return [`How run ${run.id} ended was told after ${ms} ms`];
}

/** Directly, everybody is told whom the run concerns. */
function forgotten(run: RunRow, told: readonly Posted[], evidence: Evidence): string[] {
  const direct = told.filter(({ place }) => place === 'direct').map(({ message }) => message.channel);
  if (direct.length === 0 || isRefusedAround(evidence, [run.finishedAt], 'direct')) return [];
  const people = [run.requestedBy, run.confirmedBy].flatMap((id) => id ?? []).filter(isPerson);
  const missing = people.filter((id) => !direct.includes(`D${id.slice(1)}`));
  return missing.map((id) => `${id} is not told how run ${run.id} ended`);
}

/** The way down: the thread, then the channel, then those whom it concerns. Each further place says why. */
function placeProblems(run: RunRow, { place, message }: Posted, evidence: Evidence): string[] {
  if (place === 'thread') return strayReply(run, message, evidence);
  const shown = messagesOf(run, evidence).length > 0;
  const noThread = !shown || isRefusedAt(evidence, message.at, 'thread', 'channel gone');
  const noChannel = isRefusedAt(evidence, message.at, 'channel', 'channel gone');
  const called = place === 'channel' ? noThread : noThread && noChannel;
  const saysWhy = blockTexts(message).some((text) =>
    /because usersync cannot|because Slack did not/.test(text),
  );
  return [
    ...(called ? [] : [`The outcome of run ${run.id} is told by ${place} message, and its thread was there`]),
    ...(saysWhy || !shown
      ? []
      : [`The ${place} message about run ${run.id} does not say why it comes this way`]),
  ];
}

function strayReply(run: RunRow, { threadTs }: StoredMessage, evidence: Evidence): string[] {
  const own = messagesOf(run, evidence).some(({ ts }) => ts === threadTs);
  return own ? [] : [`The outcome of run ${run.id} is told in another thread`];
}

const NO_FILE = /could not be attached/;
const SHOWN_ELSEWHERE = /^(Cancelled by|All synced!|.*The preview is ready, but it cannot be shown)/;

const ADMINS_CALLED = /^<@\w+>, <@\w+>: .* \*alone\*\. Reason given: /;

/** Whatever else stands in threads or was sent: files, and why something is missing. */
function extraProblems(run: RunRow, told: readonly Posted[], evidence: Evidence): string[] {
  const own = messagesOf(run, evidence).map(({ ts }) => ts);
  const thread = evidence.messages.filter(({ threadTs }) => threadTs !== undefined && own.includes(threadTs));
  const files = thread.filter(({ fileIds }) => fileIds.length > 0);
  const notices = evidence.posted.map(({ message }) => message);
  const others = thread.filter((message) => !files.includes(message) && !notices.includes(message));
  const extras = told.filter(({ notice }) => notice.kind !== 'thread');
  return [
    ...(files.length > 1 && !befell(evidence, 'pause')
      ? [`The thread of run ${run.id} has ${files.length} files`]
      : []),
    ...(others.length > 0 && !befell(evidence, 'cut')
      ? [`The thread of run ${run.id} says "${others[0]?.text}"`]
      : []),
    ...extras.flatMap((posted) => uncalledFor(run, posted, evidence)),
  ];
}

function uncalledFor(run: RunRow, { notice, message }: Posted, evidence: Evidence): string[] {
  const [text = ''] = blockTexts(message);
  const uncalled = [`Of run ${run.id} is said for no reason: "${text}"`];
  // Nobody is called by the settings here, but for all admins where one of them acted alone.
  if (notice.kind === 'call') return run.alone && ADMINS_CALLED.test(text) ? [] : uncalled;
  const list = notice.kind === 'list';
  const called = list
    ? isRefusedAt(evidence, message.at, 'files')
    : isRefusedAt(evidence, message.at, 'edits', 'channel', 'channel gone');
  const right = (list ? NO_FILE : SHOWN_ELSEWHERE).test(text);
  return called && right ? [] : uncalled;
}
