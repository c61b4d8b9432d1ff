import { domainToASCII, domainToUnicode } from 'node:url';
import { decodeHTML } from 'entities/decode';

const MIN_LENGTH = 3;
/** The number of characters that `users.email` holds. */
const MAX_LENGTH = 255;

/** White space, control, invisible (`DI`) and private-use characters, broken UTF-16, and U+FFFD, the sign of broken UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cf}\p{DI}\p{Zs}\p{Zl}\p{Zp}\p{Co}\p{Cs}\uFFFD]/u;

/**
 * Signs that a text is no email, but contains one, or several, or a damaged one. Taken for an email, the text would be added as a
 * new user, and the user whom it names would be deactivated.
 */
const WITH_EMAIL_IN_IT = new RegExp(
  [
    /^[a-z][a-z-]*:|^[,;:.>)\]}]/, // mailto:budi@dkm, >budi@dkm
    /^[^\p{L}\p{N}!-~][^@\p{L}\p{N}]*[\p{L}\p{N}]/u, // •budi@dkm
    /^[^"]+"@|^[^<([]*[>)\]]@/, // budi>@dkm
    /[^\p{L}\p{M}\p{N}\]_-]$|(?<!@\[[^@]*)\]$/u, // budi@dkm' but not budi@[127.0.0.1]
    /^[<'`([{“”„‘’«»‹›](?:[\p{L}\p{M}\p{N}._+-]|['’](?!@))+@|^"[^"]*$/u, // 'budi@dkm
    /@[^@]*[!"'`<>(){}\\/,;&%=?*#|^$“”„‘’«»‹›，、；：][^@]*$/, // budi@dkm>
    /<[^<>@]+@[^<>@]+>/, // Budi<budi@dkm>
    /&(?:#x?[\da-f]+|apos|quot|lt|gt);/, // o&#039;brien@dkm
    /^[^&]*(?:&[a-z][a-z\d]*;[^&]*)+$/, // r&amp;d@dkm; whoever escapes for HTML leaves no ampersand alone
    /\\|%[\da-f]{2}/, // o\'brien@dkm
  ]
    .map(({ source }) => source)
    .join('|'),
  'iu',
);

/**
 * Whether a text has several at signs, as in `ani@dkm,budi@dkm` and `budi@@dkm`. In `"a@b"@c`, the first is a part of the name, and in
 * `@budi@dkm` one of the signs that `withoutSigns` takes away.
 */
function hasSeveral(text: string): boolean {
  const begins = text.replace(/^<?@/, '');
  return begins.indexOf('@') < begins.lastIndexOf('@') && !/^"[^",;:&/|]*"@[^@]*$/.test(begins);
}

/**
 * An email in the form for comparison: trimmed and in lower case (contract, section 1), and with composed letters, because Unicode
 * has two ways to write `é`, which binary collations tell apart. Undefined if it is unusable.
 * `vendor1@dkm` is usable: a dot is not required.
 */
export function normalizeEmail(raw: string): string | undefined {
  const trimmed = raw.trim();
  // Checked first, because composing takes minutes for a letter with a million accents. A composed letter had up to four signs.
  if (trimmed.length > 8 * MAX_LENGTH) return undefined;
  const email = trimmed.toLowerCase().normalize('NFC');
  // A character has at most two code units.
  if (email.length > 2 * MAX_LENGTH) return undefined;
  // Full-width signs damage an email as others do.
  const forms = [email, email.normalize('NFKC')];
  if (UNUSABLE.test(email) || forms.some((form) => WITH_EMAIL_IN_IT.test(form) || hasSeveral(form)))
    return undefined;
  const length = [...email].length;
  const at = email.lastIndexOf('@');
  const hasBothSides = at > 0 && at < email.length - 1;
  return hasBothSides && length >= MIN_LENGTH && length <= MAX_LENGTH ? email : undefined;
}

/** The text in the place of the email, made fit for a column of 255 characters: no NUL, no lone surrogates. */
export function quoteRawEmail(value: unknown): string {
  const text =
    value !== null && typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  const kept = text.slice(0, 4 * MAX_LENGTH).replace(/[\0\p{Cs}]/gu, '');
  return [...kept].slice(0, MAX_LENGTH).join('');
}

/** The number of characters of a row's spellings as JSON that are staged (src/database/plan/staging.ts): 31 long emails, or 400. */
const MOST_STAGED = 8_000;
/** The number of characters that are searched for spellings: an email with much text around it, but not megabytes. */
const LONGEST_RAW = 4_096;

/** White space and invisible characters. `folded` in `src/database/plan/eligibility.ts` removes the same from `users.email`. */
const UNSEEN = /[\s\p{Z}\p{C}\p{DI}]+/gu;
/** Text around an email: `Budi <budi@dkm>`, `budi@dkm; ani@dkm`, `mailto:budi@dkm`. */
const AROUND = /[\s\p{Z}<>()[\]{}"'`“”„‘’«»‹›,;:|/\\!&%=?*#^$]+/u;
/** A sign around a text: `'o'brien@dkm` and `o'brien@dkm>` mean one person. */
const SIGN_AROUND = /[^\p{L}\p{N}]/u;
/** A sign with which a piece may begin or end, as in `budi@dkm.`. */
const AT_THE_END = /[.@]/;

/**
 * Other spellings, of at most 255 characters, under which `users.email` may have the person of a row: the server's text, the text
 * without invisible characters, the text that was meant by HTML, and each piece of it. Undefined if there are none besides `email`,
 * the normalised text. A user with such a spelling is not deactivated (docs/deciding.md, "Whose row is whose").
 */
export function spellingsOf(raw: unknown, email: string | undefined): readonly string[] | undefined {
  if (raw === undefined || raw === null) return undefined;
  const others =
    email === undefined ? [] : [email.normalize('NFD'), ...otherDomains(email), ...withoutSigns(email)];
  if (raw === email && others.every((other) => other === email)) return undefined;
  const text = (typeof raw === 'object' ? writtenAs(raw) : String(raw)).slice(0, LONGEST_RAW);
  const texts = [text, ...others, ...(email === undefined ? textsIn(text) : [])];
  // The normalised forms come first: most users are spelled so.
  const forms = [
    ...texts.map((each) => normalizeEmail(each) ?? ''),
    ...texts,
    ...texts.map((each) => each.replace(UNSEEN, '').toLowerCase()),
  ];
  const kept = [...new Set(forms.map(storable))].filter((each) => each !== email && each !== '');
  return kept.length === 0 ? undefined : first(kept, MOST_STAGED);
}

/** The email with its domain as DNS has it and as people read it (`xn--mnchen-3ya.de`, `münchen.de`); none for other domains. */
function otherDomains(email: string): readonly string[] {
  const begins = email.lastIndexOf('@') + 1;
  const [local, domain] = [email.slice(0, begins), email.slice(begins)];
  if (!/[^ -~]|xn--/.test(domain)) return [];
  const forms = [domainToASCII(domain), domainToUnicode(domain)];
  return forms.filter((form) => form !== '').map((form) => local + form);
}

const PLAIN = /^[\w.+'-]+@[\w.-]+$/;
/** A sign that no name of an email begins or ends with, unless it is between quotes. */
const SIGN_OF_NO_NAME = /[^\p{L}\p{M}\p{N}._+'-]/u;

/** The email without unusual signs at the ends of its name and domain: `*budi@dkm` and `<budi>@dkm` may mean `budi@dkm`. */
function withoutSigns(email: string): readonly string[] {
  if (PLAIN.test(email)) return [];
  const at = email.lastIndexOf('@');
  const name = within(email.slice(0, at), SIGN_OF_NO_NAME);
  const domain = within(email.slice(at + 1), SIGN_AROUND);
  return name === '' || domain === '' ? [] : [`${name}@${domain}`];
}

/** A value that is no text, as JSON; empty if it is nested so deeply that it cannot be written again. */
function writtenAs(raw: object): string {
  try {
    return JSON.stringify(raw);
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
}

/** As many of the first texts as `most` characters of JSON can hold. */
function first(texts: readonly string[], most: number): readonly string[] {
  let length = 2;
  const end = texts.findIndex((text) => {
    length += JSON.stringify(text).length + 1;
    return length > most;
  });
  return end < 0 ? texts : texts.slice(0, end);
}

/** What a text that is no usable email may mean: the text without escapes or in another form, and each piece of it. */
function textsIn(text: string): readonly string[] {
  const plain = unescaped(text).normalize('NFC');
  const compatible = plain.normalize('NFKC');
  // The pieces before and behind each at sign: `budi>@dkm`, `budi@@dkm` and `budi@dkm@dkm` mean `budi@dkm`.
  const sides = compatible
    .split('@')
    .map(piecesOf)
    .filter(({ length }) => length > 0);
  const emails = sides.slice(1).map(([domain], index) => `${sides[index]?.at(-1)}@${domain}`);
  const inner = within(plain, SIGN_AROUND);
  const begins = plain.indexOf(inner);
  // At one end, the sign may be the email's own, as in `_budi@dkm+`.
  const halves = inner.includes('@') ? [plain.slice(begins), plain.slice(0, begins + inner.length)] : [];
  const forms = [text.trim(), text.normalize('NFC'), text.normalize('NFKC')];
  return [plain, inner, ...halves, ...emails, ...forms, ...piecesOf(compatible)];
}

function piecesOf(text: string): readonly string[] {
  const pieces = text.split(AROUND).filter(({ length }) => length <= 8 * MAX_LENGTH);
  return pieces.map((piece) => within(piece, AT_THE_END)).filter((piece) => piece !== '');
}

/** A text without the characters of `sign` at its ends. A pattern with `+$` would take long for thousands of them. */
function within(text: string, sign: RegExp): string {
  const signs = [...text];
  const from = signs.findIndex((each) => !sign.test(each));
  return from < 0 ? '' : signs.slice(from, signs.findLastIndex((each) => !sign.test(each)) + 1).join('');
}

/** The text that was meant by HTML (an ampersand may have been escaped once more), in quoted text, or in an address. */
export function unescaped(text: string): string {
  return decodeHTML(decodeHTML(text))
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\[rnt]/g, ' ')
    .replace(/\\(.)/g, '$1')
    .replace(/(?:%[\da-f]{2})+/gi, (bytes) => {
      try {
        return decodeURIComponent(bytes);
      } catch {
        return Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('latin1');
      }
    });
}

/** A text that MySQL can store; empty if it is too long for `users.email`. */
function storable(text: string): string {
  const kept = text.replace(/[\0\p{Cs}]/gu, '');
  return [...kept].length <= MAX_LENGTH ? kept : '';
}
