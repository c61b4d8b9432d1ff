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
  /** The location that the target meant when it was paused; undefined in pauses of all targets, and of an older version. */
  readonly locationId?: number | undefined;
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
  /** Ends the pauses of these names and of the location, or all (`EVERY_TARGET`), with an audit row each. Returns them. */
  resume(targets: readonly string[], by: Actor, asked?: SwitchAsked): Promise<readonly Place[] | 'repeated'>;
};

/** The name and the location of a pause. */
type Place = Pick<Pause, 'target' | 'locationId'>;

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

type Ports = {
  readonly pauses: Pauses;
  readonly locations: Pick<Locations, 'findAll'>;
  readonly audit: Audit;
};

/** Pauses and resumes the rules of `SYNC_AUTO`, for all processes at once. If there is nothing to do, refuses with an audit row. */
export function createSwitch({ pauses, locations, audit }: Ports) {
  const refused = (actor: Actor, code: 'paused_already' | 'not_paused', target: string | undefined) =>
    refuse(audit, actor, { code, target }, { target });
  /** The locations that these names mean now. */
  const meanings = async (targets: readonly string[]) => {
    const found = await locations.findAll([...new Set(targets)].filter((target) => target !== EVERY_TARGET));
    return (target: string) => found.get(target)?.locationId;
  };
  return {
    pause: async (switching: Switching): Promise<Switched> => {
      const { actor, target = EVERY_TARGET, requestKey } = switching;
      const locationId = (await meanings([target]))(target);
      const outcome = await pauses.pause(target, actor, { locationId, requestKey });
      if (outcome === 'paused') return { outcome, target: switching.target, holds: true };
      return outcome === 'repeated' ? { outcome } : refused(actor, outcome, switching.target);
    },
    resume: async (switching: Switching): Promise<Switched> => {
      const { actor, target = EVERY_TARGET, requestKey } = switching;
      // Looked at before: trouble of the database must not hide that the rules apply again.
      const before = await pauses.all();
      const meaning = await meanings([target, ...before.map((pause) => pause.target)]);
      const heldAt = (pause: Place) => [pause.locationId, meaning(pause.target)].flatMap((id) => id ?? []);
      const locationId = meaning(target);
      const others = before.map((pause) => pause.target).filter((name) => meaning(name) === locationId);
      const targets = locationId === undefined ? [target] : [target, ...others];
      const resumed = await pauses.resume(targets, actor, { locationId, requestKey });
      if (resumed === 'repeated') return { outcome: resumed };
      if (resumed.length === 0) return refused(actor, 'not_paused', switching.target);
      const left = before.filter((pause) => !resumed.some((ended) => isSame(ended, pause)));
      const holds = left.some((pause) => pause.target === EVERY_TARGET);
      const stillHeld = [locationId, ...left.flatMap(heldAt)];
      const elsewhere = resumed.flatMap(heldAt).some((id) => !stillHeld.includes(id));
      return {
        outcome: 'resumed',
        target: switching.target,
        holds,
        ...(switching.target !== undefined && elsewhere && { elsewhere }),
      };
    },
  };
}

function isSame(one: Place, other: Place): boolean {
  return one.target === other.target && one.locationId === other.locationId;
}
