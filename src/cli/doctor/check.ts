import { TimedOutError, withTimeout } from '../../sync/run/concurrency.ts';
import { type Finding, fail, isOneOf, oneLine, type Subject, type Verdict, warn } from './finding.ts';

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

/** Longer than a useful answer takes, and short enough to run all checks at once. */
const LIMIT_MS = 10_000;

/** `blocker`: why the checks that need this one are skipped; undefined if they can run. */
type Outcome = { readonly finding: Finding; readonly blocker: string | undefined };

/**
 * Starts all checks at once and returns their findings, in the given order. A check that needs a failed one is reported as skipped,
 * with the first cause. `unusable` names the settings that are missing or malformed. The promises never reject.
 */
export function startChecks(
  checks: readonly Check[],
  unusable: ReadonlySet<string>,
): readonly Promise<Finding>[] {
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

/** A check that did not finish proves nothing, so it fails. */
function unfinished(error: unknown): Verdict {
  if (error instanceof TimedOutError) {
    return fail(
      error.message,
      'Find out why it takes so long (network, firewall, an overloaded or locked server), then run doctor again.',
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  const last = message.trimEnd().split('\n').at(-1) ?? '';
  return fail(`could not be looked at: ${last}`, 'Mend what the message names, then run doctor again.');
}

function tidy({ name, topic, target }: Check, verdict: Verdict): Finding {
  const subject = { check: oneLine(name), topic, ...(target === undefined ? {} : { target }) };
  const detail = oneLine(verdict.detail);
  return verdict.todo === null
    ? { ...subject, ...verdict, detail }
    : { ...subject, ...verdict, detail, todo: oneLine(verdict.todo) };
}
