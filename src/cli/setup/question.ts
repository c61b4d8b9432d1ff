import { problemLine } from '../../config/conflicts.ts';
import { type Finding, isOneOf, reportLine, type Subject } from '../doctor/check.ts';
import { readSettings } from '../doctor/settings-checks.ts';
import { isWritable } from './env-file.ts';
import { type Answers, askWhether, type Terminal } from './terminal.ts';

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

export type Interviewer = {
  readonly terminal: Terminal;
  /** Runs doctor's checks on these subjects with these settings. */
  readonly examine: (settings: Answers, subjects: readonly Subject[]) => Promise<readonly Finding[]>;
};

export type Settled = { readonly given: Answers; readonly findings: readonly Finding[] };

/** Asks until the answers pass their checks, or the person keeps them although they fail. */
export async function settle(question: Question, known: Answers, interviewer: Interviewer): Promise<Settled> {
  const { terminal } = interviewer;
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
    const { findings, right } = await test(question, { ...known, ...given }, interviewer, Object.keys(given));
    if (right || (await askWhether(terminal, 'Keep it all the same?', false))) return { given, findings };
  }
}

/** Checks the answers. Malformed answers are not checked any further. */
async function test(
  question: Question,
  settings: Answers,
  { terminal, examine }: Interviewer,
  names: readonly string[],
) {
  const malformed = problemsOf(settings, names);
  for (const problem of malformed) terminal.say(`  ${problem}`);
  if (malformed.length > 0) return { findings: [], right: false };
  const findings = await examine(settings, [...question.judges, ...(question.notes ?? [])]);
  for (const finding of findings) terminal.say(`  ${reportLine(finding)}`);
  return { findings, right: !findings.some((finding) => isWrong(question, finding)) };
}

function isWrong({ judges }: Question, finding: Finding): boolean {
  return finding.status === 'fail' && isOneOf(judges, finding);
}

/** The problems of the settings with these names, one line each. */
function problemsOf(settings: Answers, names: readonly string[]): readonly string[] {
  return readSettings(settings)
    .problems.filter(({ setting }) => names.includes(setting))
    .map(problemLine);
}
