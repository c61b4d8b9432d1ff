import { createHash } from 'node:crypto';
import type { EffectiveAction } from '../run/change.ts';

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
  'location_busy',
  'refused',
] as const;
export type AutoHeld = (typeof AUTO_HELD)[number];

/** The id prefix of rules. A rule is the actor of the plans that it applies. */
const RULE = 'rule:';

/** A rule as an actor. The id contains the first 12 hex digits of the SHA-256 of the rule's text; the name is the text. */
export function actorOf({ text }: AutoRule): { readonly id: string; readonly name: string } {
  return { id: `${RULE}${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, name: text };
}

/** Whether the actor is a rule of `SYNC_AUTO`. */
export function isRule({ id }: { readonly id: string }): boolean {
  return id.startsWith(RULE);
}
