/** Characters that are invisible, reorder their neighbours or break the line; the ordinary blank is none of them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

function visible(character: string): string {
  if (!UNSEEN.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCodePoint(0x2400 + point);
  if (point === 0x7f) return '\u2421';
  const hex = point.toString(16);
  return point > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
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

/**
 * Puts an outside string into a code span, where Slack makes no mailto link of an email. Backticks become the similar `ˋ`, because
 * they cannot be escaped there; blanks at the ends become `␣`, because a span may not start or end with one; an empty string
 * becomes `""`. `limit` counts UTF-16 units of the result.
 */
export function code(data: string, limit = Number.POSITIVE_INFINITY): string {
  const shown = data.replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length));
  return `\`${shown === '' ? '""' : mrkdwn(shown, limit - 2)}\``;
}

/**
 * Turns the bot's mrkdwn into plain words, for places that read no markup: without date tokens, mentions, links, stars and
 * backticks.
 */
export function unmarked(text: string): string {
  return text
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[@#!]([^>]*)>/g, '$1')
    .replace(/[*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
