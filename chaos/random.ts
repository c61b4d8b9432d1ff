/** A stream of pseudo random decisions: equal seeds make equal streams. */
export type Random = {
  /** At least 0 and below 1. */
  fraction(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  /** Throws where there is nothing to pick. */
  pick<T>(items: readonly T[]): T;
  /** One of the values, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T;
};

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough to choose what goes wrong. */
export function randomFrom(seed: number): Random {
  // Neighbouring seeds must not make neighbouring streams.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  const pick = <T>(items: readonly T[]): T => {
    const picked = items[whole(0, items.length - 1)];
    if (picked === undefined) throw new Error('There is nothing to pick from');
    return picked;
  };
  return {
    fraction,
    whole,
    pick,
    chance: (percent) => fraction() * 100 < percent,
    weighted: (choices) => {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0);
      let left = fraction() * total;
      for (const [weight, value] of choices) {
        left -= weight;
        if (left < 0) return value;
      }
      return pick(choices)[1];
    },
  };
}
