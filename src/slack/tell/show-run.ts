import type { ClaimedPost, Reminders, Unmade, Unsynced } from '../../sync/automation/schedule.ts';
import type { Plans } from '../../sync/ports/plans.ts';
import type { Runs } from '../../sync/ports/runs.ts';
import { aloneRefusal, isPerson } from '../../sync/rules/approval.ts';
import { type GuardLimits, type RulesFor, strictest } from '../../sync/rules/rules.ts';
import { compareEmails, LISTED_ACTIONS } from '../../sync/run/change.ts';
import { plannedChanges, type Run, SYSTEM } from '../../sync/run/run.ts';
import type { SlackClient } from '../connect/client.ts';
import { isBlind, mayBeDone } from '../connect/rejection.ts';
import { isDirect } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { keyedMessage, quietLine, reminderText, unmadeText } from '../views/answers/automation.ts';
import type { Message } from '../views/blocks.ts';
import type { LinkOf } from '../views/inline.ts';
import { EXCERPT_ROWS, type Excerpt, FOLDED_USERS, NO_EXCERPT, planHasFile } from '../views/run/excerpt.ts';
import { type RunMessageOptions, runMessage } from '../views/run/run-message.ts';
import { isReminderPosted, type Self } from './own-messages.ts';

/** Whether Slack takes fold blocks, as far as this process knows: they come workspace by workspace. */
export type Folds = { areTaken: boolean };

export type Showing = {
  /** Undefined: what bears the bot's block ids is taken for its own, whoever posted it. */
  readonly me?: Self;
  readonly t: Texts;
  readonly plans: Plans;
  readonly guardLimits: GuardLimits;
  /** The rules by which Confirm decides. */
  readonly rulesFor: RulesFor;
  readonly approvalsOf: Runs['approvals'];
  /** Whether a person may still approve. Never throws. */
  readonly isAdmin: (userId: string) => Promise<boolean | undefined>;
  /** The end of the freeze (`SYNC_FREEZE`), by the database's clock as at Confirm; undefined outside a freeze. */
  readonly frozenUntil: () => Promise<Date | undefined>;
  /** Whether an admin may confirm alone (`BREAK_GLASS`). */
  readonly breakGlass: boolean;
  readonly linkOf: LinkOf;
  /** Ids of the members and user groups to mention when a run waits for people (`SYNC_NOTIFY`). */
  readonly notify: readonly string[];
  readonly admins: readonly string[];
  /** As in the gate. */
  readonly listed?: {
    members(): Promise<{ readonly ids: readonly string[]; readonly doubt: unknown }>;
    isAdmin(id: string): Promise<boolean>;
  };
  /** The channels that the settings name, which the admins read. If they name none, the bot works in any channel. */
  readonly ownChannels?: readonly string[];
  /** Undefined: messages have no fold blocks. */
  readonly folds?: Folds;
  /** Whether a scheduled preview without changes posts one line in the channel. */
  readonly quietLine: boolean;
};

/** The limits by which the guard judged the plan; `own` if the run has none. */
export function limitsOf({ guard, rules }: Run, own: GuardLimits): GuardLimits {
  return (guard.tripped ? guard.limits : undefined) ?? rules?.limits[0] ?? own;
}

async function excerptOf(plans: Plans, run: Run): Promise<Excerpt> {
  const excerpt = { ...NO_EXCERPT };
  for (const action of LISTED_ACTIONS) {
    if (run.counts[action] > 0) excerpt[action] = await plans.list(run.id, action, 0, EXCERPT_ROWS);
  }
  return excerpt;
}

/** The channel message of a run in its current state. */
export async function showRun(showing: Showing, run: Run): Promise<Message> {
  const { t, plans, guardLimits, frozenUntil, breakGlass, folds } = showing;
  if (isUneventful(run)) return quietLine(t, run);
  const [excerpt, people] = await Promise.all([excerptOf(plans, run), peopleOf(showing, run)]);
  return runMessage(t, run, excerpt, {
    guardLimits: limitsOf(run, guardLimits),
    frozenUntil: run.status === 'ready' ? await frozenUntil() : undefined,
    breakGlass: aloneRefusal({ breakGlass, isDirect: isDirect(run.channelId) }) === undefined,
    people,
    unchanged: folds?.areTaken === true ? await unchangedOf(plans, run) : [],
  });
}

/** How many people a run needs, as at Confirm: by the rules of the plan and by the present ones. */
export async function neededFor({ rulesFor }: Pick<Showing, 'rulesFor'>, run: Run): Promise<number> {
  return strictest(run.rules, await rulesFor(run)).people;
}

/**
 * People who are no admins any more do not count, as at Confirm. Of whom Slack does not say it, counts: Confirm then refuses, and a
 * person who believes that others are still needed must not execute. Once a plan no longer waits, whoever approved stays on record.
 */
async function peopleOf(showing: Showing, run: Run): Promise<RunMessageOptions['people']> {
  if (run.status !== 'ready') return { needed: 1, approvals: await showing.approvalsOf(run) };
  const needed = await neededFor(showing, run);
  if (needed < 2) return { needed, approvals: [] };
  const approvals = await showing.approvalsOf(run);
  const gone = new Set<string>();
  for (const actor of [run.requestedBy, ...approvals.map((each) => each.actor)]) {
    if (isPerson(actor) && (await showing.isAdmin(actor.id)) === false) gone.add(actor.id);
  }
  return { needed, approvals: approvals.filter(({ actor }) => !gone.has(actor.id)), gone };
}

async function unchangedOf(plans: Plans, run: Run): Promise<readonly string[]> {
  if (run.status !== 'ready' || run.counts.unchanged === 0) return [];
  return (await plans.listUnchanged(run, '', FOLDED_USERS)).toSorted(compareEmails);
}

/** The run of the shorter plan to which Adjust has given this run's message: an edit of this run would overwrite it. */
export async function successorOf({ find }: Pick<Runs, 'find'>, run: Run): Promise<Run | undefined> {
  if (run.status !== 'superseded' || run.nextRunId === undefined || run.messageTs === undefined)
    return undefined;
  const next = await find(run.nextRunId);
  return next?.channelId === run.channelId && next.messageTs === run.messageTs ? next : undefined;
}

/** Shows the shorter plan again to which Adjust gave the message while an edit of the longer one was on its way. */
export async function showSuccessor(runs: Runs, { id, status }: Run): Promise<void> {
  const now = status === 'ready' ? await runs.find(id) : undefined;
  const successor = now && (await successorOf(runs, now));
  if (successor !== undefined) await runs.showAgain(successor.id);
}

/** Whether a run is a scheduled preview that found no changes. */
export function isUneventful(run: Run): boolean {
  const foundNothing = run.status === 'completed' && plannedChanges(run.counts) === 0;
  return foundNothing && run.undecided === undefined && run.requestedBy.id === SYSTEM.id;
}

export async function needsFile({ plans }: Pick<Showing, 'plans'>, run: Run): Promise<boolean> {
  return planHasFile(run, await excerptOf(plans, run));
}

type Posting = {
  readonly client: SlackClient;
  readonly showing: Showing;
  readonly reminders: Pick<Reminders, 'answerLost'>;
};

/** Posts the reminder of targets, unless it is in the channel already. Throws the errors of Slack's calls. */
export async function remind(
  posting: Posting,
  channel: string,
  unsynced: readonly Unsynced[],
  post: ClaimedPost,
): Promise<void> {
  const there = await whereItStands(posting, channel, post);
  if (there === 'posted') return;
  const text = reminderText(posting.showing.t, unsynced);
  await postKeyed(posting, channel, text, [{ ...post, there }]);
}

/** Posts which scheduled previews were not made, unless told already, and calls people. Throws the errors of Slack's calls. */
export async function tellUnmade(
  posting: Posting,
  channel: string,
  unmade: readonly (Unmade & ClaimedPost)[],
): Promise<void> {
  const untold: (Unmade & KeyedPost)[] = [];
  for (const each of unmade) {
    const there = await whereItStands(posting, channel, each);
    if (there !== 'posted') untold.push({ ...each, there });
  }
  if (untold.length === 0) return;
  const { showing } = posting;
  await postKeyed(posting, channel, unmadeText(showing.t, untold, showing.notify), untold);
}

type KeyedPost = ClaimedPost & { readonly there: 'not_posted' | 'unknown' };

/** `unknown`: Slack never lets the bot look in this channel. */
async function whereItStands(
  posting: Posting,
  channel: string,
  post: ClaimedPost,
): Promise<KeyedPost['there'] | 'posted'> {
  try {
    return (await isReminderPosted(posting, channel, post)) ? 'posted' : 'not_posted';
  } catch (error) {
    if (isBlind(error)) return 'unknown';
    throw error;
  }
}

async function postKeyed(
  { client, reminders }: Posting,
  channel: string,
  text: string,
  posts: readonly KeyedPost[],
): Promise<void> {
  const message = keyedMessage(
    text,
    posts.map(({ key }) => key),
  );
  try {
    await client.chat.postMessage({ channel, ...message });
  } catch (error) {
    const lost = mayBeDone(error) ? posts.filter(({ there }) => there === 'unknown') : [];
    for (const { key } of lost) await reminders.answerLost(key);
    throw error;
  }
}
