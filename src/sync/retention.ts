/** Forgets what is no longer needed; the runs themselves and the audit log stay. */
export type Retention = {
  /** Empties the staging of runs that read no more. Returns how many rows went. */
  clearStaged(): Promise<number>;
  /** Plans, and what `clearStaged` would clear. Returns how many rows went. `completedDays` undefined keeps the changes of completed runs for ever. */
  purge(kept: { unconfirmedDays: number; completedDays: number | undefined }): Promise<number>;
};
