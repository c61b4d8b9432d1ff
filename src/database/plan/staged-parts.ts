import type { SourcePage, SourceRow } from '../../sync/source.ts';

/** Rows of several pages make one statement; more would keep others waiting for it. */
const ROWS_PER_STATEMENT = 2_000;
/** No statement needs more, whatever the server takes. */
const MOST_BYTES = 1_000_000;

/**
 * Pages as JSON texts for `JSON_TABLE`, each an array of `{page, begins, rows}`, where `begins` counts the rows of that page
 * which came before. A text stays below half of `packetBytes`, the largest packet that the server takes, as long as a single
 * row does: a page that is larger is divided.
 */
export function* inParts(pages: readonly SourcePage[], packetBytes: number): Generator<string> {
  const most = Math.min(MOST_BYTES, Math.floor(packetBytes / 2));
  let part: string[] = [];
  let [rows, bytes] = [0, 0];
  for (const page of pages) {
    for (const piece of piecesOf(page, most)) {
      if (part.length > 0 && (rows + piece.rows > ROWS_PER_STATEMENT || bytes + piece.bytes > most)) {
        yield `[${part.join(',')}]`;
        [part, rows, bytes] = [[], 0, 0];
      }
      part.push(piece.text);
      rows += piece.rows;
      bytes += piece.bytes;
    }
  }
  if (part.length > 0) yield `[${part.join(',')}]`;
}

type Piece = { readonly text: string; readonly rows: number; readonly bytes: number };

function* piecesOf({ page, rows }: SourcePage, most: number): Generator<Piece> {
  let texts: string[] = [];
  let [begins, bytes] = [0, 0];
  const piece = (): Piece => ({
    text: `{"page":${page},"begins":${begins},"rows":[${texts.join(',')}]}`,
    rows: texts.length,
    bytes,
  });
  for (const row of rows) {
    const text = JSON.stringify(withSpellingsAsText(row));
    const more = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && (bytes + more > most || texts.length >= ROWS_PER_STATEMENT)) {
      yield piece();
      begins += texts.length;
      [texts, bytes] = [[], 0];
    }
    texts.push(text);
    bytes += more;
  }
  if (texts.length > 0) yield piece();
}

/** JSON_TABLE takes single values only, and an array as the JSON text that it is. */
function withSpellingsAsText(row: SourceRow): object {
  return row.spellings === undefined ? row : { ...row, spellings: JSON.stringify(row.spellings) };
}
