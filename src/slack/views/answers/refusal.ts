import { type Cases, inCase } from '../../../sync/failures/failure.ts';
import type { Refusal } from '../../../sync/run/refusal.ts';
import type { Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { firstLines } from '../blocks.ts';
import {
  channelLink,
  command,
  firstOf,
  inARow,
  type LinkOf,
  linkedRun,
  memberOrGroup,
  mention,
  moment,
  place,
  previewCommand,
  requestedWords,
  runLink,
  targetLabel,
  targetName,
  wasAdjusted,
  wordOf,
} from '../inline.ts';
import { REASON_LENGTH } from '../modals/guard-modal.ts';
import { runState } from '../run/run-state.ts';

const CHANNELS_NAMED = 10;
const EMAILS_NAMED = 10;
const EMAIL_LIMIT = 160;
const REFUSALS_TOLD = 5;

const NO_LINKS: LinkOf = () => undefined;

/** The text of a refusal, in mrkdwn: what happened and what to do next. */
export function refusalText(t: Texts, refusal: Refusal, linkOf = NO_LINKS): string {
  return inCase<Refusal, string>(refusal, casesOf(t, linkOf));
}

function casesOf(t: Texts, linkOf: LinkOf): Cases<Refusal, string> {
  const words = t.refusal;
  return {
    not_admin: ({ why, admins }) => [words.notAdmin[why], ...adminsText(t, admins)].join(' '),
    wrong_channel: ({ channelIds }) => wrongChannel(t, channelIds),
    shared_channel: ({ channelId }) => words.sharedChannel(channelLink(channelId)),
    channel_unverifiable: () => words.channelUnverifiable,
    location_missing: ({ target }) => words.locationMissing(targetName(target)),
    being_read: ({ run }) => beingRead(t, run, linkOf),
    run_not_found: () => words.runNotFound(command(t, 'help'), command(t, 'history')),
    wrong_message: () => words.wrongMessage(command(t, 'help')),
    not_ready: ({ run }) => notReady(t, run),
    expired: ({ run }) => ended(t, run, words.notReady.expired(run.id, previewCommand(t, run))),
    location_busy: ({ holder }) => words.locationBusy(place(holder), holder.id, wordOf(t, holder)),
    frozen: ({ until }) => words.frozen(moment(t, until)),
    paused: ({ run }) => words.paused(run.id),
    person_decides: ({ run }) => words.personDecides(run.id),
    paused_already: ({ target }) => t.automatic.pausedAlready(target && targetName(target)),
    not_paused: ({ target }) =>
      target === undefined
        ? t.automatic.notPaused
        : t.automatic.notPausedAt(targetName(target), command(t, 'resume')),
    break_glass_off: () => words.breakGlassOff,
    alone_unseen: () => words.aloneUnseen,
    people_unverifiable: () => words.peopleUnverifiable,
    second_person_needed: ({ run, needed }) => {
      const { target, requestedBy } = run;
      return words.secondPersonNeeded(targetName(target), mention(requestedBy), needed, wasAdjusted(run));
    },
    guard_tripped: () => words.guardTripped,
    guard_tripped_since: ({ run, facts }) =>
      words.guardTrippedSince(place(run), facts, (run.rules?.people ?? 1) > 1),
    plan_altered: ({ run }) => words.planAltered(run.id, previewCommand(t, run)),
    target_mismatch: ({ expected }) => words.targetMismatch(targetName(expected)),
    reason_missing: () => words.reasonMissing(REASON_LENGTH.min),
    already_followed: ({ run }) => words.alreadyFollowed(run.id, run.nextRunId),
    not_failed: ({ run }) => words.notFailed(run.id, previewCommand(t, run)),
    not_completed: ({ run }) => words.notCompleted(run.id, command(t, 'rollback')),
    not_in_plan: ({ emails }) =>
      words.notInPlan(inARow(t, emails, EMAILS_NAMED, (email) => code(email, EMAIL_LIMIT))),
    deactivates: ({ run }) => words.deactivates(run.id, run.counts.deactivate),
    nothing_left: () => words.nothingLeft,
    taken_back: ({ run, by }) => words.takenBack(run.id, by, command(t, `rollback ${by}`)),
    nothing_completed: ({ target }) =>
      target === undefined
        ? words.nothingCompleted(command(t, 'history'))
        : words.nothingCompletedAt(targetName(target), command(t, 'history')),
    several_syncs: ({ runs }) => severalSyncs(t, runs, linkOf),
  };
}

const ADMINS_NAMED = 10;

/** Names the admins; nothing where there are none to name. */
export function adminsText(t: Texts, admins: readonly string[] = []): string[] {
  return admins.length === 0 ? [] : [t.refusal.admins(inARow(t, admins, ADMINS_NAMED, memberOrGroup))];
}

/** Why several targets of a `/usersync all` get no preview: one line each. */
export function refusalsText(t: Texts, refusals: readonly Refusal[], linkOf = NO_LINKS): string {
  const { shown, more } = firstOf(refusals, REFUSALS_TOLD, (refusal) => refusalText(t, refusal, linkOf));
  return [...shown, ...(more > 0 ? [t.batch.refusedToo(more)] : [])].join('\n');
}

/** Names the run that is reading the list already, and links to its message. */
function beingRead(t: Texts, run: Run, linkOf: LinkOf): string {
  const name = t.run.number(run.id);
  const where = runLink(linkOf, run, name) ?? `${name} (${channelLink(run.channelId)})`;
  return run.reverts === undefined
    ? t.refusal.beingRead.list(place(run), where, requestedWords(t, run))
    : t.refusal.beingRead.changes(run.reverts, where, requestedWords(t, run));
}

function wrongChannel(t: Texts, channelIds: readonly string[]): string {
  if (channelIds.length === 0) return t.refusal.wrongChannelUnknown;
  return t.refusal.wrongChannel(firstOf(channelIds, CHANNELS_NAMED, channelLink).shown.join(', '));
}

/** The space for the list of syncs, of 3,000 characters in all. */
const SYNCS_SPACE = 2_500;

function severalSyncs(t: Texts, runs: readonly Run[], linkOf: LinkOf): string {
  const all = runs.map((run) => syncLine(t, run, linkOf));
  const lines = firstLines(all, SYNCS_SPACE);
  const more = runs.length - lines.length;
  return t.refusal.severalSyncs([...lines, ...(more > 0 ? [t.plan.moreOnly(more)] : [])].join('\n'));
}

function syncLine(t: Texts, run: Run, linkOf: LinkOf): string {
  const when = moment(t, run.finishedAt ?? run.requestedAt);
  const link = linkedRun(t, linkOf, run);
  const typed = command(t, `rollback ${run.id}`);
  return t.refusal.oneOfSeveral(targetLabel(run), link, runState(t, run), when, typed);
}

function notReady(t: Texts, run: Run): string {
  const words = t.refusal.notReady;
  const typed = previewCommand(t, run);
  switch (run.status) {
    case 'reading':
    case 'ready':
      return words[run.status](run.id);
    case 'executing':
      return words.executing(run.id, wordOf(t, run));
    case 'completed':
      return run.confirmedBy === undefined
        ? words.completedAlone(run.id, typed)
        : // What a rollback took back cannot be taken back again.
          words.completed(run.id, wordOf(t, run), command(t, run.target));
    case 'cancelled':
      return ended(t, run, words.cancelled(run.id, mention(run.cancelledBy ?? run.requestedBy), typed));
    case 'expired':
    case 'failed':
      return ended(t, run, words[run.status](run.id, typed));
    case 'superseded':
      return words.superseded(run.id, place(run), run.nextRunId);
  }
}

/** Names the preview that was started for a run since the run ended: one more would replace it, with its approvals. */
function ended(t: Texts, run: Run, words: string): string {
  return run.nextRunId === undefined ? words : t.refusal.alreadyFollowed(run.id, run.nextRunId);
}
