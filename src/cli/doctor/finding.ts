/** What a check found: `detail` says what is so, `todo` what to do about it (null where there is nothing to do). */
export type Verdict =
  | { readonly status: 'pass'; readonly detail: string; readonly todo: null }
  | { readonly status: 'warn' | 'fail'; readonly detail: string; readonly todo: string };

/** One line of the doctor's report. `check` names the check; texts are one line each, free of secrets. */
export type Finding = Verdict & { readonly check: string };

export const pass = (detail: string): Verdict => ({ status: 'pass', detail, todo: null });

/** Works, but someone should look at it. */
export const warn = (detail: string, todo: string): Verdict => ({ status: 'warn', detail, todo });

/** The bot cannot do its work, or not safely. */
export const fail = (detail: string, todo: string): Verdict => ({ status: 'fail', detail, todo });

/** Brings what came from outside onto one line: no control characters, no line breaks. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
}

/** Ends a text with a full stop, unless something ends it already. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** One line of the report. */
export function reportLine(finding: Finding): string {
  return `${finding.status}  ${describe(finding)}`;
}

/** What a check found, and what to do about it. */
export function describe({ check, detail, todo }: Finding): string {
  const found = `${check}: ${detail}`;
  return todo === null ? found : `${sentence(found)} To do: ${todo}`;
}

/** The last line: how many checks ended how. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail`;
}
