import { z } from 'zod';

/**
 * Shapes of Slack's payloads and answers. A field that decides something must be there, in the shape that Slack documents. Any
 * other field may be missing or null: Slack's types leave almost every field out at times, and its answers have null.
 */

/** A part that may be missing or null. */
export function maybe<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish().transform((value) => value ?? undefined);
}

/** A boolean that Slack leaves out if it is false. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A list that Slack leaves out if it is empty. */
export function listOf<Shape extends z.ZodType>(shape: Shape) {
  return z
    .array(shape)
    .nullish()
    .transform((values) => values ?? []);
}
