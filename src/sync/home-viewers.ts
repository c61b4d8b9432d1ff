/** Who looks at the app's Home tab. */
export type HomeViewers = {
  /** Remembers that someone opened it. */
  saw(userId: string): Promise<void>;
  /** Those who opened it within the last day, the latest first. */
  recent(limit: number): Promise<readonly string[]>;
};
