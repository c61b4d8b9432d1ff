import type { Refusal } from '../../../sync/run/click.ts';
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
  const words = t.refusal;
  switch (refusal.code) {
    case 'not_admin':
      return [words.notAdmin[refusal.why], ...adminsText(t, refusal.admins)].join(' ');
    case 'wrong_channel':
      return wrongChannel(t, refusal.channelIds);
    case 'shared_channel':
      return words.sharedChannel(channelLink(refusal.channelId));
    case 'channel_unverifiable':
      return words.channelUnverifiable;
    case 'location_missing':
      return words.locationMissing(targetName(refusal.target));
    case 'being_read':
      return beingRead(t, refusal.run, linkOf);
    case 'run_not_found':
      return words.runNotFound(command(t, 'help'), command(t, 'history'));
    case 'wrong_message':
      return words.wrongMessage(command(t, 'help'));
    case 'not_ready':
      return notReady(t, refusal.run);
    case 'expired':
      return words.notReady.expired(refusal.run.id, previewCommand(t, refusal.run));
    case 'location_busy':
      return words.locationBusy(place(refusal.holder), refusal.holder.id, wordOf(t, refusal.holder));
    case 'frozen':
      return words.frozen(moment(t, refusal.until));
    case 'paused':
      return words.paused(refusal.run.id);
    case 'person_decides':
      return words.personDecides(refusal.run.id);
    case 'paused_already':
      return t.automatic.pausedAlready(refusal.target && targetName(refusal.target));
    case 'not_paused':
      return refusal.target === undefined
        ? t.automatic.notPaused
        : t.automatic.notPausedAt(targetName(refusal.target), command(t, 'resume'));
    case 'break_glass_off':
      return words.breakGlassOff;
    case 'alone_unseen':
      return words.aloneUnseen;
    case 'people_unverifiable':
      return words.peopleUnverifiable;
    case 'second_person_needed':
      return words.secondPersonNeeded(
        targetName(refusal.run.target),
        mention(refusal.run.requestedBy),
        refusal.needed,
        wasAdjusted(refusal.run),
      );
    case 'guard_tripped':
      return words.guardTripped;
    case 'guard_tripped_since':
      return words.guardTrippedSince(place(refusal.run), refusal.facts, (refusal.run.rules?.people ?? 1) > 1);
    case 'plan_altered':
      return words.planAltered(refusal.run.id, previewCommand(t, refusal.run));
    case 'target_mismatch':
      return words.targetMismatch(targetName(refusal.expected));
    case 'reason_missing':
      return words.reasonMissing(REASON_LENGTH.min);
    case 'already_followed':
      return words.alreadyFollowed(refusal.run.id, refusal.run.nextRunId);
    case 'not_failed':
      return words.notFailed(refusal.run.id, previewCommand(t, refusal.run));
    case 'not_completed':
      return words.notCompleted(refusal.run.id, command(t, 'rollback'));
    case 'not_in_plan':
      return words.notInPlan(inARow(t, refusal.emails, EMAILS_NAMED, (email) => code(email, EMAIL_LIMIT)));
    case 'deactivates':
      return words.deactivates(refusal.run.id, refusal.run.counts.deactivate);
    case 'nothing_left':
      return words.nothingLeft;
    case 'taken_back':
      return words.takenBack(refusal.run.id, refusal.by, command(t, `rollback ${refusal.by}`));
    case 'nothing_completed':
      return refusal.target === undefined
        ? words.nothingCompleted(command(t, 'history'))
        : words.nothingCompletedAt(targetName(refusal.target), command(t, 'history'));
    case 'several_syncs':
      return severalSyncs(t, refusal.runs, linkOf);
  }
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
    ? t.refusal.beingRead.list(place(run), where, mention(run.requestedBy))
    : t.refusal.beingRead.changes(run.reverts, where, mention(run.requestedBy));
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
        : words.completed(run.id, wordOf(t, run), typed);
    case 'cancelled':
      return words.cancelled(run.id, mention(run.cancelledBy ?? run.requestedBy), typed);
    case 'expired':
    case 'failed':
      return words[run.status](run.id, typed);
    case 'superseded':
      return words.superseded(run.id, place(run), run.nextRunId);
  }
}
