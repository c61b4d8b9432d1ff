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
