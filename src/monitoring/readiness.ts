/** What the bot cannot work without. */
export const PARTS = ['database', 'slack'] as const;

export type Part = (typeof PARTS)[number];

/** Each throws where its part cannot be used now. */
export type Checks = Readonly<Record<Part, () => Promise<unknown>>>;

export type Missing = { readonly part: Part; readonly error: unknown };

/** How long anybody waits for an answer of a part; later ones count as none. */
export const ANSWER_WITHIN_MS = 3_000;

/** The parts that cannot be used now, in order. Never rejects. */
export async function missingParts(checks: Checks): Promise<readonly Missing[]> {
  const looks = PARTS.map(async (part): Promise<Missing | undefined> => {
    try {
      await within(ANSWER_WITHIN_MS, checks[part]);
      return undefined;
    } catch (error) {
      return { part, error };
    }
  });
  return (await Promise.all(looks)).filter((missing) => missing !== undefined);
}

/** The answer did not come in time. Says nothing of what it would have been. */
export class LateError extends Error {
  override readonly name = 'LateError';
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/** Gives `work` `ms` milliseconds; afterwards its signal aborts, and `LateError` is thrown whatever it does. */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = new LateError(ms);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late);
      limit.abort(late);
    }, ms);
  });
  try {
    return await Promise.race([work(limit.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
