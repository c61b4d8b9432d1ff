/** Where the two inputs of the modal that adjusts a plan stand in `view.state.values`. */
export const ADJUST_INPUTS = {
  emails: { blockId: 'adjust:emails', actionId: 'emails' },
  actions: { blockId: 'adjust:actions', actionId: 'actions' },
} as const;

/** What can be left out at once. `characters` is Slack's limit for an input, `email` what `users.email` holds. */
export const ADJUST_LIMITS = { characters: 3_000, email: 255, emails: 1_000 } as const;
