import { withTimeout } from '../sync/abort.ts';

/** The parts without which the bot cannot work. */
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
      await withTimeout(ANSWER_WITHIN_MS, undefined, checks[part]);
      return undefined;
    } catch (error) {
      return { part, error };
    }
  });
  return (await Promise.all(looks)).filter((missing) => missing !== undefined);
}
