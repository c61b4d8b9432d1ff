import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The terminal as setup uses it. */
export type Terminal = {
  say(line: string): void;
  /** Shows `prompt` and resolves to the line that is typed then; `hidden`: it is not shown. */
  ask(prompt: string, how?: { readonly hidden: boolean }): Promise<string>;
};

/** The person left: Ctrl-C, Ctrl-D, or a closed terminal. */
class SetupStoppedError extends Error {
  override readonly name = 'SetupStoppedError';
}

export type OpenTerminal = Terminal & {
  /** Rejects with `SetupStoppedError` as soon as the person leaves, also where nothing is asked just then. */
  readonly stopped: Promise<never>;
  close(): void;
};

type Screen = NodeJS.WritableStream & { readonly columns?: number };

/** Talks over a terminal. Keys that are typed while no question is open are neither shown nor taken for an answer. */
export function openTerminal(input: NodeJS.ReadableStream, output: Screen): OpenTerminal {
  let shown = false;
  const echo = new Writable({
    write: (chunk, _, done) => {
      if (shown) output.write(chunk);
      done();
    },
  });
  // By it, readline wraps long lines.
  Object.defineProperty(echo, 'columns', { get: () => output.columns });
  // Without a history: it would bring secrets back at the arrow key.
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const stopped = new Promise<never>((_, reject) => {
    // As it does on Ctrl-C, unless it is told to do something else.
    lines.once('close', () => {
      output.write('\n');
      reject(new SetupStoppedError('Stopped. Nothing was written.'));
    });
  });
  return {
    stopped,
    say: (line) => {
      output.write(`${line}\n`);
    },
    ask: async (prompt, { hidden } = { hidden: false }) => {
      forgetWhatWasTyped(lines);
      shown = !hidden;
      if (hidden) output.write(prompt);
      const answer = await lines.question(hidden ? '' : prompt);
      shown = false;
      if (hidden) output.write('\n');
      return answer;
    },
    close: () => {
      lines.removeAllListeners('close');
      lines.close();
    },
  };
}

function forgetWhatWasTyped(lines: { write(data: null, key: { ctrl: true; name: string }): void }): void {
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
}

/** Settings by name; an empty one is unset. */
export type Answers = Readonly<Record<string, string>>;

/** Asks for one value; Enter keeps `known`. */
export async function askFor(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await terminal.ask(known === '' ? `${what}: ` : `${what} [${known}]: `);
  return answer.trim() || known;
}

/** The same for a list that may be empty: a lone - empties it. */
export async function askForList(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await askFor(terminal, known === '' ? what : `${what} (- for none)`, known);
  return answer === '-' ? '' : answer;
}

/** The same for a secret. It is never shown, neither typed nor as the default. */
export async function askForSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await terminal.ask(`${what}${known === '' ? '' : ' [kept]'} (hidden): `, { hidden: true });
  return answer.trim() || known;
}

/** The same for a secret that there may be none of: a lone - says so. */
export async function askForOptionalSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await askForSecret(terminal, `${what} (- for none)`, known);
  return answer === '-' ? '' : answer;
}

/** A question for y or n. Enter and any other answer mean `otherwise`. */
export async function askWhether(terminal: Terminal, what: string, otherwise: boolean): Promise<boolean> {
  const answer = await terminal.ask(`${what} [${otherwise ? 'Y/n' : 'y/N'}] `);
  const first = answer.trim().slice(0, 1).toLowerCase();
  return otherwise ? first !== 'n' : first === 'y';
}
