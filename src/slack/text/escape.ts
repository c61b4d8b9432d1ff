/** Characters that are invisible, reorder their neighbours or break the line; the ordinary blank is none of them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

function visible(character: string): string {
  // Nearly all data is printable ASCII, and the expression takes its time.
  if ((character >= ' ' && character <= '~') || !UNSEEN.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCodePoint(0x2400 + point);
  if (point === 0x7f) return '\u2421';
  const hex = point.toString(16);
  return point > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

const VISIBLE = /[\u2400-\u241f\u2421]|\\u(?:\{((?:10|[1-9a-f])[0-9a-f]{4})\}|((?!d[89a-f])[0-9a-f]{4}))/gi;

/** Puts back the invisible characters of a text that was copied from one of the bot's lists. */
export function copied(text: string): string {
  const blanks = text.replace(/^␣+|␣+$/g, (shown) => ' '.repeat(shown.length));
  return blanks.replace(VISIBLE, (shown: string, long?: string, short?: string) => {
    const hex = long ?? short;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return shown === '\u2421' ? '\u007f' : String.fromCodePoint((shown.codePointAt(0) ?? 0) - 0x2400);
  });
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '`': 'ˋ' };

/** One piece for each character, so that nothing beyond a limit is processed. */
function* markupOf(data: string): Iterable<string> {
  for (const character of data) yield ESCAPED[character] ?? visible(character);
}

/** Joins pieces up to `limit` UTF-16 units. Never splits a piece; `…` says that some are left out. */
function joinWithin(limit: number, pieces: Iterable<string>): string {
  let joined = '';
  let beforeEllipsis = '';
  for (const piece of pieces) {
    if (joined.length + piece.length > limit) return `${beforeEllipsis}…`;
    joined += piece;
    if (joined.length < limit) beforeEllipsis = joined;
  }
  return joined;
}

/**
 * Makes an outside string safe for a `plain_text` object: invisible characters become visible escapes (`␀`, `\u202e`), and the text
 * is cut to `limit` UTF-16 units. Slack reads no markup there; but a `<` that would begin a mention elsewhere becomes the similar
 * `‹`.
 */
export function plain(data: string, limit = Number.POSITIVE_INFINITY): string {
  return joinWithin(limit, Array.from(data.replace(/<(?=[!@#])/g, '‹'), visible));
}

/**
 * Makes an outside string safe inside mrkdwn: nothing in it can mention, link or open a code span. `limit` counts UTF-16 units of
 * the result; no entity, escape or surrogate pair is split. `&`, `<` and `>` are escaped (docs.slack.dev, "Formatting message
 * text").
 */
export function mrkdwn(data: string, limit = Number.POSITIVE_INFINITY): string {
  return joinWithin(limit, markupOf(data));
}

/** Signs that Slack reads as bold, struck through and italic, and that cannot be escaped, by the similar ones that it does not read so. */
const SIMILAR: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', _: 'ˍ' };

/** The same as `mrkdwn`, for a name: it is also never bold, italic or struck through. Slack leaves an underscore inside a word alone. */
export function literal(name: string, limit: number): string {
  const signs = /[*~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
  return mrkdwn(
    name.replace(signs, (sign) => SIMILAR[sign] ?? sign),
    limit,
  );
}

/**
 * Puts an outside string into a code span, where Slack makes no mailto link of an email. Backticks become the similar `ˋ`, because
 * they cannot be escaped there; blanks at the ends become `␣`, because a span may not start or end with one; an empty string
 * becomes `""`. `limit` counts UTF-16 units of the result.
 */
export function code(data: string, limit = Number.POSITIVE_INFINITY): string {
  const shown = data.replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length));
  return `\`${shown === '' ? '""' : mrkdwn(shown, limit - 2)}\``;
}

/** The bot's mrkdwn as plain words: without date tokens, mentions, links, stars and backticks. */
export function unmarked(text: string): string {
  const plain = text
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[@#!]([^>]*)>/g, '$1')
    .replace(/[*`]/g, '');
  return unescaped(plain);
}

/** Undoes Slack's three entities (docs.slack.dev, "Formatting message text"). */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Characters with which a formula begins in a spreadsheet, full-width forms included (OWASP, "CSV Injection"). */
const FORMULA = '[=+\\-@＝＋－＠]';
/** Some spreadsheets remove blanks and quotes before it. */
const BEGINS_AS_FORMULA = new RegExp(`^(?:[\\t\\r\\n]|[\\s"]*${FORMULA})`);
/** Characters other than the comma that separate cells or lines in some spreadsheet. */
const SEPARATOR = '[;|\\t\\r\\n\\v\\f\\u0085\\u2028\\u2029]';
/** Two signs and one name, to the end of the field: this is no formula. */
const NAME_ALONE = '--@?[\\p{L}\\p{N}_.]*$';
/** A formula behind a separator inside the field. Where Excel separates cells by `;`, quotes inside a cell protect nothing. */
const GOES_ON_AS_FORMULA = new RegExp(`${SEPARATOR}(?=[\\s"]*${FORMULA})(?!${NAME_ALONE})`, 'gu');

/** One field of a CSV file: never a formula for a spreadsheet, and quoted as RFC 4180 requires. */
export function csvField(data: string): string {
  const harmless = `${BEGINS_AS_FORMULA.test(data) ? "'" : ''}${data.replace(GOES_ON_AS_FORMULA, "$&'")}`;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
