export type UserStatus = 'active' | 'inactive';

/** What Confirm does to users, in the order in which a plan lists it. */
export const EFFECTIVE_ACTIONS = ['add', 'reactivate', 'deactivate'] as const;

/**
 * Everything that a plan lists, in the order in which it is shown. Users whom an admin left out (`omitted`), protected
 * users, users who are left alone for a reason of their own (`kept`) and skipped rows are listed and change nothing.
 */
export const LISTED_ACTIONS = [...EFFECTIVE_ACTIONS, 'omitted', 'protected', 'kept', 'skipped'] as const;

export type EffectiveAction = (typeof EFFECTIVE_ACTIONS)[number];
export type ChangeAction = (typeof LISTED_ACTIONS)[number];

/**
 * Why a user is left alone. `ambiguous`: two users could be the person of one row of the list. `unproven`: the user is not
 * on the list, and the server cannot prove that somebody is absent. `deleted`: softly, by `deleted_at`. `odd_status`:
 * neither active nor inactive. `no_email`: the email is NULL, and nobody can say who the user is. `absent_shortly`: not absent on
 * enough days yet.
 */
export const KEEP_REASONS = [
  'ambiguous',
  'unproven',
  'deleted',
  'odd_status',
  'no_email',
  'absent_shortly',
] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** One row of a plan: the preview, the work list, the audit trail and the undo record in one. */
export type Change = {
  /** Position in the plan, from 1. */
  readonly seq: number;
  readonly action: ChangeAction;
  /** For `skipped`, the text in the place of the email; may be empty. */
  readonly email: string;
  readonly statusBefore: UserStatus | undefined;
  readonly statusAfter: UserStatus | undefined;
  /** For `skipped`, a `SkipReason`, or `changed_since` in a rollback; for `kept`, a `KeepReason`. */
  readonly detail: string | undefined;
  /** For `skipped`, the `id_user` of the row. Plans of older versions name it in `detail`. */
  readonly sourceId?: bigint | undefined;
};

/** What would have happened to somebody who was left out of a plan (`omitted`). */
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

/** A value for a column of a new user; text may name `{email}` and `{localpart}`, the part before the @. */
export type NewUserValue = string | number | null;

/** Columns of `users`, and what a new user gets there (`NEW_USER_DEFAULTS`). */
export type NewUserDefaults = ReadonlyMap<string, NewUserValue>;

const PLACEHOLDERS = ['{email}', '{localpart}'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A text in its pieces, such as `{localpart}` and ` of the depot`. */
export type Piece = { readonly placeholder: Placeholder } | { readonly text: string };

export function piecesOf(value: string): readonly Piece[] {
  return value
    .split(/(\{email\}|\{localpart\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const placeholder = PLACEHOLDERS.find((each) => each === piece);
      return placeholder === undefined ? { text: piece } : { placeholder };
    });
}

/** The one order in which emails are shown: by their letters, and where those are alike, user2 before user10. */
export function compareEmails(one: string, other: string): number {
  const letters = (email: string) => email.replace(/[0-9]+/g, '');
  return compare(letters(one), letters(other)) || [...one].length - [...other].length || compare(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
