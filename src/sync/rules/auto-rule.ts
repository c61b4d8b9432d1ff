import { createHash } from 'node:crypto';
import type { EffectiveAction } from '../run/change.ts';

/** What may be applied at a target without a person (`SYNC_AUTO`). */
export type AutoRule = {
  /** As it stands in the settings, such as `dev=add+reactivate:20`. */
  readonly text: string;
  readonly actions: readonly EffectiveAction[];
  /** The most changes of one plan. */
  readonly most: number;
};

/** Why a plan was not applied by its rule. It then waits for a person like any other. */
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

/** The prefix of the ids of rules. A rule is the actor of what it applies. */
const RULE = 'rule:';

/** A rule as an actor: its id has the first 12 hex digits of the SHA-256 of its text, its name is the text. */
export function actorOf({ text }: AutoRule): { readonly id: string; readonly name: string } {
  return { id: `${RULE}${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, name: text };
}

export function isRule({ id }: { readonly id: string }): boolean {
  return id.startsWith(RULE);
}
