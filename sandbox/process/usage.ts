import { ZodError } from 'zod';

/** A command line that cannot be understood. The message says what is wrong with it, and how the program is started. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads a command line with `parse`. Throws `UsageError` where `parse` throws. */
export function readCommandLine<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError([...problemsOf(error), usage].join('\n'), { cause: error });
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ZodError)
    return error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`);
  return [error instanceof Error ? error.message : String(error)];
}

/** Ends the process with the status of `main`. Where it throws, prints why, and ends the process with 1. */
export function exitWith(main: Promise<number>): void {
  main.then(
    (status) => process.exit(status),
    (error: unknown) => {
      console.error(error instanceof UsageError ? error.message : withCauses(error));
      process.exit(1);
    },
  );
}

/** The message of an error and of each cause of it: `fetch failed` alone does not say that a connection was reset. */
export function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${withCauses(error.cause)}`;
}
