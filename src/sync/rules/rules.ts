import { createHash } from 'node:crypto';
import type { Locations, Target } from '../ports/source.ts';
import type { EffectiveAction } from '../run/change.ts';

/** What judges a plan, beside the plan itself. It is stored with the plan and covered by its hash, because people approve it too. */
export type Rules = {
  /** `DEACTIVATION_LIMIT_COUNT` and `DEACTIVATION_LIMIT_PERCENT`. All entries hold. */
  readonly limits: readonly GuardLimits[];
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
  /** How many different people must ask for, approve or confirm the plan (`SYNC_APPROVALS`, `TWO_PERSON_TARGETS`). */
  readonly people: number;
  /** The `locations.online_url` whose list became the plan. Not in a rollback, nor in plans of older versions. */
  readonly readFrom?: string | undefined;
};

/**
 * What has changed where a plan belongs: its target's name means another location by now, or none (`location`), or its location has
 * another address than the one whose list was read (`server`). Undefined if neither.
 */
export function movedSince(
  plan: { readonly locationId: number; readonly rules: Rules | undefined },
  now: Target | undefined,
): 'location' | 'server' | undefined {
  if (now?.locationId !== plan.locationId) return 'location';
  return (plan.rules?.readFrom ?? now.baseUrl) === now.baseUrl ? undefined : 'server';
}

export type RuleSettings = {
  readonly guard: GuardLimits;
  readonly protectedEmails: readonly string[];
  readonly approvals: ReadonlyMap<string, number>;
};

/** Returns the rules for one run, by the settings of this process. */
export type RulesFor = (run: { readonly target: string; readonly locationId: number }) => Promise<Rules>;

/** Creates `RulesFor`. If one of a location's target names needs several people, every run there needs them, under any name. */
export function createRules(locations: Locations, settings: RuleSettings): RulesFor {
  const { guard, protectedEmails, approvals } = settings;
  return async ({ target, locationId }) => {
    const others = await locations.findAll([...approvals.keys()].filter((name) => name !== target));
    const needed = [...approvals]
      .filter(([name]) => name === target || others.get(name)?.locationId === locationId)
      .map(([, people]) => people);
    return { limits: [guard], protectedEmails, people: Math.max(1, ...needed) };
  };
}

/** The rules for a plan whose proof of absence is `thin`: the guard also stops a plan that just reaches the limits. */
export function withoutMargin(rules: Rules): Rules {
  return { ...rules, limits: rules.limits.map((each) => ({ ...each, inclusive: true })) };
}

/** Combines rules: a plan passes only if it passes each of them. Only those of the plan say where it was read. */
export function strictest(...all: readonly (Rules | undefined)[]): Rules {
  const known = all.filter((rules) => rules !== undefined);
  const limits = new Map(known.flatMap((rules) => rules.limits).map((each) => [JSON.stringify(each), each]));
  return {
    limits: [...limits.values()],
    protectedEmails: [...new Set(known.flatMap((rules) => rules.protectedEmails))],
    people: Math.max(1, ...known.map(({ people }) => people)),
    readFrom: known.find(({ readFrom }) => readFrom !== undefined)?.readFrom,
  };
}

/** `DEACTIVATION_LIMIT_COUNT` (users) and `DEACTIVATION_LIMIT_PERCENT` (0 to 100). */
export type GuardLimits = {
  readonly count: number;
  readonly percent: number;
  /** True: the guard also trips on a plan that just reaches the limits. */
  readonly inclusive?: boolean | undefined;
};

export type GuardFacts = {
  /** Users the plan would deactivate. */
  readonly deactivate: number;
  /** Users that runs of the last 24 hours deactivated at this location. */
  readonly recentlyDeactivated: number;
  /** Users active at this location now. */
  readonly active: number;
};

/** The guard's decision on a plan, with the numbers that a person needs to judge it. */
export type GuardVerdict =
  | { readonly tripped: false }
  | ({
      readonly tripped: true;
      readonly why: 'limits' | 'everyone';
      /** The limits that the plan exceeds, if the run has several. Undefined: the only limits in the run's rules. */
      readonly limits?: GuardLimits | undefined;
    } & GuardFacts);

/**
 * Judges the deactivations of a plan. The guard trips if the plan would deactivate every active user, or if the deactivations of
 * the plan and of the last 24 hours together exceed both limits (inclusive limits: reach both). It never trips on a plan that
 * deactivates nobody.
 */
export function judge(facts: GuardFacts, limits: GuardLimits): GuardVerdict {
  if (facts.deactivate === 0) return { tripped: false };
  if (facts.deactivate >= facts.active) return { tripped: true, why: 'everyone', ...facts };
  const total = facts.deactivate + facts.recentlyDeactivated;
  const over = (n: number, limit: number) => (limits.inclusive ? n >= limit : n > limit);
  const tripped = over(total, limits.count) && over(total * 100, limits.percent * facts.active);
  return tripped ? { tripped: true, why: 'limits', ...facts } : { tripped: false };
}

/** Judges a plan under several limits. The first limits that stop the plan decide. */
export function judgeByEach(facts: GuardFacts, limits: readonly GuardLimits[]): GuardVerdict {
  for (const each of limits) {
    const verdict = judge(facts, each);
    if (verdict.tripped) return limits.length > 1 ? { ...verdict, limits: each } : verdict;
  }
  return { tripped: false };
}

/** How grave the verdicts are, the gravest last. A reason given for one grade does not cover a graver one. */
export const GUARD_GRADES = ['passes', 'limits', 'everyone'] as const;
export type GuardGrade = (typeof GUARD_GRADES)[number];

export function gradeOf(verdict: GuardVerdict): GuardGrade {
  return verdict.tripped ? verdict.why : 'passes';
}

/** Whether a verdict is graver than the grade that a person was shown. */
export function isGraver(verdict: GuardVerdict, shown: GuardGrade): boolean {
  return GUARD_GRADES.indexOf(gradeOf(verdict)) > GUARD_GRADES.indexOf(shown);
}

/** A rule of `SYNC_AUTO`: which plans of a target may be applied without a person. */
export type AutoRule = {
  /** As written in the settings, such as `dev=add+reactivate:20`. */
  readonly text: string;
  readonly actions: readonly EffectiveAction[];
  /** The largest number of changes in one plan. */
  readonly most: number;
};

/** Why a rule did not apply its plan. The plan then waits for a person like any other. */
export const AUTO_HELD = [
  'paused',
  'rule_changed',
  'frozen',
  'people_needed',
  'guard_tripped',
  'unproven',
  'skipped',
  'protected',
  'other_changes',
  'too_many',
  'person_waited',
  'taken_back',
  'left_out',
  'late',
  'location_busy',
  'refused',
] as const;
export type AutoHeld = (typeof AUTO_HELD)[number];

/** Why a rule's claim is held: a pause, a rollback, users left out, or a run that changed the same users. All may come after the look. */
export type HeldAtClaim = Extract<AutoHeld, 'paused' | 'taken_back' | 'left_out' | 'location_busy'>;

/** The id prefix of rules. A rule is the actor of the plans that it applies. */
export const RULE = 'rule:';

/** A rule as an actor. The id contains the first 12 hex digits of the SHA-256 of the rule's text; the name is the text. */
export function actorOf({ text }: AutoRule): { readonly id: string; readonly name: string } {
  return { id: `${RULE}${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, name: text };
}

export function isRule({ id }: { readonly id: string }): boolean {
  return id.startsWith(RULE);
}
