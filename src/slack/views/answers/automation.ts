import type { types } from '@slack/bolt';
import type { ScheduleConfig } from '../../../config/schedules.ts';
import type { CallReason } from '../../../sync/automation/calls.ts';
import { type DigestFacts, MOST_ENTRIES } from '../../../sync/automation/digest.ts';
import type { Unmade, Unsynced } from '../../../sync/automation/schedule.ts';
import type { TargetOverview } from '../../../sync/ports/overview.ts';
import { isPerson } from '../../../sync/rules/approval.ts';
import type { Run } from '../../../sync/run/run.ts';
import { noticeBlockId, reminderBlockId, runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code, mrkdwn } from '../../text/escape.ts';
import { context, header, type Message, packLines, section, spoken } from '../blocks.ts';
import {
  command,
  firstOf,
  inARow,
  type LinkOf,
  labelled,
  linkedRun,
  memberOrGroup,
  mention,
  moment,
  place,
  targetLabel,
  targetName,
} from '../inline.ts';
import { runState, sequel } from '../run/run-state.ts';
import { refusalText } from './refusal.ts';

/** The most targets that one sentence names. */
const MOST_NAMED = 20;

export type Timetable = Pick<ScheduleConfig, 'cron' | 'timezone' | 'targets'> & {
  /** Undefined where the schedule has no further time. */
  readonly next: Date | undefined;
};

/** When the next scheduled preview comes, and of which targets. */
export function scheduleLine(t: Texts, timetable: Timetable | undefined): string {
  if (timetable === undefined) return t.schedule.none;
  const { cron, timezone, next, targets } = timetable;
  const named = inARow(t, targets, MOST_NAMED, targetName);
  const line = t.schedule.planned(code(cron, 100), code(timezone, 60), named);
  return `${line} ${next === undefined ? t.schedule.noNext : t.schedule.next(moment(t, next))}`;
}

/** The message of a scheduled preview without changes: one small line. */
export function quietLine(t: Texts, run: Run): Message {
  const when = moment(t, run.finishedAt ?? run.readyAt ?? run.requestedAt);
  const text = labelled(t, t.schedule.quiet(place(run), runState(t, run), when));
  return { text, blocks: [context(runBlockId(run, 'quiet'), [text])] };
}

/** The reminder of targets that were not synced for long, in mrkdwn; `targets` has at least one. */
export function reminderText(t: Texts, targets: readonly Unsynced[]): string {
  const lines = targets.map(({ target, days }) =>
    days === 'never'
      ? t.schedule.never(targetName(target))
      : t.schedule.days(targetName(target), Math.floor(days)),
  );
  const first = targets[0]?.target ?? 'help';
  const named = inARow(t, lines, MOST_NAMED, (line) => line);
  return labelled(t, t.schedule.reminder(named, command(t, first)));
}

/** Which scheduled previews were not made, and why, in mrkdwn; `unmade` has at least one. */
export function unmadeText(t: Texts, unmade: readonly Unmade[], notify: readonly string[]): string {
  const { shown, more } = firstOf(unmade, MOST_UNMADE, ({ target, refusal }) =>
    t.schedule.unmade(targetName(target), refusalText(t, refusal)),
  );
  const people = notify.length === 0 ? [] : [`${calledPeople(t, notify)}:`];
  return labelled(t, [...people, ...shown, ...(more > 0 ? [t.schedule.more(more)] : [])].join('\n'));
}

const MOST_UNMADE = 10;

/** The message with a reminder or unmade previews. Its blocks carry the keys of `Reminders`, by which it is found again. */
export function keyedMessage(text: string, keys: readonly string[]): Message {
  const { texts } = packLines(text.split('\n'), KEYED_SPACE);
  return { text, blocks: texts.map((part, index) => section(reminderBlockId(keys, index), part)) };
}

/** Space for every line, of 12,000 characters in all. */
const KEYED_SPACE = { blocks: 12, bytes: 40_000 };

/** The most people and groups in one call: as many as a section of 3,000 characters holds beside the words. */
const MOST_CALLED = 90;
const CALL_REASON_LIMIT = 400;

/** `linkOf`: given outside the thread of the run's message, where the call must name the run. */
type Call = { readonly notify: readonly string[]; readonly noticeId: number; readonly linkOf?: LinkOf };

/** Mentions people because of a run; before a preview expires, also its requester, who may have forgotten it. */
export function callMessage(t: Texts, run: Run, reason: CallReason, call: Call): Message {
  const asker = reason === 'expiring' && isPerson(run.requestedBy) ? [run.requestedBy.id] : [];
  const words = t.call[reason]({
    people: calledPeople(t, [...asker, ...call.notify]),
    location: place(run),
    deactivate: run.counts.deactivate,
    who: mention(run.confirmedBy ?? run.requestedBy),
    reason: mrkdwn((run.reason ?? '').replace(/\s+/g, ' '), CALL_REASON_LIMIT),
    why: run.autoHeld === undefined ? '' : t.automatic.why[run.autoHeld],
    until: moment(t, run.expiresAt ?? run.requestedAt),
  });
  const text = call.linkOf ? labelled(t, `${words} ${linkedRun(t, call.linkOf, run)}`) : words;
  return { text, blocks: [section(noticeBlockId(call.noticeId), text)] };
}

function calledPeople(t: Texts, ids: readonly string[]): string {
  return inARow(t, [...new Set(ids)], MOST_CALLED, memberOrGroup);
}

/** The space for each of the five lists, of 12,000 characters in all. Each list is one section. */
const SPACE = { blocks: 1, bytes: 1_900 };
const REASON_LIMIT = 200;

/** `block_id` in a digest. The first block's id marks a digest as posted; `key` is its due time. */
export function digestBlockId(key: string, part = 'title'): string {
  return `digest:${key}:${part}`;
}

/** The digest of the time between two due times; `key` is the later one. */
export function digestMessage(
  t: Texts,
  { since, until, syncs, alone, targets, waiting, end }: DigestFacts,
  { key, linkOf }: { readonly key: string; readonly linkOf: LinkOf },
): Message {
  const title = labelled(t, t.digest.title);
  const period = t.digest.period(moment(t, since), moment(t, until));
  const done = syncs.map(({ by, target, runs, rollbacks, ...counts }) =>
    t.digest.sync(mention(by), targetName(target), t.state.counts(counts), runs, rollbacks),
  );
  const linked = (run: Run) => linkedRun(t, linkOf, run);
  const confirmedAlone = alone.map((run) =>
    t.digest.aloneRun(
      targetLabel(run),
      linked(run),
      mention(run.confirmedBy ?? run.requestedBy),
      moment(t, run.confirmedAt ?? run.requestedAt),
      mrkdwn((run.reason ?? '').replace(/\s+/g, ' '), REASON_LIMIT),
    ),
  );
  const waits = waiting.map((run) =>
    t.digest.waits(targetLabel(run), linked(run), moment(t, run.readyAt ?? run.requestedAt)),
  );
  // The most first: the rest of a long list is only counted. Where a part of the users was counted, the number would mislead.
  const known = targets.filter(({ locationName }) => locationName !== undefined);
  const countOf = (each: TargetOverview) =>
    each.moreThan === undefined ? each.inactive : Number.POSITIVE_INFINITY;
  const inactive = known
    .filter((target) => countOf(target) > 0)
    .toSorted((one, other) => countOf(other) - countOf(one))
    .map((target) => {
      const [label, look] = [targetLabel(target), command(t, `inactive ${target.target}`)];
      return target.moreThan === undefined
        ? t.digest.inactiveAt(label, target.inactive, look)
        : t.digest.inactiveUncounted(label, look);
    });
  const byDrift = known.toSorted((one, other) => other.changedSince - one.changedSince);
  const drift = byDrift.map((target) => `• ${targetLabel(target)}: ${driftOf(t, target)}`);
  return spoken(title, [
    header(digestBlockId(key), title),
    section(digestBlockId(key, 'period'), period),
    ...list(t, digestBlockId(key, 'syncs'), t.digest.syncs, done.length > 0 ? done : [t.digest.noSyncs]),
    ...list(t, digestBlockId(key, 'alone'), t.digest.alone, confirmedAlone),
    ...list(t, digestBlockId(key, 'drift'), t.digest.drift, drift),
    ...list(t, digestBlockId(key, 'waiting'), t.digest.waiting, waits),
    ...list(t, digestBlockId(key, 'inactive'), t.digest.inactive, inactive),
    ...(end === undefined
      ? []
      : [context(digestBlockId(key, 'audit'), [t.digest.end(String(end.seq), code(end.hash))])]),
  ]);
}

function driftOf(t: Texts, target: TargetOverview): string {
  const { lastSync } = target;
  return lastSync === undefined
    ? t.digest.never
    : [driftSince(t, lastSync, target), ...sequel(t, lastSync)].join(', ');
}

function driftSince(t: Texts, lastSync: Run, { changedSince, moreThan }: TargetOverview): string {
  const last = moment(t, lastSync.finishedAt ?? lastSync.requestedAt);
  if (moreThan !== undefined) return t.digest.uncounted(last);
  return changedSince > 0 ? t.digest.drifted(last, changedSince) : t.digest.noDrift(last);
}

/** One list; no block where it has no lines. Lines without space are counted. */
function list(t: Texts, blockId: string, heading: string, lines: readonly string[]): types.KnownBlock[] {
  if (lines.length === 0) return [];
  const { texts, shown } = packLines(lines, SPACE);
  const more = lines.length - shown;
  const isCut = lines.length >= MOST_ENTRIES;
  const text = [`*${heading}*`, ...texts, ...(more > 0 ? [t.digest.more(more, isCut)] : [])].join('\n');
  return [section(blockId, text)];
}
