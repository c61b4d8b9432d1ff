import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);

const options = z.object({
  runs: whole.default(20),
  seed: whole.default(1),
  replicas: whole.pipe(z.int().min(1).max(4)).default(1),
});

/** `--runs N --seed S --replicas R`. Throws with what is wrong. */
export function parseOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: { runs: { type: 'string' }, seed: { type: 'string' }, replicas: { type: 'string' } },
  });
  return options.parse(values);
}
