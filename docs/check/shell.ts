import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../sandbox/process/until.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Place = { readonly folder: string; readonly env: Environment };

export type Ended = { readonly code: number; readonly output: string };

/** A command that goes on running. */
export type Running = {
  /** Waits until it has printed this. Throws where it ends before, or after `timeoutMs`. */
  says(text: string, timeoutMs?: number): Promise<void>;
  ended(): Promise<Ended>;
  /** Sends it a signal, as Ctrl-C in a terminal does, and waits for its end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
};

const COMMAND_WITHIN_MS = 180_000;
const SAYS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 20_000;

/** Runs a command of a page as a reader's shell does. */
export async function run(command: string, place: Place): Promise<Ended> {
  const { child, output } = launch('bash', ['-euo', 'pipefail', '-c', command], place);
  const tooLong = setTimeout(() => kill(child, 'SIGKILL'), COMMAND_WITHIN_MS);
  await once(child, 'close');
  clearTimeout(tooLong);
  return { code: child.exitCode ?? -1, output: output() };
}

export function start(command: string, place: Place): Running {
  return running(launch('bash', ['-c', `exec ${command}`], place));
}

/** Starts a program under another user where this process may do that. */
export function startAs(uid: number | undefined, program: readonly string[], place: Place): Running {
  const [name = '', ...args] = program;
  return running(launch(name, args, place, uid));
}

type Launched = { readonly child: ChildProcess; output(): string };

function launch(program: string, args: readonly string[], { folder, env }: Place, uid?: number): Launched {
  // A group of its own, so that a signal reaches npm and what npm has started.
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...identity,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  return { child, output: () => output };
}

function running({ child, output }: Launched): Running {
  const closed = once(child, 'close');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = async () => {
    await closed;
    return { code: child.exitCode ?? -1, output: output() };
  };
  return {
    ended,
    says: async (text, timeoutMs = SAYS_WITHIN_MS) => {
      await until(() => output().includes(text) || hasEnded(), {
        timeoutMs,
        failure: () => `"${text}". It said:\n${output()}`,
      });
      if (!output().includes(text)) throw new Error(`It ended before it said "${text}":\n${output()}`);
    },
    end: async (signal) => {
      kill(child, signal);
      const tooLong = setTimeout(() => kill(child, 'SIGKILL'), ENDS_WITHIN_MS);
      const result = await ended();
      clearTimeout(tooLong);
      return result;
    },
  };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
