import { z } from 'zod';

/**
 * Shapes of Slack's payloads and answers. A field on which a decision depends must be there, as Slack documents it. Any other field
 * may be missing or null: Slack's types make almost every field optional, and its answers contain null.
 */

/** A field that may be missing or null. */
export function maybe<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish().transform((value) => value ?? undefined);
}

/** A boolean; missing means false. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A text; missing means empty. */
export const extra = maybe(z.string()).transform((text) => text ?? '');

/** A submitted modal, as far as the bot reads it: the metadata with which it was opened, and its inputs by block. */
export function submissionOf<Inputs extends z.ZodRawShape>(inputs: Inputs) {
  return z.object({ private_metadata: z.string(), state: z.object({ values: z.object(inputs) }) });
}

/** A list; missing means empty. */
export function listOf<Shape extends z.ZodType>(shape: Shape) {
  return z
    .array(shape)
    .nullish()
    .transform((values) => values ?? []);
}
