/** A text that was asked for: where it stands in the catalogue, with what, and what came of it. */
export type Call = { readonly path: string; readonly args: readonly unknown[]; readonly output: string };

export type Recording = {
  /** Every text that was read, functions that were called included. */
  readonly used: Set<string>;
  /** The first calls of each text. */
  readonly calls: Call[];
  readonly times: Map<string, number>;
};

/** So many calls of one text are looked at; more of them say nothing new. */
const KEPT = 200;

/** A catalogue that writes down what is taken from it. */
export function recorded<T extends object>(texts: T, recording: Recording, place: readonly string[] = []): T {
  return new Proxy(texts, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const path = [...place, String(key)];
      if (typeof value === 'function') return recordedFunction(value, recording, path.join('.'));
      if (typeof value === 'object' && value !== null) return recorded(value, recording, path);
      recording.used.add(path.join('.'));
      return value;
    },
  });
}

// biome-ignore lint/complexity/noBannedTypes: whatever function stands in the catalogue
function recordedFunction(text: Function, recording: Recording, path: string) {
  return (...args: unknown[]): unknown => {
    const output: unknown = Reflect.apply(text, undefined, args);
    recording.used.add(path);
    const times = recording.times.get(path) ?? 0;
    recording.times.set(path, times + 1);
    if (times < KEPT) recording.calls.push({ path, args, output: String(output) });
    return output;
  };
}

/** Every text of a catalogue by its path: a string, or how many parameters its function takes. */
export function leaves(texts: object, place: readonly string[] = []): Map<string, string | number> {
  const found = new Map<string, string | number>();
  for (const [key, value] of Object.entries(texts) as [string, unknown][]) {
    const path = [...place, key];
    if (typeof value === 'object' && value !== null) {
      for (const [inner, leaf] of leaves(value, path)) found.set(inner, leaf);
    } else {
      found.set(path.join('.'), typeof value === 'function' ? value.length : String(value));
    }
  }
  return found;
}

/** The text at a path, made with the same arguments. */
export function textAt(texts: object, path: string, args: readonly unknown[]): string {
  const text = path.split('.').reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), texts);
  return String(typeof text === 'function' ? Reflect.apply(text, undefined, args) : text);
}
