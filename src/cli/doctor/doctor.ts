import type { Environment } from '../../config/settings.ts';
import { openChecks } from '../checks.ts';
import { startChecks } from './check.ts';
import { isSkipped, type Line, reportLine, skippedLines, summaryLine } from './finding.ts';
import { rulesFindings } from './rules-check.ts';
import { readSettings } from './settings-check.ts';

export type DoctorOptions = {
  readonly environment: Environment;
  /** The folder of the migrations. */
  readonly migrations: string;
  /** The arguments after `doctor`. */
  readonly args: readonly string[];
  /** Called with each line of the report. */
  readonly say: (line: string) => void;
};

/**
 * Checks everything that the bot needs, and changes nothing. Reports one line for each check, with a remedy for each problem, and
 * one line for all skipped checks; with `--json`, one array of `{ check, status, detail, todo }`. Returns false if any check
 * failed.
 */
export async function runDoctor({ environment, migrations, args, say }: DoctorOptions): Promise<boolean> {
  const json = args.includes('--json');
  const findings: Line[] = [];
  for await (const finding of examine(environment, migrations)) {
    findings.push(finding);
    if (!json && !isSkipped(finding)) say(reportLine(finding));
  }
  if (!json) for (const line of skippedLines(findings)) say(line);
  say(json ? JSON.stringify(findings.map(published), undefined, 2) : summaryLine(findings));
  return findings.every(({ status }) => status !== 'fail');
}

/** Only the documented fields, since programs rely on them. */
function published({ check, status, detail, todo }: Line) {
  return { check, status, detail, todo };
}

async function* examine(environment: Environment, migrations: string): AsyncGenerator<Line> {
  const { config, unusable, problems, findings } = readSettings(environment);
  yield* findings;
  // If some settings cannot be parsed, nothing can be said about their combination.
  if (problems.length === 0) yield* rulesFindings(config);
  const { checks, close } = openChecks(config, migrations);
  try {
    for (const finding of startChecks(checks, unusable)) yield await finding;
  } finally {
    await close();
  }
}
