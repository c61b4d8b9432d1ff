import type { types } from '@slack/bolt';
import { byRank, type Protection, type TargetOverview } from '../../../sync/ports/overview.ts';
import type { Differences } from '../../../sync/ports/ports.ts';
import type { UntoldRuns } from '../../../sync/ports/steps.ts';
import type { Actor, Run } from '../../../sync/run/run.ts';
import { EVERY_TARGET, type Pause, type Switched } from '../../../sync/use-cases/pause.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { context, fitting, header, type Message, section, spoken } from '../blocks.ts';
import {
  command,
  firstOf,
  type LinkOf,
  labelled,
  linkedRun,
  mention,
  moment,
  targetLabel,
  targetName,
  whyRefused,
} from '../inline.ts';
import { spaceBeside } from '../run/excerpt.ts';
import { failureWords } from '../run/failure.ts';
import { runState } from '../run/run-state.ts';
import { scheduleLine, type Timetable } from './automation.ts';

/** How many patterns of `PROTECTED_EMAILS` one message shows at most. */
export const STATUS_PATTERNS = 10;
/** How many settings are named that differ between processes. */
const SETTINGS_NAMED = 10;
/** How many targets one message shows at most, of 50 blocks. */
export const STATUS_TARGETS = 43;

/** Characters of JSON for the block that says how many targets found no space. */
const AROUND_HIDDEN = 500;

export type StatusOptions = {
  readonly linkOf: LinkOf;
  readonly schedule?: Timetable | undefined;
  /** Further targets. The message only says how many there are. */
  readonly others?: readonly string[];
  /** How many users each pattern of `PROTECTED_EMAILS` protects. */
  readonly protection?: readonly Protection[];
  readonly morePatterns?: number;
  readonly pauses?: readonly Pause[];
  /** Runs whose outcome reached nobody. */
  readonly untold?: UntoldRuns;
  /** How other processes of the bot differ from the one that answers. */
  readonly differences?: Differences;
};

/** The answer to `/usersync status`: the state of each target, and the next scheduled preview. */
export function statusMessage(
  t: Texts,
  overviews: readonly TargetOverview[],
  options: StatusOptions,
): Message {
  const above = [
    header('status:title', labelled(t, t.status.title)),
    ...untoldBlocks(t, options.untold),
    ...differenceBlocks(t, options.differences),
  ];
  const below = [
    ...pauseBlocks(t, 'status:pauses', options.pauses ?? []),
    ...protectionBlocks(t, options),
    context('status:schedule', [scheduleLine(t, options.schedule)]),
  ];
  const characters = spaceBeside([...above, ...below]) - AROUND_HIDDEN;
  const targets = targetBlocks(t, overviews, options, characters);
  return spoken(labelled(t, t.status.title), [...above, ...targets, ...below]);
}

/** Targets that may need somebody come first: they must not be among those that find no space. */
function targetBlocks(
  t: Texts,
  overviews: readonly TargetOverview[],
  { linkOf, others = [] }: StatusOptions,
  characters: number,
): types.KnownBlock[] {
  if (overviews.length === 0) return [section('status:none', t.help.noTargets)];
  const ordered = overviews.toSorted(byRank);
  const cards = ordered.map((each, index) => section(`status:target:${index}`, targetCard(t, each, linkOf)));
  const shown = fitting(cards, { blocks: STATUS_TARGETS, characters });
  const hidden = [...ordered.slice(shown.length).map(({ target }) => target), ...others];
  return [...shown, ...hiddenTargets(t, 'status:more', hidden)];
}

function untoldBlocks(t: Texts, untold: UntoldRuns | undefined): types.KnownBlock[] {
  if (untold === undefined || untold.named.length === 0) return [];
  const { named, more } = untold;
  const lines = named.map(({ run, reason }) => {
    const why = whyRefused(t, reason);
    return `• ${t.rejection.untoldRun(targetLabel(run), t.status.run(run.id), runState(t, run), why)}`;
  });
  const rest = more > 0 ? [t.plan.moreOnly(more)] : [];
  return [section('status:untold', [t.rejection.untold, ...lines, ...rest].join('\n'))];
}

function differenceBlocks(t: Texts, differences: Differences | undefined): types.KnownBlock[] {
  const { settings = [], differing = 0, elsewhere = 0 } = differences ?? {};
  const { shown, more } = firstOf(settings, SETTINGS_NAMED, (name) => code(name));
  const names = [...shown, ...(more > 0 ? [t.plan.moreOnly(more)] : [])].join(', ');
  const lines = [
    ...(differing > 0 ? [t.status.otherSettings(differing, names)] : []),
    ...(elsewhere > 0 ? [t.status.otherServer(elsewhere)] : []),
  ];
  return lines.length === 0 ? [] : [section('status:differences', lines.join('\n'))];
}

/** Shows numbers, because an admin may not know that a pattern protects nobody. */
function protectionBlocks(t: Texts, options: StatusOptions): types.KnownBlock[] {
  const { protection = [], morePatterns = 0 } = options;
  if (protection.length === 0) return [];
  const lines = protection.map(
    ({ pattern, users, moreThan }) => `• ${t.status.protects(code(pattern, 100), users, moreThan)}`,
  );
  const rest = morePatterns > 0 ? [t.config.morePatterns(morePatterns)] : [];
  return [section('status:protection', [t.status.protected, ...lines, ...rest].join('\n'))];
}

/** Says how many targets found no space, and how to see one of them. No block if all are shown. */
export function hiddenTargets(t: Texts, blockId: string, hidden: readonly string[]): types.SectionBlock[] {
  const [first] = hidden;
  return first === undefined
    ? []
    : [section(blockId, t.status.more(hidden.length, command(t, `status ${first}`)))];
}

const REASON_LIMIT = 150;

/** One target, a line each: users, last sync, changes since, rollback, run in progress, waiting preview, last failure. */
export function targetCard(t: Texts, overview: TargetOverview, linkOf: LinkOf): string {
  const label = targetLabel(overview);
  if (overview.locationName === undefined) return `${label}\n${t.status.locationMissing}`;
  const { active, inactive, leftAlone, lastSync, rolledBackSince, working, pending } = overview;
  const { lastFailed, changedSince, moreThan } = overview;
  const linked = (run: Run) => linkedRun(t, linkOf, run);
  const ended = (run: Run) => moment(t, run.finishedAt ?? run.requestedAt);
  const told = (words: Texts['status']['lastSync'], run: Run) =>
    words(ended(run), runState(t, run), linked(run));
  // Marks rollbacks; any other run is a sync.
  const named = (run: Run) =>
    [linked(run), ...(run.reverts === undefined ? [] : [t.state.rollbackOf(run.reverts)])].join(', ');
  const failed = (run: Run) =>
    t.status.lastFailed(ended(run), failureWords(t, run, REASON_LIMIT).what, named(run));
  return [
    label,
    moreThan === undefined ? t.status.users(active, inactive, leftAlone) : t.status.manyUsers(moreThan),
    lastSync === undefined ? t.status.never : told(t.status.lastSync, lastSync),
    ...(changedSince > 0 && moreThan === undefined ? [t.status.changedSince(changedSince)] : []),
    ...(rolledBackSince === undefined ? [] : [told(t.status.rolledBack, rolledBackSince)]),
    ...(working === undefined ? [] : [t.status.working(runState(t, working), named(working))]),
    ...(pending === undefined ? [] : [waiting(t, pending, named(pending))]),
    ...(lastFailed === undefined ? [] : [failed(lastFailed)]),
  ].join('\n');
}

function waiting(t: Texts, run: Run, link: string): string {
  return t.status.pending(t.state.planned(run.counts), moment(t, run.expiresAt ?? run.requestedAt), link);
}

const PAUSES_SHOWN = 10;

/** Which rules are paused, since when, by whom, and how to resume them; no block where none are. */
export function pauseBlocks(t: Texts, blockId: string, pauses: readonly Pause[]): types.KnownBlock[] {
  if (pauses.length === 0) return [];
  // A name may be paused at several locations, the newest last: one command ends them all.
  const newest = new Map(pauses.map((pause) => [pause.target, pause]));
  const { shown, more } = firstOf([...newest.values()], PAUSES_SHOWN, (pause) => `• ${pauseLine(t, pause)}`);
  const lines = [t.automatic.pause.heading, ...shown, ...(more > 0 ? [t.plan.moreOnly(more)] : [])];
  return [section(blockId, lines.join('\n'))];
}

function pauseLine(t: Texts, { target, by, at, becauseOf }: Pause): string {
  const words = t.automatic.pause;
  const every = target === EVERY_TARGET;
  const name = every ? words.everywhere : targetName(target);
  const typed = command(t, every ? 'resume' : `resume ${target}`);
  if (becauseOf === undefined) return words.byPerson(name, mention(by), moment(t, at), typed);
  const because = becauseOf.why === 'failed' ? words.failed : words.takenBack;
  return because(name, becauseOf.runId, moment(t, at), typed);
}

/** Tells the channel who paused or resumed the rules of a target, or of all targets. */
export function switchText(
  t: Texts,
  by: Actor,
  { outcome, target, holds, elsewhere }: Extract<Switched, { holds: boolean }>,
  rules: readonly string[],
): string {
  const name = target === undefined ? undefined : targetName(target);
  const words = t.automatic;
  const meaning = holds ? words.stillPaused(command(t, 'resume')) : words.appliesAgain;
  return [
    words[outcome](mention(by), name),
    ...(outcome === 'resumed' && (holds || rules.length > 0) ? [meaning] : []),
    ...(elsewhere && !holds && rules.length > 0 ? [words.appliesElsewhere] : []),
    ...(rules.length === 0 ? [words.noRule] : []),
  ].join(' ');
}
