import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { problemLine } from '../../config/conflicts.ts';
import { heldThrough } from '../../process/runtime.ts';
import { type Finding, isOneOf, reportLine, type Subject } from '../doctor/check.ts';
import { runChecks } from '../doctor/doctor.ts';
import { readSettings } from '../doctor/settings-checks.ts';
import { type Answers, isWritable } from './env-file.ts';

export type Terminal = {
  say(line: string): void;
  /** Shows `prompt` and returns the line that the person types. `hidden`: the line is not shown. */
  ask(prompt: string, how?: { readonly hidden: boolean }): Promise<string>;
  /** Does work that must not be left half-done: leaving, or a signal, aborts its `stop`, and whoever leaves leaves at its end. */
  finish<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T>;
};

/** The person left setup: Ctrl-C, Ctrl-D, or a closed terminal. */
class SetupStoppedError extends Error {
  override readonly name = 'SetupStoppedError';
}

type Screen = NodeJS.WritableStream & { readonly columns?: number };

/**
 * Opens a terminal for questions. Keys typed while no question is open are not shown, and not part of an answer. `stopped` rejects
 * with `SetupStoppedError` as soon as the person leaves, even between two questions, but not before the end of what `finish` has.
 */
export function openTerminal(
  input: NodeJS.ReadableStream,
  output: Screen,
): Terminal & { readonly stopped: Promise<never>; close(): void } {
  let shown = false;
  let unfinished: Promise<unknown> | undefined;
  const closed = new AbortController();
  const say = (line: string) => {
    output.write(`${line}\n`);
  };
  const echo = new Writable({
    write: (chunk, _, done) => {
      if (shown) output.write(chunk);
      done();
    },
  });
  // readline needs the width to wrap long lines.
  Object.defineProperty(echo, 'columns', { get: () => output.columns });
  // Without a history, because the arrow keys would show secrets again.
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  const stopped = new Promise<never>((_, reject) => {
    // readline closes on Ctrl-C by default.
    lines.once('close', () => {
      output.write('\n');
      closed.abort();
      // Migrations and rows of `locations` may be written by now.
      const leave = () => reject(new SetupStoppedError('Stopped. No settings were written.'));
      Promise.resolve(unfinished).then(leave, leave);
    });
  });
  return {
    stopped,
    say,
    ask: async (prompt, { hidden } = { hidden: false }) => {
      forgetWhatWasTyped(lines);
      shown = !hidden;
      if (hidden) output.write(prompt);
      const answer = await lines.question(hidden ? '' : prompt);
      shown = false;
      if (hidden) output.write('\n');
      return answer;
    },
    finish: (work) => {
      const stoppable = (stop: AbortSignal) => {
        stop.addEventListener('abort', () => lines.close());
        return work(stop);
      };
      const finishing = heldThrough(say, stoppable, closed.signal);
      unfinished = finishing;
      return finishing;
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

/** Asks for one value. Enter keeps `known`. */
export async function askFor(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await terminal.ask(known === '' ? `${what}: ` : `${what} [${known}]: `);
  return answer.trim() || known;
}

/** Asks for a list. Enter keeps `known`, and `-` means an empty list. */
export async function askForList(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await askFor(terminal, known === '' ? what : `${what} (- for none)`, known);
  return answer === '-' ? '' : answer;
}

/** Asks for a secret, which is never shown. Enter keeps `known`. */
export async function askForSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await terminal.ask(`${what}${known === '' ? '' : ' [kept]'} (hidden): `, { hidden: true });
  return answer.trim() || known;
}

/** Asks for a secret that may be empty. Enter keeps `known`, and `-` means an empty one. */
export async function askForOptionalSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await askForSecret(terminal, `${what} (- for none)`, known);
  return answer === '-' ? '' : answer;
}

/** Asks for y or n. Enter and any other answer mean `otherwise`. */
export async function askWhether(terminal: Terminal, what: string, otherwise: boolean): Promise<boolean> {
  const answer = await terminal.ask(`${what} [${otherwise ? 'Y/n' : 'y/N'}] `);
  const first = answer.trim().slice(0, 1).toLowerCase();
  return otherwise ? first !== 'n' : first === 'y';
}

/** Settings that are asked for and tested together. */
export type Question = {
  readonly title: string;
  /** Where to find the values, one line each. */
  readonly where: readonly string[];
  /** Asks for the settings. Known values are the defaults. */
  readonly ask: (terminal: Terminal, known: Answers) => Promise<Answers>;
  /** Subjects of doctor's checks that decide whether the answers are right. */
  readonly judges: readonly Subject[];
  /** Subjects of checks whose problems no answer can solve. They are only shown. */
  readonly notes?: readonly Subject[];
};

/** Asks until the answers pass their checks, or the person keeps them although they fail. */
export async function settle(question: Question, known: Answers, terminal: Terminal) {
  for (const line of ['', question.title, ...question.where.map((each) => `  ${each}`)]) terminal.say(line);
  let given: Answers = {};
  for (;;) {
    const answers = await question.ask(terminal, { ...known, ...given });
    const unwritable = Object.keys(answers).filter((name) => !isWritable(answers[name] ?? ''));
    for (const name of unwritable)
      terminal.say(
        `  ${name} cannot be written into .env: it has a # and all three kinds of quotation marks.`,
      );
    if (unwritable.length > 0) continue;
    given = answers;
    const { findings, right } = await test(question, { known, given }, terminal);
    if (right || (await askWhether(terminal, 'Keep it all the same?', false))) return { given, findings };
  }
}

/** Checks the answers. Malformed answers are not checked any further. */
async function test(
  { judges, notes = [] }: Question,
  { known, given }: { readonly known: Answers; readonly given: Answers },
  terminal: Terminal,
) {
  const settings = readSettings({ ...known, ...given });
  const malformed = settings.problems.filter(({ setting }) => Object.hasOwn(given, setting));
  for (const problem of malformed) terminal.say(`  ${problemLine(problem)}`);
  if (malformed.length > 0) return { findings: [], right: false };
  const subjects = [...judges, ...notes];
  const findings = (await runChecks(settings, subjects)).filter((finding) => isOneOf(subjects, finding));
  for (const finding of findings) terminal.say(`  ${reportLine(finding)}`);
  const isWrong = (finding: Finding) => finding.status === 'fail' && isOneOf(judges, finding);
  return { findings, right: !findings.some(isWrong) };
}
