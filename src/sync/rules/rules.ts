import type { Locations } from '../ports/source.ts';
import type { GuardLimits } from './guard.ts';

/** The settings that judge a plan. They are stored with the plan and covered by its hash, because people approve them too. */
export type Rules = {
  /** `DEACTIVATION_LIMIT_COUNT` and `DEACTIVATION_LIMIT_PERCENT`. All entries hold. */
  readonly limits: readonly GuardLimits[];
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
  /** How many different people must ask for, approve or confirm the plan (`SYNC_APPROVALS`, `TWO_PERSON_TARGETS`). */
  readonly people: number;
};

export type RuleSettings = {
  readonly guard: GuardLimits;
  readonly protectedEmails: readonly string[];
  readonly approvals: ReadonlyMap<string, number>;
};

/** Returns the rules for one run, by the settings of this process. */
export type RulesFor = (run: { readonly target: string; readonly locationId: number }) => Promise<Rules>;

/**
 * Creates `RulesFor`. A location may have several target names, in one `SYNC_TARGETS` or across processes. If one of its targets
 * needs several people, every run of the location needs them, under any name.
 */
export function createRules(locations: Locations, settings: RuleSettings): RulesFor {
  const { guard, protectedEmails, approvals } = settings;
  return async ({ target, locationId }) => {
    const needed = await Promise.all(
      [...approvals].map(async ([name, people]) => {
        const isMeant = name === target || (await locations.find(name))?.locationId === locationId;
        return isMeant ? people : 1;
      }),
    );
    return { limits: [guard], protectedEmails, people: Math.max(1, ...needed) };
  };
}

/** The same rules for a thin proof: the guard also stops a plan that just reaches the limits. */
export function withoutMargin(rules: Rules): Rules {
  return { ...rules, limits: rules.limits.map((each) => ({ ...each, inclusive: true })) };
}

/** Combines rules: a plan passes only if it passes each of them. */
export function strictest(...all: readonly (Rules | undefined)[]): Rules {
  const known = all.filter((rules) => rules !== undefined);
  const limits = new Map(known.flatMap((rules) => rules.limits).map((each) => [JSON.stringify(each), each]));
  return {
    limits: [...limits.values()],
    protectedEmails: [...new Set(known.flatMap((rules) => rules.protectedEmails))],
    people: Math.max(1, ...known.map(({ people }) => people)),
  };
}
