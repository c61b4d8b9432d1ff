import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';
import { until } from '../../sandbox/process/until.ts';
import type { Environment } from '../../src/config/settings.ts';

/** `code` is null where a signal ended it. */
type Ended = { readonly code: number | null; readonly output: string; readonly errors: string };

export type MainProcess = {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Reads no more of what it prints, as `head` does. */
  stopReading(): void;
  /** Waits until it has printed this, or has ended without it. */
  says(text: string): Promise<'said' | 'ended'>;
};

/** Starts the bot, or another command of it, as a process of its own that has no other environment. `program`: its main file. */
export function runMain(
  command: string,
  environment: Environment,
  folder: string,
  words: readonly string[] = [],
  program: string = inject('mainProgram'),
): MainProcess {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, [program, command, ...words], { cwd: folder, env });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, output, errors }));
  return {
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
    stopReading: () => {
      child.stdout.destroy();
    },
    says: (text) =>
      until(() => ((output + errors).includes(text) ? 'said' : child.exitCode !== null && 'ended'), {
        failure: () => `${text}. It said:\n${output}${errors}`,
      }),
  };
}
