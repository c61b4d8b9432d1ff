import type { Logger } from '../ports/ports.ts';
import type { AwaitingRule, Runs } from '../ports/runs.ts';
import type { Locations } from '../ports/source.ts';
import { type AutoHeld, type AutoRule, actorOf, movedSince, type RulesFor } from '../rules/rules.ts';
import { EFFECTIVE_ACTIONS } from '../run/change.ts';
import type { Queue } from '../run/queue.ts';
import type { Refusal } from '../run/refusal.ts';
import { plannedChanges, type Run, SYSTEM } from '../run/run.ts';
import type { Execution } from '../use-cases/execute.ts';
import { callsOfPreview } from './calls.ts';

type Circumstances = Omit<AwaitingRule, 'run'> & {
  /** See `movedSince`. */
  readonly isMoved: boolean;
  readonly isFrozen: boolean;
  /** How many people the run needs. */
  readonly people: number;
};

/** Why a rule does not apply a plan; undefined if it does. `rule`: by the settings now; only the rule of the plan applies it. */
function heldBy(run: Run, rule: AutoRule | undefined, now: Circumstances): AutoHeld | undefined {
  if (now.isPaused) return 'paused';
  if (rule === undefined || rule.text !== run.autoRule || now.isMoved) return 'rule_changed';
  if (now.personWaited) return 'person_waited';
  if (now.takenBack) return 'taken_back';
  if (now.leftOut) return 'left_out';
  if (now.isLate) return 'late';
  if (now.isFrozen) return 'frozen';
  return now.people > 1 ? 'people_needed' : heldByPlan(run, rule);
}

/** Users who are left alone (`kept`) are no obstacle, unless their absence is unproven. */
function heldByPlan(run: Run, rule: AutoRule): AutoHeld | undefined {
  const { counts } = run;
  if (run.guard.tripped) return 'guard_tripped';
  if (run.undecided !== undefined || run.repeats !== undefined || isThin(run)) return 'unproven';
  if (counts.skipped > 0) return 'skipped';
  if (counts.protected > 0) return 'protected';
  if (EFFECTIVE_ACTIONS.some((action) => counts[action] > 0 && !rule.actions.includes(action)))
    return 'other_changes';
  return plannedChanges(counts) > rule.most ? 'too_many' : undefined;
}

/** Whether the plan deactivates users whose absence no count of the server confirms: only the guard would stop a wrong one. */
function isThin({ rules, counts }: Run): boolean {
  return counts.deactivate > 0 && rules?.limits.some(({ inclusive }) => inclusive === true) === true;
}

type Ports = {
  readonly runs: Runs;
  readonly locations: Pick<Locations, 'find'>;
  readonly execution: Execution;
  readonly queue: Queue;
  readonly logger: Logger;
  readonly rulesFor: RulesFor;
  readonly autoRules: ReadonlyMap<string, AutoRule>;
  readonly frozenUntil: ((now: Date) => Date | undefined) | undefined;
};

export type Automation = ReturnType<typeof createAutomation>;

/**
 * Decides on each scheduled plan that was made under a rule: applies it, or leaves it to people with the reason. No state is kept
 * between the decision and the claim: if the process dies there, the next tick decides again.
 */
export function createAutomation(ports: Ports) {
  return {
    /** May be called at any time, by any number of processes. */
    tick: async () => {
      for (const waiting of await ports.runs.awaitingRule()) await decide(ports, waiting);
    },
  };
}

/** For how long a process leaves a new plan to the processes that have its rule and can read its evidence. */
const LEFT_MS = 60_000;

/** While replicas are replaced one by one, an older one would leave every plan of a newer one to people, and call them. */
function leftUntil({ readyAt, requestedAt }: Run): Date {
  return new Date((readyAt ?? requestedAt).getTime() + LEFT_MS);
}

async function decide(ports: Ports, { run, ...waiting }: AwaitingRule): Promise<void> {
  const { runs, locations, execution, queue, rulesFor, autoRules, frozenUntil } = ports;
  const rule = autoRules.get(run.target);
  // `awaitingRule` finds only plans that are not held. `autoHeld` is set here if this version cannot read the plan's evidence.
  const isOurs = rule?.text === run.autoRule && run.autoHeld === undefined;
  if (!isOurs && (await runs.clock()) < leftUntil(run)) return;
  const isFrozen = frozenUntil?.(await runs.clock()) !== undefined;
  const isMoved = movedSince(run, await locations.find(run.target)) !== undefined;
  const { people } = await rulesFor(run);
  const held = run.autoHeld ?? heldBy(run, rule, { ...waiting, isMoved, isFrozen, people });
  if (held !== undefined || rule === undefined) return hold(ports, run, held ?? 'rule_changed', people);
  const click = { runId: run.id, actor: actorOf(rule), message: undefined };
  const confirmed = await execution.confirm(click);
  switch (confirmed.outcome) {
    case 'claimed':
      await queue.start(confirmed);
      return;
    case 'approved':
    case 'withdrawn':
      return hold(ports, run, 'people_needed', people);
    case 'refused':
      return hold(ports, run, heldBecauseOf(confirmed.refusal), people);
  }
}

/** Why a refused claim leaves the plan to people. If the run is no longer ready, `Runs.hold` leaves it unchanged. */
function heldBecauseOf(refusal: Refusal): AutoHeld {
  switch (refusal.code) {
    case 'person_decides':
      return refusal.why;
    case 'paused':
    case 'frozen':
    case 'location_busy':
      return refusal.code;
    case 'guard_tripped':
    case 'guard_tripped_since':
      return 'guard_tripped';
    case 'second_person_needed':
      return 'people_needed';
    default:
      return 'refused';
  }
}

/** Leaves the plan to people. Calls them for the usual reason of a scheduled plan, or else because the plan is held. */
async function hold({ runs, logger }: Ports, run: Run, why: AutoHeld, people: number): Promise<void> {
  const { guard, counts } = run;
  const usual = callsOfPreview(run, { guard, deactivate: counts.deactivate, people });
  const calls = usual.length > 0 ? usual : (['held'] as const);
  const audit = { step: 'held', actor: SYSTEM, outcome: why, reason: run.autoRule } as const;
  if (await runs.hold(run.id, why, { audit, notices: ['message'], calls })) {
    logger.info({ run: run.id, rule: run.autoRule, why }, 'a rule did not apply its plan');
  }
}
