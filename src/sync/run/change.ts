export type UserStatus = 'active' | 'inactive';

/** The actions that change users, in the order of a plan. */
export const EFFECTIVE_ACTIONS = ['add', 'reactivate', 'deactivate'] as const;

/**
 * All actions that a plan lists, in the order shown. Users whom an admin left out (`omitted`), protected users, users who are
 * left alone for another reason (`kept`) and skipped rows do not change.
 */
export const LISTED_ACTIONS = [...EFFECTIVE_ACTIONS, 'omitted', 'protected', 'kept', 'skipped'] as const;

export type EffectiveAction = (typeof EFFECTIVE_ACTIONS)[number];
export type ChangeAction = (typeof LISTED_ACTIONS)[number];

/** Whether an action changes a user. `unchanged` and the others only list who stays as they are. */
export function isEffective(action: ChangeAction | 'unchanged'): action is EffectiveAction {
  return EFFECTIVE_ACTIONS.some((each) => each === action);
}

/**
 * Why a user is left alone. `ambiguous`: several users could be the same person. `unproven`: the user is not on the list, but the
 * absence is not proven. `deleted`: soft-deleted (`deleted_at`). `odd_status`: neither active nor inactive. `no_email`: the email
 * is NULL. `long_email`, `negative_id`: a plan can hold neither the email nor the row's id. `absent_shortly`: not yet absent on
 * enough days.
 */
export const KEEP_REASONS = [
  'ambiguous',
  'unproven',
  'deleted',
  'odd_status',
  'no_email',
  'long_email',
  'negative_id',
  'absent_shortly',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** One row of a plan: preview, work list, audit trail and undo record in one. */
export type Change = {
  /** Position in the plan, from 1. */
  readonly seq: number;
  readonly action: ChangeAction;
  /** For a skipped row of the list: the text in the place of the email; may be empty. */
  readonly email: string;
  readonly statusBefore: UserStatus | undefined;
  readonly statusAfter: UserStatus | undefined;
  /** For `skipped`: a `SkipReason`, or `changed_since` in a rollback. For `kept`: a `KeepReason`. */
  readonly detail: string | undefined;
  /** For a skipped row of the list: its `id_user`. Plans of older versions have it in `detail`. */
  readonly sourceId?: bigint | undefined;
};

/** The action that the plan had for a user who was left out (`omitted`). */
export function omittedEffect({ statusBefore }: Pick<Change, 'statusBefore'>): EffectiveAction {
  switch (statusBefore) {
    case undefined:
      return 'add';
    case 'inactive':
      return 'reactivate';
    case 'active':
      return 'deactivate';
  }
}

/** The changes that an admin leaves out of a plan. */
export type Omission = {
  readonly emails: readonly string[];
  readonly actions: readonly EffectiveAction[];
};

/** A value for a column of a new user. A text may contain `{email}` and `{localpart}`, the part before the @. */
export type NewUserValue = string | number | null;

/** Columns of `users` and their values for a new user (`NEW_USER_DEFAULTS`). */
export type NewUserDefaults = ReadonlyMap<string, NewUserValue>;

const PLACEHOLDERS = ['{email}', '{localpart}'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** One piece of a `NewUserValue`: a placeholder, or plain text such as ` of the depot`. */
export type Piece = { readonly placeholder: Placeholder } | { readonly text: string };

/** Splits a value of `NEW_USER_DEFAULTS` into placeholders and plain texts. */
export function piecesOf(value: string): readonly Piece[] {
  return value
    .split(/(\{email\}|\{localpart\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const placeholder = PLACEHOLDERS.find((each) => each === piece);
      return placeholder === undefined ? { text: piece } : { placeholder };
    });
}

/** Compares emails for display. Everything but the digits counts first, so that user2 comes before user10. */
export function compareEmails(one: string, other: string): number {
  const letters = (email: string) => email.replace(/[0-9]+/g, '');
  return compare(letters(one), letters(other)) || [...one].length - [...other].length || compare(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
