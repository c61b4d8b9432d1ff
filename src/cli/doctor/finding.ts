/** The subject of a check, for programs. */
export type Topic =
  | 'node'
  | 'database'
  | 'database_encryption'
  | 'database_version'
  | 'database_session'
  | 'database_clock'
  | 'migrations'
  | 'own_tables'
  | 'audit_triggers'
  | 'shared_tables'
  | 'columns'
  | 'left_alone'
  | 'users_clock'
  | 'unique_index'
  | 'collation'
  | 'protected_emails'
  | 'privileges'
  | 'privileges_to_migrate'
  | 'location'
  | 'depot'
  | 'redis'
  | 'slack_token'
  | 'slack_scopes'
  | 'slack_channel'
  | 'slack_admin'
  | 'slack_user_group'
  | 'slack_called'
  | 'slack_clock'
  | 'slack_delivery'
  | 'slack_messages';

/** The subject of a check or finding. `location` and `depot` have one check for each `target`. */
export type Subject = { readonly topic: Topic; readonly target?: string | undefined };

/** Whether `wanted` contains this subject. A wanted subject without a target means every target. */
export function isOneOf(wanted: readonly Subject[], { topic, target }: Subject): boolean {
  return wanted.some((each) => each.topic === topic && (each.target ?? target) === target);
}

/**
 * The result of a check. `detail` is the fact; `todo` is the remedy, or null if there is nothing to do. `loginRefused`: a depot
 * server does not accept the login.
 */
export type Verdict =
  | { readonly status: 'pass'; readonly detail: string; readonly todo: null }
  | {
      readonly status: 'warn' | 'fail';
      readonly detail: string;
      readonly todo: string;
      readonly loginRefused?: boolean;
      /** The check did not run, because a check that it needs failed. */
      readonly skipped?: boolean;
    };

/** One line of the report. `check` is the check's name. Texts have no line breaks and no secrets. */
export type Line = Verdict & { readonly check: string };

export type Finding = Line & Subject;

/** All is well. */
export const pass = (detail: string): Verdict => ({ status: 'pass', detail, todo: null });

/** The bot works, but somebody should look at this. */
export const warn = (detail: string, todo: string): Verdict => ({ status: 'warn', detail, todo });

/** The bot cannot work, or not safely. */
export const fail = (detail: string, todo: string): Verdict => ({ status: 'fail', detail, todo });

/** Brings outside text onto one line, without control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
}

/** Adds a full stop, unless the text ends like a sentence already. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** One line of the report, which begins with the status. */
export function reportLine(finding: Line): string {
  return `${finding.status}  ${describe(finding)}`;
}

/** The result of a check with its remedy, in one line. */
export function describe({ check, detail, todo }: Line): string {
  const found = `${check}: ${detail}`;
  return todo === null ? found : `${sentence(found)} To do: ${todo}`;
}

/** The skipped checks, in one line; no line if none was skipped. */
export function skippedLines(findings: readonly Line[]): readonly string[] {
  const names = findings.filter(isSkipped).map(({ check }) => check);
  if (names.length === 0) return [];
  const checks = names.length === 1 ? '1 check was' : `${names.length} checks were`;
  return [`warn  skipped: ${checks} not made, because of what failed above: ${names.join(', ')}.`];
}

/** Whether the check did not run, because a check that it needs failed. */
export function isSkipped(finding: Line): boolean {
  return finding.status !== 'pass' && finding.skipped === true;
}

/** The last line: how many checks passed, warned and failed. */
export function summaryLine(findings: readonly Line[]): string {
  const count = (status: Line['status']) => findings.filter((finding) => finding.status === status).length;
  return `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail`;
}
