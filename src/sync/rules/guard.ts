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

/** Whether a verdict is graver than the shown one, so that a reason given for the shown one does not cover it. */
export function isGraver(verdict: GuardVerdict, shown: GuardVerdict): boolean {
  return gravity(verdict) > gravity(shown);
}

function gravity(verdict: GuardVerdict): number {
  if (!verdict.tripped) return 0;
  return verdict.why === 'everyone' ? 2 : 1;
}
