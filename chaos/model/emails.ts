/**
 * The rules of the contract, section 1 and 2, and of docs/deciding.md ("Whose row is whose"), written a second time and by
 * other means than the product's: what an email is, and which ones `utf8mb4_unicode_ci` calls equal (as far as the
 * schedules spell them).
 */

/** Blanks and control characters, and those that nobody sees. */
const UNSEEN = /[\s\p{C}]+/gu;

/** An email as it is compared; undefined where it is unusable. */
export function usable(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  const email = normalised(raw);
  const [name, host, ...rest] = email.split('@');
  const whole = name !== '' && host !== undefined && host !== '' && rest.length === 0;
  return whole && email.replaceAll(UNSEEN, '') === email ? email : undefined;
}

function normalised(text: string): string {
  return text.trim().toLowerCase();
}

/** Equal for what the unique index calls equal: letters of any case, accents, blanks at the end, characters without width. */
export function inIndex(text: string): string {
  const letters = text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\p{M}\u200b\ufeff]/gu, '');
  return letters.replace(/ +$/, '');
}

/** Equal where two texts, as they stand or normalised, are the same person's email. */
export function sameAs(text: string): string {
  return inIndex(normalised(text));
}

/** What a text without a usable email may mean: itself and its pieces, without blanks and unseen characters. */
export function meanings(raw: unknown): string[] {
  if (typeof raw !== 'string') return [];
  const pieces = [raw, ...raw.split(/[\s,;<>]+/)].map(unseenRemoved);
  return pieces.filter((piece) => piece !== '');
}

export function unseenRemoved(text: string): string {
  return inIndex(text.replaceAll(UNSEEN, ''));
}

/** Whether one of the patterns, in which `*` stands for anything, is about the email, as it stands or normalised. */
export function isProtected(email: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const [head = '', tail] = sameAs(pattern).split('*');
    return [inIndex(email), sameAs(email)].some((key) =>
      tail === undefined ? key === head : key.startsWith(head) && key.endsWith(tail),
    );
  });
}
