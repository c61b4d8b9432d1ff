import type { GuardLimits } from './safety.ts';
import type { Locations } from './source.ts';

/** The settings that judge a plan. They are stored with it, under its hash: what was approved was approved under them. */
export type Rules = {
  /** `DEACTIVATION_LIMIT_COUNT` and `DEACTIVATION_LIMIT_PERCENT`. Where there are several, each of them holds. */
  readonly limits: readonly GuardLimits[];
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
  /** Whether whoever confirms must be another person than whoever asked (`TWO_PERSON_TARGETS`). */
  readonly twoPeople: boolean;
};

export type RuleSettings = {
  readonly guard: GuardLimits;
  readonly protectedEmails: readonly string[];
  readonly twoPersonTargets: readonly string[];
};

/** The rules of this process's settings for one run. */
export type RulesFor = (run: { readonly target: string; readonly locationId: number }) => Promise<Rules>;

/**
 * A location may have several names, in one `SYNC_TARGETS` and all the more in those of several processes. So a target
 * of `TWO_PERSON_TARGETS` stands for its location, whatever name a run was asked for by.
 */
export function createRules(locations: Locations, settings: RuleSettings): RulesFor {
  const { guard, protectedEmails, twoPersonTargets } = settings;
  return async ({ target, locationId }) => {
    const named = await Promise.all(twoPersonTargets.map((name) => locations.find(name)));
    const twoPeople =
      twoPersonTargets.includes(target) || named.some((found) => found?.locationId === locationId);
    return { limits: [guard], protectedEmails, twoPeople };
  };
}

/** The same rules where a proof is thin: a plan that just reaches the limits is stopped as well. */
export function withoutMargin(rules: Rules): Rules {
  return { ...rules, limits: rules.limits.map((each) => ({ ...each, inclusive: true })) };
}

/** The rules under which nothing passes that one of them would stop. */
export function strictest(...all: readonly (Rules | undefined)[]): Rules {
  const known = all.filter((rules) => rules !== undefined);
  const limits = new Map(known.flatMap((rules) => rules.limits).map((each) => [JSON.stringify(each), each]));
  return {
    limits: [...limits.values()],
    protectedEmails: [...new Set(known.flatMap((rules) => rules.protectedEmails))],
    twoPeople: known.some((rules) => rules.twoPeople),
  };
}
