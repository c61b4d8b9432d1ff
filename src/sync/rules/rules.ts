import type { Locations } from '../ports/source.ts';
import type { GuardLimits } from './guard.ts';

/** The settings that judge a plan. They are stored with the plan, under its hash, because they are part of the approval. */
export type Rules = {
  /** `DEACTIVATION_LIMIT_COUNT` and `DEACTIVATION_LIMIT_PERCENT`. Where there are several, each of them holds. */
  readonly limits: readonly GuardLimits[];
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
  /** How many different people must have asked or approved (`SYNC_APPROVALS`, `TWO_PERSON_TARGETS`). */
  readonly people: number;
};

export type RuleSettings = {
  readonly guard: GuardLimits;
  readonly protectedEmails: readonly string[];
  readonly approvals: ReadonlyMap<string, number>;
};

/** The rules of this process's settings for one run. */
export type RulesFor = (run: { readonly target: string; readonly locationId: number }) => Promise<Rules>;

/**
 * A location may have several names, in one `SYNC_TARGETS` or in the settings of several processes. If one of its targets needs
 * several people, so does every run of the location, under any name.
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
    people: Math.max(1, ...known.map(({ people }) => people)),
  };
}
