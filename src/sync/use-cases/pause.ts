import type { Audit } from '../ports/steps.ts';
import { type Refused, refuse } from '../run/click.ts';
import type { Actor } from '../run/run.ts';

/** Means every target in a pause. No target can have this name. */
export const EVERY_TARGET = '*';

/** A pause: no rule applies a plan at the target until a person resumes it. */
export type Pause = {
  /** A target, or `EVERY_TARGET`. */
  readonly target: string;
  readonly by: Actor;
  readonly at: Date;
  /** The run whose failure or rollback paused the target; undefined if a person paused it. */
  readonly becauseOf: { readonly runId: number; readonly why: 'failed' | 'taken_back' } | undefined;
};

export type Pauses = {
  /** All pauses in force, ordered by target. */
  all(): Promise<readonly Pause[]>;
  /** Stores a pause and its audit row. False if the target was paused already. */
  pause(target: string, by: Actor): Promise<boolean>;
  /** Ends the pause of a target, or all pauses for `EVERY_TARGET`, with one audit row each. Returns the resumed targets. */
  resume(target: string, by: Actor): Promise<readonly string[]>;
};

export type Switching = {
  readonly actor: Actor;
  /** Undefined: every target. */
  readonly target: string | undefined;
};

export type Switched =
  | {
      readonly outcome: 'paused' | 'resumed';
      readonly target: string | undefined;
      /** Whether a pause is in force now: after the pause of one target is resumed, a pause of all targets may remain. */
      readonly holds: boolean;
    }
  | Refused;

/** Pauses and resumes the rules of `SYNC_AUTO`, for all processes at once. */
export type Switch = {
  pause(request: Switching): Promise<Switched>;
  resume(request: Switching): Promise<Switched>;
};

type Ports = { readonly pauses: Pauses; readonly audit: Audit };

export function createSwitch({ pauses, audit }: Ports): Switch {
  const refused = (actor: Actor, code: 'paused_already' | 'not_paused', target: string | undefined) =>
    refuse(audit, actor, { code, target }, target === undefined ? {} : { target });
  return {
    pause: async ({ actor, target }) =>
      (await pauses.pause(target ?? EVERY_TARGET, actor))
        ? { outcome: 'paused', target, holds: true }
        : refused(actor, 'paused_already', target),
    resume: async ({ actor, target }) => {
      const resumed = await pauses.resume(target ?? EVERY_TARGET, actor);
      if (resumed.length === 0) return refused(actor, 'not_paused', target);
      const left = target === undefined ? [] : await pauses.all();
      return { outcome: 'resumed', target, holds: left.some((each) => each.target === EVERY_TARGET) };
    },
  };
}
