import { messageOf } from '../../sync/failures/failure.ts';
import { TimedOutError, withTimeout } from '../../sync/run/concurrency.ts';

/** The subject of a check, for programs. */
export type Topic =
  | 'node'
  | 'database'
  | 'database_encryption'
  | 'database_version'
  | 'database_session'
  | 'database_clock'
  | 'migrations'
  | 'own_tables'
  | 'processes'
  | 'audit_triggers'
  | 'audit_end'
  | 'shared_tables'
  | 'columns'
  | 'left_alone'
  | 'users_clock'
  | 'unique_index'
  | 'collation'
  | 'protected_emails'
  | 'privileges'
  | 'privileges_to_migrate'
  | 'location'
  | 'depot'
  | 'redis'
  | 'slack_token'
  | 'slack_scopes'
  | 'slack_channel'
  | 'slack_admin'
  | 'slack_user_group'
  | 'slack_called'
  | 'slack_clock'
  | 'slack_delivery'
  | 'slack_messages';

/** The subject of a check or finding. `location` and `depot` have one check for each `target`. */
export type Subject = { readonly topic: Topic; readonly target?: string | undefined };

/** Whether `wanted` contains this subject. A wanted subject without a target means every target. */
export function isOneOf(wanted: readonly Subject[], { topic, target }: Subject): boolean {
  return wanted.some((each) => each.topic === topic && (each.target ?? target) === target);
}

/** The result of a check: the fact, and the remedy; null if there is nothing to do. */
export type Verdict =
  | { readonly status: 'pass'; readonly detail: string; readonly todo: null }
  | {
      readonly status: 'warn' | 'fail';
      readonly detail: string;
      readonly todo: string;
      /** A depot server does not accept the login. */
      readonly loginRefused?: boolean;
      /** The check did not run, because a check that it needs failed. */
      readonly skipped?: boolean;
    };

/** One line of the report. `check` is the check's name. Texts have no line breaks and no secrets. */
export type Line = Verdict & { readonly check: string };

export type Finding = Line & Subject;

export const pass = (detail: string): Verdict => ({ status: 'pass', detail, todo: null });

/** The bot works, but somebody should look at this. */
export const warn = (detail: string, todo: string): Verdict => ({ status: 'warn', detail, todo });

/** The bot cannot work, or not safely. */
export const fail = (detail: string, todo: string): Verdict => ({ status: 'fail', detail, todo });

/** Brings outside text onto one line, without control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
}

/** Adds a full stop, unless the text ends like a sentence already. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** One line of the report, which begins with the status. */
export function reportLine(finding: Line): string {
  return `${finding.status}  ${describe(finding)}`;
}

/** The result of a check with its remedy, in one line. */
export function describe({ check, detail, todo }: Line): string {
  const found = `${check}: ${detail}`;
  return todo === null ? found : `${sentence(found)} To do: ${todo}`;
}

/** The skipped checks, in one line; no line if none was skipped. */
export function skippedLines(findings: readonly Line[]): readonly string[] {
  const names = findings.filter(isSkipped).map(({ check }) => check);
  if (names.length === 0) return [];
  const checks = names.length === 1 ? '1 check was' : `${names.length} checks were`;
  return [`warn  skipped: ${checks} not made, because of what failed above: ${names.join(', ')}.`];
}

export function isSkipped(finding: Line): boolean {
  return finding.status !== 'pass' && finding.skipped === true;
}

/** The last line: how many checks passed, warned and failed, and how many were not made. */
export function summaryLine(findings: readonly Line[]): string {
  const made = findings.filter((finding) => !isSkipped(finding));
  const count = (status: Line['status']) => made.filter((finding) => finding.status === status).length;
  const skipped = findings.length - made.length;
  return `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export type Check = Subject & {
  /** Unique among the checks of one run. */
  readonly name: string;
  /** Names of settings that the check needs. It is skipped if one of them is missing or malformed. */
  readonly settings?: readonly string[];
  /** Names of checks earlier in the list. The check is skipped if one of them failed. */
  readonly needs?: readonly string[];
  /** The time limit in milliseconds. */
  readonly limitMs?: number;
  readonly run: (signal: AbortSignal) => Promise<Verdict>;
};

export type Conditions = Omit<Check, 'name' | 'topic' | 'run'>;

/** A check that runs under these conditions. */
export function checkOf(name: string, topic: Topic, conditions: Conditions, run: Check['run']): Check {
  return { name, topic, ...conditions, run };
}

/** Longer than a useful answer takes, and short enough to run all checks at once. */
const LIMIT_MS = 10_000;

/** `blocker`: why the checks that need this one are skipped; undefined if they can run. */
type Outcome = { readonly finding: Finding; readonly blocker: string | undefined };

/** Starts all checks at once. `unusable` names missing or malformed settings. The findings come in order, and never reject. */
export function startChecks(checks: readonly Check[], unusable: ReadonlySet<string>) {
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const check of checks) outcomes.set(check.name, perform(check, unusable, outcomes));
  return [...outcomes.values()].map(async (outcome) => (await outcome).finding);
}

/** The checks on these subjects, and the checks that they need. */
export function choose(checks: readonly Check[], subjects: readonly Subject[]): readonly Check[] {
  const wanted = new Set<string>();
  for (const check of checks.toReversed()) {
    if (!wanted.has(check.name) && !isOneOf(subjects, check)) continue;
    for (const each of [check.name, ...(check.needs ?? [])]) wanted.add(each);
  }
  return checks.filter(({ name }) => wanted.has(name));
}

async function perform(
  check: Check,
  unusable: ReadonlySet<string>,
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
): Promise<Outcome> {
  const setting = check.settings?.find((name) => unusable.has(name));
  if (setting !== undefined) return skipped(check, `${setting} is missing or malformed`);
  for (const needed of check.needs ?? []) {
    const outcome = await outcomes.get(needed);
    if (outcome?.blocker !== undefined) return skipped(check, outcome.blocker);
  }
  const verdict = await withTimeout(check.limitMs ?? LIMIT_MS, undefined, check.run).catch(unfinished);
  return {
    finding: tidy(check, verdict),
    blocker: verdict.status === 'fail' ? `the check "${check.name}" failed` : undefined,
  };
}

function skipped(check: Check, blocker: string): Outcome {
  const verdict = { ...warn(`skipped, because ${blocker}`, 'Correct that first.'), skipped: true };
  return { finding: tidy(check, verdict), blocker };
}

const FIND_OUT_WHY =
  'Find out why it takes so long (network, firewall, an overloaded or locked server), then run doctor again.';

/** A check that did not finish proves nothing, so it fails. */
function unfinished(error: unknown): Verdict {
  if (error instanceof TimedOutError) return fail(error.message, FIND_OUT_WHY);
  const last = messageOf(error).trimEnd().split('\n').at(-1) ?? '';
  return fail(`could not be looked at: ${last}`, 'Mend what the message names, then run doctor again.');
}

function tidy({ name, topic, target }: Check, verdict: Verdict): Finding {
  const subject = { check: oneLine(name), topic, ...(target === undefined ? {} : { target }) };
  const detail = oneLine(verdict.detail);
  return verdict.todo === null
    ? { ...subject, ...verdict, detail }
    : { ...subject, ...verdict, detail, todo: oneLine(verdict.todo) };
}
