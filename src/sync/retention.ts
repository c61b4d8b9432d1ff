/** Forgets what is no longer needed; the runs themselves and the audit log stay. */
export type Retention = {
  /** Returns how many rows went. `completedDays` undefined keeps the changes of completed runs for ever. */
  purge(kept: { unconfirmedDays: number; completedDays: number | undefined }): Promise<number>;
};
