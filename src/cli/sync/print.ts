import type { Config } from '../../config/config.ts';
import { limitsOf } from '../../slack/tell/show-run.ts';
import { count } from '../../slack/text/en/plan.ts';
import type { Texts } from '../../slack/text/en.ts';
import { unmarked } from '../../slack/text/escape.ts';
import { refusalText } from '../../slack/views/answers/refusal.ts';
import { targetCard } from '../../slack/views/answers/status-message.ts';
import { place, requestedWords } from '../../slack/views/inline.ts';
import { footerTexts } from '../../slack/views/run/run-message.ts';
import { runState } from '../../slack/views/run/run-state.ts';
import { countFields, outcomeLines, summary } from '../../slack/views/run/summary.ts';
import {
  approvedLines,
  guardText,
  lastingWarnings,
  previewWarnings,
} from '../../slack/views/run/warnings.ts';
import { isGone } from '../../slack/views/run/whole-plan.ts';
import { DatabaseLostError } from '../../sync/failures/errors.ts';
import type { TargetOverview } from '../../sync/ports/overview.ts';
import { type Approval, lackOf } from '../../sync/rules/approval.ts';
import { type Change, omittedEffect } from '../../sync/run/change.ts';
import type { Refusal } from '../../sync/run/refusal.ts';
import type { Run } from '../../sync/run/run.ts';

/** Lines for people, data for programs, and the exit code. */
export type Answer = { readonly lines: readonly string[]; readonly data: unknown; readonly exit: 0 | 1 | 2 };

export function refused(line: string): Answer {
  return { lines: [line], data: { refused: line }, exit: 1 };
}

export const NO_CHANNEL =
  'Set SLACK_CHANNEL_IDS or SYNC_SCHEDULE_CHANNEL_ID: the bot tells of each run there once Slack is back.';

/** The answer where this process was stopped or lost the database while it worked on a run: others go on with the run. */
export function goesOn(runId: number, work: 'reading' | 'executing', who = 'The bot'): Answer {
  const confirmed = work === 'executing';
  const line =
    `Run ${runId} ${confirmed ? 'is confirmed, and goes' : 'goes'} on without this command, which was stopped or lost the ` +
    `database. ${who} finishes it, or else this command, if you type it again in half a minute. ` +
    `What became of it: npm run sync -- show ${runId}`;
  const next = confirmed ? [] : [`To end it: npm run sync -- cancel ${runId} --as NAME`];
  return { lines: [line, ...next], data: { failed: line }, exit: 1 };
}

/** For `catch`: serves the loss of the database, and throws any other error again. */
export function ifLost<Served>(serve: (loss: DatabaseLostError) => Served): (error: unknown) => Served {
  return (error) => {
    if (error instanceof DatabaseLostError) return serve(error);
    throw error;
  };
}

/** Replaces control characters, which must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

type About = {
  readonly changes: readonly Change[];
  readonly approvals: readonly Approval[];
  /** How many people the run needs, as at Confirm. */
  readonly needed: number;
  readonly now: Date;
};

/** The words behind the slash command that this command line knows too. */
const SHARED_WORDS = ['history', 'status', 'rollback'];

/** Replaces each slash command in a text by the command to type here, if there is one: Slack may be down. */
function asTypedHere(text: string, { deployment, targets }: Pick<Config, 'deployment' | 'targets'>): string {
  return text.replace(/(\/[\w-]+) ([\w-]+)( \d+)?/g, (whole, command: string, word: string, run = '') => {
    if (command !== deployment.command) return whole;
    if (word === 'help') return 'npm run sync';
    if (targets.has(word)) return `npm run sync -- preview ${word}`;
    const as = word === 'rollback' ? ' --as NAME' : '';
    return SHARED_WORDS.includes(word) ? `npm run sync -- ${word}${run}${as}` : whole;
  });
}

/** Replaces what to press in Slack by what to type here about this run: there are no buttons here. */
function buttonsAsCommands(text: string, { id, target, reverts }: Run): string {
  const again = reverts === undefined ? `preview ${target}` : `rollback ${reverts} --as NAME`;
  const run = (what: string) => (_: string, p: string) => `${p === 'P' ? 'R' : 'r'}un ${what}`;
  return text
    .replace(
      /(p)ress Try Again or New Preview on its message, or type `[^`]+`/gi,
      run(`npm run sync -- ${again}`),
    )
    .replace(/(p)ress (?:Try Again|New Preview)/gi, run(`npm run sync -- ${again}`))
    .replace(/(p)ress Cancel/gi, run(`npm run sync -- cancel ${id} --as NAME`))
    .replace(/(p)ress the button again/gi, run('the same command again'))
    .replace('Your click', 'This command');
}

/** Builds a printer with the bot's Slack texts, without their markup. */
export function createPrinter(t: Texts, config: Config) {
  const { guard, frozenUntil, breakGlass } = config.sync;
  /** The same warnings as in the run's message. */
  function warningsOf(run: Run, { approvals, needed, now }: About): readonly string[] {
    if (run.status !== 'ready') return lastingWarnings(t, run);
    return [
      ...(run.guard.tripped ? [guardText(t, place(run), run.guard, limitsOf(run, guard))] : []),
      ...previewWarnings(t, run, {
        frozenUntil: frozenUntil?.(now),
        people: { needed, approvals },
      }),
    ];
  }
  /** How to execute a plan that waits, and whether all admins hear of it (`judgeLack`). */
  function nextLines(run: Run, { needed, now }: About): readonly string[] {
    if (run.status !== 'ready') return [];
    const lack = lackOf({ isFrozen: frozenUntil?.(now) !== undefined, needed });
    if (lack !== undefined && !breakGlass) return ['It cannot be executed from here now (BREAK_GLASS: off).'];
    const alone = lack === undefined ? '' : ' alone, which all admins are told';
    return [`To execute it${alone}: npm run sync -- confirm ${run.id} --as NAME --reason TEXT`];
  }
  const shown = (mrkdwn: string, run?: Run) =>
    printable(asTypedHere(unmarked(run === undefined ? mrkdwn : buttonsAsCommands(mrkdwn, run)), config));
  const runLine = (run: Run) => {
    const when = run.requestedAt.toISOString().slice(0, 16).replace('T', ' ');
    const rollback = run.reverts === undefined ? '' : `, ${t.state.rollbackOf(run.reverts)}`;
    return `${String(run.id).padStart(6)}  ${when} UTC  ${run.target}${rollback}: ${shown(runState(t, run))}`;
  };
  return {
    noTarget: (target: string | undefined): Answer =>
      refused(`${target} is no target. Targets: ${[...config.targets.keys()].join(', ')}.`),
    /** A run whose plan cannot be read any more, since the database was lost. */
    withoutPlan: (run: Run): Omit<Answer, 'exit'> => {
      const failed = `The database was lost before all of it could be shown: npm run sync -- show ${run.id}`;
      return { lines: [`Run ${runLine(run).trim()}`, failed], data: { run, failed } };
    },
    historyLines: (runs: readonly Run[]) =>
      runs.length === 0 ? ['There are no runs to show.'] : runs.map(runLine),
    refusalLine: (refusal: Refusal) => shown(refusalHere(refusal) ?? refusalText(t, refusal), runOf(refusal)),
    /** A run as lines: title, outcome, counts, warnings, the plan, and how to execute it. */
    runLines: (run: Run, about: About): readonly string[] => {
      const counts = countFields(t, run).map((field) => field.replace('\n', ' '));
      const lines = [
        summary(t, run),
        [...footerTexts(t, run, frozenUntil?.(about.now)), requestedWords(t, run)].join('; '),
        ...outcomeLines(t, run),
        ...approvedLines(t, run, about),
        run.planHash === undefined ? '' : counts.join('; '),
        ...warningsOf(run, about).map((text) => `! ${text}`),
        isGone(run, about.changes.length) ? t.plan.gone : '',
      ];
      // These lines are data without markup: an email may contain stars.
      const changes = about.changes.map((change) => printable(changeLine(change)));
      const told = lines.filter((line) => line !== '').map((line) => shown(line, run));
      return [...told, ...changes, ...nextLines(run, about)];
    },
    /** What `/usersync status` says of a target, its lines below its name. */
    targetLines: (overview: TargetOverview): readonly string[] =>
      targetCard(t, overview, () => undefined)
        .split('\n')
        .map((line, index) => `${index === 0 ? '' : '  '}${shown(line)}`),
  };
}

export type Printer = ReturnType<typeof createPrinter>;

/** The run that a refusal is about, if it is about one. */
function runOf(refusal: Refusal): Run | undefined {
  if (refusal.code === 'location_busy') return refusal.holder;
  return 'run' in refusal ? refusal.run : undefined;
}

/** The text of a refusal after which an operator does something else than a person in Slack; undefined: the same text. */
function refusalHere(refusal: Refusal): string | undefined {
  switch (refusal.code) {
    case 'second_person_needed':
      return (
        `The target ${refusal.run.target} needs ${refusal.needed} people. Nobody at the command line counts as one of them, so ` +
        'admins must confirm it in Slack. Nothing was changed.'
      );
    case 'guard_tripped_since': {
      const { run, facts } = refusal;
      return (
        `Since the preview, ${place(run)} or its limits have changed: ${facts.deactivate} of the ${count(facts.active, 'user')} ` +
        'active there now would be deactivated, and that needs a reason. Nothing was changed. If that is right, run the same command ' +
        'again: its --reason then counts for these numbers.'
      );
    }
    default:
      return undefined;
  }
}

function changeLine(change: Change): string {
  const { action, email } = change;
  const detail = action === 'omitted' ? omittedEffect(change) : change.detail;
  return `  ${action.padEnd(10)} ${email}${detail === undefined ? '' : ` (${detail})`}`;
}
