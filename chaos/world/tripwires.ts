import type { Effect, Fault, Fired, Phase } from '../schedule/fault.ts';

export type Tripwires = {
  /** Replaces what is armed; the counts of all points begin again. */
  arm(faults: readonly Fault[]): void;
  /** Called whenever `whose` comes to a point. Returns what goes wrong there now. */
  reached(point: string, phase: Phase, whose: object | undefined): Effect | undefined;
  /** Calls `then` once, the `nth` time from now that somebody else than `whose` is about to pass the point. */
  watch(point: string, nth: number, whose: object, then: () => void): void;
  /** Faults of this move that happened. */
  readonly fired: readonly Fired[];
  /** How often each point was reached since the world began. */
  readonly seen: ReadonlyMap<string, number>;
};

type Armed = { readonly fault: Fault; count: number; left: number };
type Watcher = { readonly point: string; readonly whose: object; readonly then: () => void; left: number };

export function createTripwires(): Tripwires {
  let armed: Armed[] = [];
  let watchers: Watcher[] = [];
  let fired: Fired[] = [];
  const seen = new Map<string, number>();

  function alert(point: string, whose: object | undefined): void {
    for (const watcher of watchers.filter((each) => each.point === point && each.whose !== whose)) {
      watcher.left -= 1;
      if (watcher.left > 0) continue;
      watchers = watchers.filter((each) => each !== watcher);
      watcher.then();
    }
  }

  /** Each fault counts on its own, so that one does not move another to a later event. */
  function trip(point: string, phase: Phase): Effect | undefined {
    let effect: Effect | undefined;
    for (const wire of armed) {
      if (wire.fault.point !== point || wire.fault.phase !== phase) continue;
      wire.count += 1;
      if (effect !== undefined || wire.count < wire.fault.nth || wire.left === 0) continue;
      if (wire.count === wire.fault.nth) fired.push({ ...wire.fault, at: Date.now() });
      wire.left -= 1;
      effect = wire.fault.effect;
    }
    return effect;
  }

  return {
    arm: (faults) => {
      armed = faults.map((fault) => ({ fault, count: 0, left: lasting(fault.effect) }));
      fired = [];
    },
    reached: (point, phase, whose) => {
      if (phase === 'before') {
        seen.set(point, (seen.get(point) ?? 0) + 1);
        alert(point, whose);
      }
      return trip(point, phase);
    },
    watch: (point, nth, whose, then) => {
      watchers.push({ point, whose, then, left: nth });
    },
    get fired() {
      return fired;
    },
    seen,
  };
}

function lasting(effect: Effect): number {
  return effect.kind === 'slack' || effect.kind === 'depot' ? effect.times : 1;
}
