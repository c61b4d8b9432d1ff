/** Characters that show as nothing, reorder their neighbours or break the line; the plain blank is not one. */
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

/** Piece by piece, so that what is beyond a limit is not looked at. */
function* markupOf(data: string): Iterable<string> {
  for (const character of data) yield ESCAPED[character] ?? visible(character);
}

/** Joins pieces up to `limit` UTF-16 units. A piece is kept whole or left out; `…` says that some are. */
function joinWithin(limit: number, pieces: Iterable<string>): string {
  let joined = '';
  let withRoomForEllipsis = '';
  for (const piece of pieces) {
    if (joined.length + piece.length > limit) return `${withRoomForEllipsis}…`;
    joined += piece;
    if (joined.length < limit) withRoomForEllipsis = joined;
  }
  return joined;
}

/**
 * Makes an outside string safe for a `plain_text` object: unseen characters become visible escapes (`␀`,
 * `\u202e`), and what exceeds `limit` UTF-16 units is cut. Slack reads no markup there; all the same, the `<` of
 * what would be a mention elsewhere becomes the look-alike `‹`.
 */
export function plain(data: string, limit = Number.POSITIVE_INFINITY): string {
  return joinWithin(limit, Array.from(data.replace(/<(?=[!@#])/g, '‹'), visible));
}

/**
 * Makes an outside string safe inside mrkdwn, so that nothing in it pings, links or opens a code span. `limit`
 * counts UTF-16 units of the result; no entity, escape or surrogate pair is split.
 * `&`, `<` and `>` are escaped (docs.slack.dev, "Formatting message text").
 */
export function mrkdwn(data: string, limit = Number.POSITIVE_INFINITY): string {
  return joinWithin(limit, markupOf(data));
}

/**
 * Shows an outside string in a code span, where Slack makes no mailto link of an email. Backticks become the
 * look-alike `ˋ`, because nothing can escape them there; blanks at the ends become `␣`, because a span may not
 * start or end in one; an empty string shows as `""`. `limit` counts UTF-16 units of the result.
 */
export function code(data: string, limit = Number.POSITIVE_INFINITY): string {
  const shown = data.replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length));
  return `\`${shown === '' ? '""' : mrkdwn(shown, limit - 2)}\``;
}

/** Our mrkdwn as words alone, where Slack or a terminal reads no markup: no dates, mentions and links, no stars and backquotes. */
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
