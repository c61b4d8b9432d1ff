import type { ChainPlace } from '../../../sync/ports/steps.ts';
import { isRule } from '../../../sync/rules/rules.ts';
import { type Actor, plannedChanges, type Run, SYSTEM } from '../../../sync/run/run.ts';
import { channelTroubleOf } from '../../connect/rejection-reason.ts';
import { noticeBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { context, type Message, section } from '../blocks.ts';
import {
  channelLink,
  inARow,
  invitation,
  labelled,
  mention,
  noFileText,
  place,
  previewCommand,
  whyRefused,
} from '../inline.ts';
import { buttonBlocks } from './buttons.ts';
import { failureWords } from './failure.ts';
import { firstLine, pausedRules } from './summary.ts';

/**
 * Why a message comes in another place than usual: in the thread, as the run's message cannot be edited; in the channel, as the
 * thread refused it; or to one person, as the channel refused it. `reason` is that of Slack's rejection in the usual place.
 */
export type Elsewhere = { readonly place: 'thread' | 'channel' | 'direct'; readonly reason: string };

const EMAILS_NAMED = 10;

/**
 * The reply in the thread: the result in the contract's words (section 1), or the failure and what to do; below it the people
 * concerned and, with `elsewhere`, why it comes in that place. The first block's id marks this notice, so that it is found again.
 */
export function threadReply(
  t: Texts,
  run: Run,
  noticeId: number,
  elsewhere?: Elsewhere,
  chainEnd?: ChainPlace,
): Message {
  // In the thread, the run's message above has the label.
  const text = elsewhere === undefined ? outcomeText(t, run) : labelled(t, outcomeText(t, run));
  const below = [
    ...peopleLine(t, run),
    ...(elsewhere === undefined ? [] : [elsewhereLine(t, run, elsewhere)]),
  ];
  return {
    text: elsewhere === undefined ? text : [text, ...below].join('\n'),
    blocks: [
      section(noticeBlockId(noticeId), text),
      ...(below.length === 0 ? [] : [section(noticeBlockId(noticeId, 'below'), below.join('\n'))]),
      ...(chainEnd === undefined
        ? []
        : [context(noticeBlockId(noticeId, 'audit'), [auditPlace(t, chainEnd)])]),
      ...(elsewhere?.place === 'thread' ? buttonBlocks(t, run, undefined) : []),
    ],
  };
}

function elsewhereLine(t: Texts, run: Run, { place: where, reason }: Elsewhere): string {
  const why = whyRefused(t, reason);
  const name = `${place(run)}, ${t.run.number(run.id)}`;
  switch (where) {
    case 'thread':
      return t.rejection.notEdited(why);
    case 'channel':
      return t.rejection.noThread(name, why);
    case 'direct': {
      const told = t.rejection.directly(name, channelLink(run.channelId), why);
      return run.status === 'failed' ? `${told} ${t.rejection.noButton(previewCommand(t, run))}` : told;
    }
  }
}

/** A place for `npm run audit:verify -- --expect`. A forger cannot find another chain whose hash begins with the same 12 digits. */
function auditPlace(t: Texts, { seq, hash }: ChainPlace): string {
  return t.run.auditPlace(String(seq), hash.slice(0, 12));
}

/** The outcome of a run in mrkdwn: its result, or why it failed and what to do. */
function outcomeText(t: Texts, run: Run): string {
  switch (run.status) {
    case 'completed':
      if (plannedChanges(run.counts) === 0) return firstLine(t, run);
      return run.reverts === undefined
        ? t.run.result(run.counts)
        : t.rollback.result(run.reverts, run.counts);
    case 'failed': {
      const { what, next } = failureWords(t, run);
      return [what, t.failure.nothingChanged, ...namedUsers(t, run), next, ...pausedRules(t, run)].join('\n');
    }
    case 'ready':
      return `${firstLine(t, run)} ${t.rejection.notShown(previewCommand(t, run))}`;
    case 'reading':
    case 'executing':
    case 'cancelled':
    case 'expired':
    case 'superseded':
      return firstLine(t, run);
  }
}

/** Who asked for a run: `channelId` is that of the run, if the person asked elsewhere; `inGroup`, if in a conversation of several. */
type AskedIn = { readonly t: Texts; readonly channelId?: string; readonly inGroup?: boolean };

/** Why a run cannot be shown in its channel, in mrkdwn. Whoever reads this elsewhere cannot type "here". */
export function unreachableText({ t, channelId, inGroup }: AskedIn, run: Run, reason: string): string {
  const failure = { code: 'channel_unreachable', reason } as const;
  if (channelId !== undefined) return outcomeText(t, { ...run, status: 'failed', failure });
  switch (channelTroubleOf(reason, run.channelId, inGroup)) {
    case undefined:
      return t.trouble.channelUnreachable.other(whyRefused(t, reason));
    case 'no_member':
      return t.trouble.channelUnreachable.no_member(invitation(t));
    case 'between_people':
      return t.trouble.channelUnreachable.between_people;
    case 'archived':
      return t.trouble.channelUnreachable.archived;
    case 'members_only':
      return t.trouble.channelUnreachable.members_only;
  }
}

/** Some of the users because of whom the plan was not executed. */
function namedUsers(t: Texts, { failure }: Run): string[] {
  if (failure === undefined || !('emails' in failure) || failure.emails.length === 0) return [];
  const named = inARow(t, failure.emails, EMAILS_NAMED, (email) => code(email, 160), failure.total);
  switch (failure.code) {
    case 'stale':
      return [t.failure.stale.changed(named)];
    case 'protected_since':
      return [t.failure.protectedSince.named(named)];
    case 'not_as_written':
      return [t.failure.notAsWritten.named(named)];
  }
}

/** The people whom a run's outcome concerns: who requested, confirmed or cancelled it. Neither schedule nor rule is a person. */
export function peopleOf({ requestedBy, confirmedBy, cancelledBy }: Run): readonly Actor[] {
  const people = [requestedBy, confirmedBy, cancelledBy].filter((each) => each !== undefined);
  const distinct = new Map(people.map((each) => [each.id, each]));
  return [...distinct.values()].filter((each) => each.id !== SYSTEM.id && !isRule(each));
}

/** Mentions people, so that Slack notifies them. A requester who confirmed is looking at the message already. */
function peopleLine(t: Texts, run: Run): string[] {
  const [requester, ...others] = peopleOf(run);
  if (requester === undefined) return [];
  if (run.status === 'failed') {
    return [t.run.failedFor([requester, ...others].map(mention).join(', '))];
  }
  const { confirmedBy, requestedBy } = run;
  const another = run.status === 'completed' && confirmedBy !== undefined && confirmedBy.id !== requester.id;
  return another && requestedBy.id === requester.id
    ? [t.run.confirmedFor(mention(requester), mention(confirmedBy))]
    : [];
}

/** The reply in the thread of a preview whose file Slack never takes. */
export function noFileReply(t: Texts, noticeId: number, reason: string): Message {
  const text = `${noFileText(t, reason)} ${t.rejection.pressViewAll}`;
  return { text, blocks: [section(noticeBlockId(noticeId), text)] };
}
