import { setTimeout as wait } from 'node:timers/promises';

export type Crowd = {
  /** Waits for the others of the group, then a moment longer, in which one too many would show. */
  pass(): Promise<void>;
  /** How many were inside at a time, at most. */
  most(): number;
};

/** Lets groups of `size` pass, so that it is certain that so many come at a time, and seen whether more do. */
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
