import type { CallReason } from '../../../sync/automation/calls.ts';
import { isPerson } from '../../../sync/rules/approval.ts';
import type { Run } from '../../../sync/run/run.ts';
import { noticeBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { mrkdwn } from '../../text/escape.ts';
import { type Message, section } from '../blocks.ts';
import { memberOrGroup, mention, moment, place } from '../inline.ts';

/** Slack notifies that many at most; a longer list belongs into a user group. */
const MOST_CALLED = 20;
const REASON_LIMIT = 400;

/**
 * Calls people because of a run. Whoever asked for a preview that is about to expire is called too, since they may have
 * forgotten it.
 */
export function callMessage(
  t: Texts,
  run: Run,
  reason: CallReason,
  { notify, noticeId }: { readonly notify: readonly string[]; readonly noticeId: number },
): Message {
  const asker = reason === 'expiring' && isPerson(run.requestedBy) ? [run.requestedBy.id] : [];
  const called = [...new Set([...asker, ...notify])].slice(0, MOST_CALLED).map(memberOrGroup);
  const text = t.call[reason]({
    people: called.join(', '),
    location: place(run),
    deactivate: run.counts.deactivate,
    who: mention(run.confirmedBy ?? run.requestedBy),
    reason: mrkdwn((run.reason ?? '').replace(/\s+/g, ' '), REASON_LIMIT),
    why: run.autoHeld === undefined ? '' : t.automatic.why[run.autoHeld],
    until: moment(t, run.expiresAt ?? run.requestedAt),
  });
  return { text, blocks: [section(noticeBlockId(noticeId), text)] };
}
