export type UserStatus = 'active' | 'inactive';

/** What Confirm does to users, in the order in which a plan lists it. */
export const EFFECTIVE_ACTIONS = ['add', 'reactivate', 'deactivate'] as const;

/** `protected` and `skipped` are listed in the plan and change nothing. */
export type ChangeAction = (typeof EFFECTIVE_ACTIONS)[number] | 'protected' | 'skipped';

/** One row of a plan: the preview, the work list, the audit trail and the undo record in one. */
export type Change = {
  /** Position in the plan, from 1. */
  readonly seq: number;
  readonly action: ChangeAction;
  /** For `skipped`, what stood where the email should be; may be empty. */
  readonly email: string;
  readonly statusBefore: UserStatus | undefined;
  readonly statusAfter: UserStatus | undefined;
  /** For `skipped`, which row of the server and why. */
  readonly detail: string | undefined;
};
