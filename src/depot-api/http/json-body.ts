import type { Answer } from './http.ts';

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  /** `problem` fits after "the server sent". */
  | { readonly ok: false; readonly problem: string };

/** Parses an answer's text ourselves, so that a web page or half an answer is called by its name. */
export function parseJsonBody({ text, garbled }: Pick<Answer, 'text' | 'garbled'>): JsonBody {
  if (garbled !== undefined) return { ok: false, problem: garbled };
  if (text.trim() === '') return { ok: false, problem: 'an empty answer instead of JSON' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    const isMarkup = text.trimStart().startsWith('<');
    return { ok: false, problem: isMarkup ? 'HTML instead of JSON' : 'text that is not valid JSON' };
  }
}
