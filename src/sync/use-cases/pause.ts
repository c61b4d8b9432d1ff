import type { Locations } from '../ports/source.ts';
import type { Audit } from '../ports/steps.ts';
import { type Refused, refuse } from '../run/refusal.ts';
import type { Actor } from '../run/run.ts';

/** In a pause: every target. No target can have this name. */
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

/** `repeated`: Slack delivered a served request again. Nothing is done: a person may have asked for the opposite since. */
export type Pauses = {
  /** All pauses in force, ordered by target. */
  all(): Promise<readonly Pause[]>;
  /** Stores a pause and its audit row. */
  pause(target: string, by: Actor, asked?: SwitchAsked): Promise<'paused' | 'paused_already' | 'repeated'>;
  /** Ends the pauses of a target's location, or all (`EVERY_TARGET`), with an audit row each. Returns them. */
  resume(target: string, by: Actor, asked?: SwitchAsked): Promise<readonly Ended[] | 'repeated'>;
};

/** A pause that was ended: its target, and the location that the target meant when it was paused. */
type Ended = { readonly target: string; readonly locationId: number | undefined };

export type SwitchAsked = {
  /** The location of the target. A pause holds for the location, whichever of its names was typed. */
  readonly locationId?: number | undefined;
  /** Equal for each delivery of the same request. */
  readonly requestKey?: string | undefined;
};

export type Switching = {
  readonly actor: Actor;
  /** Undefined: every target. */
  readonly target: string | undefined;
  readonly requestKey?: string | undefined;
};

export type Switched =
  | {
      readonly outcome: 'paused' | 'resumed';
      readonly target: string | undefined;
      /** Whether a pause is in force now: after the pause of one target is resumed, a pause of all targets may remain. */
      readonly holds: boolean;
      /** The pause also held at another location: a target's name means another one now than when it was paused. */
      readonly elsewhere?: true;
    }
  | { readonly outcome: 'repeated' }
  | Refused;

export type Switch = ReturnType<typeof createSwitch>;

type Ports = { readonly pauses: Pauses; readonly locations: Pick<Locations, 'find'>; readonly audit: Audit };

/** Pauses and resumes the rules of `SYNC_AUTO`, for all processes at once. If there is nothing to do, refuses with an audit row. */
export function createSwitch({ pauses, locations, audit }: Ports) {
  const refused = (actor: Actor, code: 'paused_already' | 'not_paused', target: string | undefined) =>
    refuse(audit, actor, { code, target }, { target });
  const asked = async ({ target, requestKey }: Switching) => {
    const location = target === undefined ? undefined : await locations.find(target);
    return { locationId: location?.locationId, requestKey };
  };
  const heldElsewhere = async (ended: readonly Ended[], here: number | undefined) => {
    const now = await Promise.all(ended.map(({ target }) => locations.find(target)));
    const held = [...ended, ...now].flatMap((each) => each?.locationId ?? []);
    return held.some((locationId) => locationId !== here);
  };
  return {
    pause: async (switching: Switching): Promise<Switched> => {
      const { actor, target } = switching;
      const outcome = await pauses.pause(target ?? EVERY_TARGET, actor, await asked(switching));
      if (outcome === 'paused') return { outcome, target, holds: true };
      return outcome === 'repeated' ? { outcome } : refused(actor, outcome, target);
    },
    resume: async (switching: Switching): Promise<Switched> => {
      const { actor, target } = switching;
      const where = await asked(switching);
      // Looked at before: trouble of the database must not hide that the rules apply again.
      const holds = target !== undefined && (await pauses.all()).some((each) => each.target === EVERY_TARGET);
      const resumed = await pauses.resume(target ?? EVERY_TARGET, actor, where);
      if (resumed === 'repeated') return { outcome: resumed };
      if (resumed.length === 0) return refused(actor, 'not_paused', target);
      if (target === undefined) return { outcome: 'resumed', target, holds };
      const elsewhere = await heldElsewhere(resumed, where.locationId).catch(() => false);
      return { outcome: 'resumed', target, holds, ...(elsewhere && { elsewhere }) };
    },
  };
}
