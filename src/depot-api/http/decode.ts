/** Names of UTF-8 and of what is a part of it. */
const UTF_8 = /^(x-|unicode-1-1-)?(utf-?8|utf8mb[34]|us-ascii|ascii)$/i;
/** Charsets that write letters beyond ASCII in bytes of ASCII. */
const HIDES_IN_ASCII = /utf-?7|^iso-?2022|^hz/i;
const CHARSET = /;\s*charset\s*=\s*["']?([^\s"',;]+)/i;
const LONGEST_NAME = 40;

export type Decoded = {
  readonly text: string;
  /** What is wrong with the bytes, such that it fits after "the server sent"; the text is empty then. */
  readonly garbled?: string;
};

/**
 * An answer's bytes as text. JSON is UTF-8 (RFC 8259, section 8.1), and one wrong byte refuses all of them: a letter that
 * is read as another one makes another email of it, and so another person. Where the header names another charset, bytes
 * beyond ASCII may be in either, so they are not guessed at. A byte order mark is left out.
 */
export function decodeUtf8(bytes: Uint8Array, contentType: string | undefined): Decoded {
  const charset = CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8';
  const isPlain = () => !HIDES_IN_ASCII.test(charset) && bytes.every((byte) => byte < 0x80);
  if (!UTF_8.test(charset) && !isPlain()) {
    return { text: '', garbled: `text in ${charset.slice(0, LONGEST_NAME)} instead of UTF-8` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { text: '', garbled: 'text that is not UTF-8' };
  }
}
