import type { Terminal } from '../../src/cli/setup/interview.ts';

/** The beginning of a prompt, and what is answered to it. */
export type Script = readonly (readonly [asked: string, answer: string])[];

export type ScriptedTerminal = Terminal & {
  close(): void;
  /** All that was said and asked, and what was answered, but for secrets. */
  transcript(): string;
  /** How many answers nobody asked for. */
  left(): number;
};

/** Somebody at a terminal who answers by a script. Throws where another question comes than the script has. */
export function scriptedTerminal(script: Script): ScriptedTerminal {
  const lines: string[] = [];
  let next = 0;
  return {
    say: (line) => void lines.push(line),
    ask: async (prompt, { hidden } = { hidden: false }) => {
      const [asked, answer] = script[next] ?? ['(nothing more)', ''];
      next += 1;
      if (!prompt.startsWith(asked))
        throw new Error(`Asked "${prompt}" instead of "${asked}":\n${lines.join('\n')}`);
      lines.push(`${prompt}${hidden ? '' : answer}`);
      return answer;
    },
    finish: (work) => work(new AbortController().signal),
    close: () => {},
    transcript: () => lines.join('\n'),
    left: () => script.length - next,
  };
}
