import type { Finding } from './finding.ts';

/** One line of the report. */
export function reportLine({ status, check, detail, todo }: Finding): string {
  const line = `${status}  ${check}: ${detail}`;
  return todo === null ? line : `${line}${/[.!?…]$/.test(detail) ? '' : '.'} To do: ${todo}`;
}

/** The last line: how many checks ended how. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail`;
}
