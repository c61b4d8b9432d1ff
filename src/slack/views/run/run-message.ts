import type { types } from '@slack/bolt';
import { lackOf } from '../../../sync/rules/approval.ts';
import type { GuardLimits } from '../../../sync/rules/rules.ts';
import { plannedChanges, type Run, SYSTEM } from '../../../sync/run/run.ts';
import { runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { context, fields, header, type Message, section, spoken } from '../blocks.ts';
import {
  bulleted,
  headerPlace,
  labelled,
  mention,
  moment,
  place,
  wasAdjusted,
  whyRefused,
} from '../inline.ts';
import { buttonBlocks, cancelButton } from './buttons.ts';
import { type Excerpt, excerptBlocks, unchangedFold } from './excerpt.ts';
import { signOf } from './run-state.ts';
import { countFields, firstLine, outcomeLines, summary, title } from './summary.ts';
import {
  approvedLines,
  type Counted,
  guardWarnings,
  lastingWarnings,
  outlives,
  previewWarnings,
} from './warnings.ts';

export type RunMessageOptions = {
  /** The guard's limits: more deactivations need a reason. */
  readonly guardLimits: GuardLimits;
  /** The end of the freeze; undefined where nothing is frozen. */
  readonly frozenUntil?: Date | undefined;
  /** How many different people are needed, and who has approved. */
  readonly people: Counted;
  readonly breakGlass: boolean;
  /** The first unchanged users of a preview, if Slack takes fold blocks. */
  readonly unchanged?: readonly string[];
};

/** The channel message of a run. It stays below 12,000 characters of JSON. Each `block_id` is unique, and has the run's status. */
export function runMessage(t: Texts, run: Run, excerpt: Excerpt, options: RunMessageOptions): Message {
  const above = [
    ...titleBlocks(t, run, [firstLine(t, run), ...outcomeLines(t, run)]),
    ...approvedBlock(t, run, options),
    ...guardBlock(t, run, options),
    ...planBlocks(t, run),
    ...warningBlocks(t, run, options),
  ];
  const { frozenUntil, people, breakGlass } = options;
  const lack = lackOf({ isFrozen: frozenUntil !== undefined, needed: people.needed });
  const below = [footer(t, run, frozenUntil), ...buttonBlocks(t, run, breakGlass ? lack : undefined)];
  // Other runs have View All for their changes.
  const isListed = run.status === 'ready' || run.status === 'executing' || isIdle(run);
  const lists = isListed ? excerptBlocks(t, run, excerpt, [...above, ...below]) : [];
  const fold = unchangedFold(t, run, options.unchanged ?? [], [...above, ...lists, ...below]);
  const blocks = [...above, ...lists, ...fold, ...below];
  return { text: saidBy(t, run, blocks), blocks };
}

/** Notifications show the first line, and screen readers read nothing but this text: it says what the blocks say, but for folds. */
function saidBy(t: Texts, run: Run, [_header, _line, ...others]: types.KnownBlock[]): string {
  const outcome = context(runBlockId(run, 'outcome'), outcomeLines(t, run));
  return spoken(labelled(t, summary(t, run)), [outcome, ...others]).text;
}

/** The new message of a run whose old message Slack does not let the bot edit. `reason` is Slack's error code. */
export function replacement(t: Texts, run: Run, message: Message, reason: string): Message {
  const line = t.rejection.replaces(whyRefused(t, reason));
  const blocks = [...message.blocks, context(runBlockId(run, 'replaces'), [line])];
  return { text: `${message.text}\n${line}`, blocks };
}

/**
 * The message of a run whose list is being read, with its progress: undefined before the first page. `total` is undefined where the
 * server gives none. `isLong` adds Cancel, beside the text: a button in the row where Confirm will stand might be replaced under the
 * pointer.
 */
export function readingMessage(
  t: Texts,
  run: Run,
  progress: readonly [users: number, total: number | undefined] | undefined,
  isLong = false,
): Message {
  const line = progress === undefined ? firstLine(t, run) : t.run.readingSome(place(run), ...progress);
  const above = titleBlocks(t, run, [line], isLong ? cancelButton(t, run) : undefined);
  return { text: labelled(t, line), blocks: [...above, footer(t, run)] };
}

/** The message of a run that waits for capacity. `ahead` is the number of runs before it. */
export function waitingMessage(t: Texts, run: Run, ahead: number): Message {
  const line = t.run.waiting(place(run), ahead);
  return {
    text: labelled(t, line),
    blocks: [...titleBlocks(t, run, [line, ...outcomeLines(t, run)]), footer(t, run)],
  };
}

function titleBlocks(t: Texts, run: Run, lines: readonly string[], side?: types.Button): types.KnownBlock[] {
  return [
    header(runBlockId(run, 'header'), labelled(t, title(t, run, headerPlace(run)))),
    section(runBlockId(run, 'line'), `${signOf(run)} ${lines.join('\n')}`, side),
    context(runBlockId(run, 'requester'), [requester(t, run)]),
  ];
}

function requester(t: Texts, run: Run): string {
  const { requestedBy } = run;
  if (requestedBy.id === SYSTEM.id) return t.run.scheduled;
  const words = wasAdjusted(run) ? t.adjust.by : t.run.requestedBy;
  return words(mention(requestedBy));
}

function approvedBlock(t: Texts, run: Run, { people }: RunMessageOptions): types.KnownBlock[] {
  const texts = approvedLines(t, run, people);
  return texts.length === 0 ? [] : [context(runBlockId(run, 'approved'), texts)];
}

/** The guard's warning stands above everything that an admin reads before pressing a button. */
function guardBlock(t: Texts, run: Run, { guardLimits, frozenUntil }: RunMessageOptions): types.KnownBlock[] {
  const texts = run.status === 'ready' ? guardWarnings(t, run, guardLimits, frozenUntil !== undefined) : [];
  return texts.length === 0 ? [] : [section(runBlockId(run, 'guard'), texts.join('\n'))];
}

function planBlocks(t: Texts, run: Run): types.KnownBlock[] {
  const counts = run.planHash === undefined ? [] : countFields(t, run);
  return counts.length === 0 ? [] : [fields(runBlockId(run, 'counts'), counts)];
}

function warningBlocks(t: Texts, run: Run, options: RunMessageOptions): types.KnownBlock[] {
  const texts = [
    ...(run.status === 'ready' ? previewWarnings(t, run, options) : []),
    ...lastingWarnings(t, run),
  ];
  return texts.length === 0 ? [] : [section(runBlockId(run, 'warnings'), bulleted(t.plan.warnings, texts))];
}

/** Whether a run found nothing to change: its message lists the users left alone. */
function isIdle({ status, counts }: Run): boolean {
  return status === 'completed' && plannedChanges(counts) === 0;
}

function footer(t: Texts, run: Run, frozenUntil?: Date): types.KnownBlock {
  return context(runBlockId(run, 'footer'), footerTexts(t, run, frozenUntil));
}

/** The number of a run, the start of its plan's hash, and until when the plan can be confirmed. */
export function footerTexts(t: Texts, run: Run, frozenUntil?: Date): string[] {
  const { planHash, expiresAt } = run;
  const until = outlives(run, frozenUntil) ? t.run.expires : t.run.validUntil;
  return [
    t.run.number(run.id),
    ...(planHash === undefined ? [] : [t.run.planHash(code(planHash.slice(0, 12)))]),
    ...(run.status === 'ready' && expiresAt !== undefined ? [until(moment(t, expiresAt))] : []),
  ];
}
