import { normalizeEmail } from './email.ts';

/** Characters that `users.email` holds. */
const MAX_LENGTH = 255;
/** More emails than that in one field are no person's. */
const MOST = 12;
/** Longer than any text of 255 characters with as much around it: a string of megabytes is not taken apart. */
const LONGEST_RAW = 4_096;

/** White space and characters that nobody sees. `src/database/plan/spelling.ts` leaves the same out of `users.email`. */
const UNSEEN = /[\s\p{Z}\p{C}]+/gu;
/** What stands around an email: `Budi <budi@dkm>`, `budi@dkm; ani@dkm`, `mailto:budi@dkm`. */
const AROUND = /[\s\p{Z}<>()[\]{}"'`,;|/\\]+|\bmailto:/iu;

/**
 * Further texts that may stand in `users.email` for the person of a row, of at most 255 characters: the text as the server
 * spells it, without unseen characters, and each piece of it. Undefined where `email`, the normalised text, says it all.
 * Whoever is spelled so in `users` is not deactivated (docs/deciding.md, "Whose row is whose").
 */
export function spellingsOf(raw: unknown, email: string | undefined): readonly string[] | undefined {
  if (raw === undefined || raw === null || raw === email || typeof raw === 'object') return undefined;
  const text = String(raw).slice(0, LONGEST_RAW);
  const whole = email === undefined ? [text.trim(), text.normalize('NFC'), text.normalize('NFKC')] : [];
  const pieces = email === undefined ? text.normalize('NFKC').split(AROUND) : [];
  const texts = [text, ...whole, ...pieces].flatMap((each) => [
    each,
    normalizeEmail(each) ?? '',
    each.replace(UNSEEN, '').toLowerCase(),
  ]);
  const kept = [...new Set(texts.map(storable))].filter((each) => each !== email && each !== '');
  return kept.length === 0 ? undefined : kept.slice(0, MOST);
}

/** A text as MySQL can hold it; empty where it is too long to stand in `users`. */
function storable(text: string): string {
  const kept = text.replace(/[\0\p{Cs}]/gu, '');
  return [...kept].length <= MAX_LENGTH ? kept : '';
}
