/**
 * The rules of the contract, section 1 and 2, written a second time and by other means than the product's: what an
 * email is, and which ones `utf8mb4_unicode_ci` calls equal (as far as the schedules spell them).
 */

/** An email as it is compared; undefined where it is unusable. */
export function usable(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  const email = raw.trim().toLowerCase();
  const [name, host, ...rest] = email.split('@');
  const whole = name !== '' && host !== undefined && host !== '' && rest.length === 0;
  return whole && !email.includes(' ') ? email : undefined;
}

/** Equal for what the unique index calls equal: small and capital letters, with and without accents. */
export function sameAs(email: string): string {
  return email.trim().toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
}

/** Whether one of the patterns, in which `*` stands for anything, is about the email. */
export function isProtected(email: string, patterns: readonly string[]): boolean {
  const key = sameAs(email);
  return patterns.some((pattern) => {
    const [head = '', tail] = sameAs(pattern).split('*');
    return tail === undefined ? key === head : key.startsWith(head) && key.endsWith(tail);
  });
}
