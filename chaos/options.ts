import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readCommandLine } from '../sandbox/process/usage.ts';

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);

/** None at all would pass without having tried anything. */
const some = whole.refine((n) => n > 0, 'must be at least 1');

const options = z.object({
  runs: some.default(20),
  kills: some.optional(),
  seed: whole.default(1),
  replicas: whole.refine((n) => n >= 1 && n <= 4, 'must be from 1 to 4').default(1),
});

const USAGE = 'npm run chaos -- [--runs N | --kills N] [--seed S] [--replicas R]';

/**
 * `--runs N --seed S --replicas R`, or `--kills N --seed S`: that many kills at every point of a sync, in turn with two
 * replicas and with one bot that is started again. Throws `UsageError`.
 */
export function parseOptions(args: readonly string[]) {
  return readCommandLine(USAGE, () => {
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
  });
}
