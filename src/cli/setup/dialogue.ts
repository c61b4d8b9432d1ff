import type { Terminal } from './terminal.ts';

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

/** The same for a secret, which is shown neither while it is typed nor as what is known. */
export async function askForSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await terminal.ask(`${what} [${known === '' ? 'not shown' : 'kept'}]: `, { hidden: true });
  return answer.trim() || known;
}

/** The same for a secret that there may be none of: a lone - says so. */
export async function askForOptionalSecret(terminal: Terminal, what: string, known = ''): Promise<string> {
  const answer = await askForSecret(terminal, `${what} (- for none)`, known);
  return answer === '-' ? '' : answer;
}

/** A question for y or n; Enter, and whatever else is typed, means `otherwise`. */
export async function askWhether(terminal: Terminal, what: string, otherwise: boolean): Promise<boolean> {
  const answer = await terminal.ask(`${what} [${otherwise ? 'Y/n' : 'y/N'}] `);
  const first = answer.trim().slice(0, 1).toLowerCase();
  return otherwise ? first !== 'n' : first === 'y';
}
