import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../sandbox/process/until.ts';
import type { Environment } from '../../src/config/settings.ts';

export type TerminalProcess = {
  /** Everything that the screen has shown. */
  screen(): string;
  /** Waits until the screen shows this, after all that was waited for before. */
  shows(text: string): Promise<unknown>;
  type(keys: string): void;
  /** The exit status. */
  readonly ended: Promise<number | null>;
};

/** Runs a program in a terminal of its own, made by `script`, which belongs to every Linux and to macOS. */
export function runInTerminal(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): TerminalProcess {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  // On Linux -e hands the exit status on; on macOS that is what happens anyway.
  const args =
    process.platform === 'linux' ? ['-qefc', quoted, '/dev/null'] : ['-q', '/dev/null', ...command];
  const child = spawn('script', args, { cwd, env: { PATH: process.env['PATH'], TERM: 'xterm', ...env } });
  let screen = '';
  let seen = 0;
  child.stdout.on('data', (chunk) => {
    screen += String(chunk);
  });
  const look = (text: string) => {
    const at = screen.indexOf(text, seen);
    if (at >= 0) seen = at + text.length;
    return at >= 0;
  };
  return {
    screen: () => screen,
    shows: (text) =>
      until(() => look(text) || child.exitCode !== null, {
        failure: () => `"${text}". The screen shows:\n${screen}`,
      }),
    type: (keys) => void child.stdin.write(keys),
    ended: once(child, 'close').then(() => child.exitCode),
  };
}
