/** Where the two inputs of the guard's modal stand in `view.state.values`. */
export const GUARD_INPUTS = {
  target: { blockId: 'guard:target', actionId: 'target' },
  reason: { blockId: 'guard:reason', actionId: 'reason' },
} as const;

/** Characters of a reason. The longest is what `sync_runs.reason` holds. */
export const REASON_LENGTH = { min: 5, max: 1_000 } as const;
