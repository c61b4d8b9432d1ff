import { setTimeout as wait } from 'node:timers/promises';

export type Crowd = {
  /** Waits for the rest of the group, then 10 ms more, in which one request too many would show. */
  pass(): Promise<void>;
  /** The largest number of callers inside at the same time. */
  most(): number;
};

/** Lets callers pass in groups of `size`. So it is certain that so many come at a time, and visible if more come. */
export function createCrowd(size: number): Crowd {
  let inside = 0;
  let most = 0;
  let arrived = 0;
  let open: () => void = () => {};
  let gate = Promise.resolve();
  return {
    most: () => most,
    pass: async () => {
      if (arrived % size === 0)
        gate = new Promise((resolve) => {
          open = resolve;
        });
      arrived += 1;
      inside += 1;
      most = Math.max(most, inside);
      const mine = gate;
      if (arrived % size === 0) open();
      await mine;
      await wait(10);
      inside -= 1;
    },
  };
}
