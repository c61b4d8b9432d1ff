import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);

const options = z.object({
  runs: whole.default(20),
  kills: whole.optional(),
  seed: whole.default(1),
  replicas: whole.pipe(z.int().min(1).max(4)).default(1),
});

/**
 * `--runs N --seed S --replicas R`, or `--kills N --seed S`: that many kills at every point of a sync, in turn with two
 * replicas and with one bot that is started again. Throws with what is wrong.
 */
export function parseOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      kills: { type: 'string' },
      seed: { type: 'string' },
      replicas: { type: 'string' },
    },
  });
  return options.parse(values);
}
