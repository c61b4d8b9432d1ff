import type { Random } from '../random.ts';

/**
 * How `users` has an email: mostly as it is compared. The application keeps capital letters, and what came with a paste: blanks
 * around it, the end of a line, characters that nobody sees. Its collation takes accents for equal.
 */
export function spelledHere(random: Random, email: string): string {
  return random.weighted([
    [70, email],
    [9, capital(email)],
    [7, email.replace('é', 'e')],
    [3, email.toUpperCase()],
    [4, ` ${email}`],
    [2, `${email} `],
    [2, `${email}\r`],
    [2, `${email}\t`],
    [1, unseenIn(email)],
  ]);
}

/** How a list has an email; some of these are unusable, and still the person's. */
export function spelledThere(random: Random, email: string): string {
  return random.weighted([
    [74, email],
    [8, ` ${email.toUpperCase()} `],
    [8, email.replace('é', 'e')],
    [3, ` ${email}`],
    [2, `${email}\r\n`],
    [2, unseenIn(email)],
    [2, email.replace('user', 'user ')],
    [1, `Somebody <${email}>`],
  ]);
}

function capital(email: string): string {
  return `${email.charAt(0).toUpperCase()}${email.slice(1)}`;
}

/** A zero-width space before the at sign. */
function unseenIn(email: string): string {
  return email.replace('@', '\u200b@');
}

/** What has no at sign, or blanks inside: users that only a list's unusable rows can mean. */
export const BARE_NAMES = ['superadmin', 'vendor 1@dkm', 'helpdesk'] as const;
