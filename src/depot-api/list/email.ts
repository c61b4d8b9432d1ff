const MIN_LENGTH = 3;
/** Characters that `users.email` holds. */
const MAX_LENGTH = 255;

/** White space, control, invisible and private-use characters, broken UTF-16, and U+FFFD: broken UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\uFFFD]/u;

/**
 * An email as it is compared: trimmed and lower-cased (contract, section 1). Undefined where it is unusable.
 * `vendor1@dkm` is usable: no dot is asked for.
 */
export function normalizeEmail(raw: string): string | undefined {
  const email = raw.trim().toLowerCase();
  // A character takes at most two code units, so that a string of megabytes is not taken apart.
  if (email.length > 2 * MAX_LENGTH || UNUSABLE.test(email)) return undefined;
  const length = [...email].length;
  const at = email.lastIndexOf('@');
  const hasBothSides = at > 0 && at < email.length - 1;
  return hasBothSides && length >= MIN_LENGTH && length <= MAX_LENGTH ? email : undefined;
}

/** What stood where the email should be, fit for a column of 255 characters: no NUL, no lone surrogate. */
export function quoteRawEmail(value: unknown): string {
  const text =
    value !== null && typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  const kept = text.slice(0, 4 * MAX_LENGTH).replace(/[\0\p{Cs}]/gu, '');
  return [...kept].slice(0, MAX_LENGTH).join('');
}
