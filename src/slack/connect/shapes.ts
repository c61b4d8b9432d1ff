import { z } from 'zod';

/**
 * Shapes of what Slack sends. What a decision hangs on must be there and be what Slack says it is; what only decorates may be
 * missing or null, in any of its parts: Slack's types leave almost every field out at times, and its answers have null.
 */

/** A part that may be missing or null. */
export function maybe<Shape extends z.ZodType>(shape: Shape) {
  return shape.nullish().transform((value) => value ?? undefined);
}

/** A yes or no that Slack leaves out where it is no. */
export const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A list that Slack leaves out where it is empty. */
export function listOf<Shape extends z.ZodType>(shape: Shape) {
  return z
    .array(shape)
    .nullish()
    .transform((values) => values ?? []);
}
