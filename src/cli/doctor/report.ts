import { type Finding, sentence } from './finding.ts';

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
