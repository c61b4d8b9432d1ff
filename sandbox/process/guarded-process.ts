import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.ts';

/**
 * Standard input stays open while the starting process lives. When it closes, even after SIGKILL, the script kills the program
 * and removes its folder, so that nothing is left behind.
 */
const GUARD = `
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & program=$!
exec >/dev/null 2>&1
( cat <&3; kill -9 "$program" ) & watcher=$!
wait "$program"; status=$?
kill "$watcher"
rm -rf "$folder"
exit "$status"
`;

const KEPT_OUTPUT = 20_000;

export type GuardedProcess = {
  /** The last part of the program's output so far. */
  output(): string;
  /** Waits until the output matches. Throws if the program ends first, or after `timeoutMs`. */
  printed(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  /** True after the program has ended and its folder is gone. */
  hasEnded(): boolean;
  /** Kills the program. Resolves when its folder is gone. May be called twice. */
  stop(): Promise<void>;
};

/** Starts a program that keeps its files in `folder` and cannot outlive this process. */
export function startGuarded(program: string, args: readonly string[], folder: string): GuardedProcess {
  // A process group of its own, so that Ctrl-C in a terminal reaches the program only through the guard.
  const guard = spawn('sh', ['-c', GUARD, 'guard', folder, program, ...args], { detached: true });
  const ended = once(guard, 'exit');
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  guard.stdout.on('data', keep);
  guard.stderr.on('data', keep);
  const hasEnded = () => guard.exitCode !== null || guard.signalCode !== null;
  return {
    output: () => output,
    hasEnded,
    async printed(pattern, timeoutMs) {
      const end = await until(() => output.match(pattern) ?? hasEnded(), {
        timeoutMs,
        failure: () => `${program} did not print ${pattern}:\n${output}`,
      });
      if (end === true) throw new Error(`${program} ended:\n${output}`);
      return end;
    },
    async stop() {
      guard.stdin.destroy();
      await ended;
    },
  };
}
