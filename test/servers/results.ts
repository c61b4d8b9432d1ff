import { z } from 'zod';

const serverResult = z.object({
  server: z.string(),
  /** As the server tells it; empty where it could not be had. */
  version: z.string(),
  /** How many tests passed, by the folder of `test/integration` that they are in. */
  passed: z.record(z.string(), z.number()),
  /** The commands beside them that ended well, as one types them. */
  ended: z.array(z.string()),
  /** The tests and commands that failed, as one searches for them. */
  failed: z.array(z.string()),
  /** Null where the server could not be had. */
  seconds: z.number().nullable(),
});
/** How one server did. */
export type ServerResult = z.infer<typeof serverResult>;

/** What `npm run test:servers -- --write` keeps. */
export const serverResults = z.array(serverResult);

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

const firstLine = (text = '') => text.split('\n')[0] ?? '';

/** Counts vitest's own report and names each failure. A file that cannot be loaded has no test that fails, and is one. */
export function countTests(report: unknown): Pick<ServerResult, 'passed' | 'failed'> {
  const { testResults } = vitestReport.parse(report);
  const passed: Record<string, number> = {};
  const failed: string[] = [];
  for (const { name, status, message, assertionResults } of testResults) {
    const [file, folder = name] = /test\/integration\/([^/]+)\/.*/.exec(name) ?? [name];
    const ended = assertionResults.filter((each) => each.status === 'passed').length;
    passed[folder] = (passed[folder] ?? 0) + ended;
    const failures = assertionResults
      .filter((each) => each.status === 'failed')
      .map(({ fullName, failureMessages: [first] }) => `${file}: ${fullName}: ${firstLine(first)}`);
    if (status === 'failed' && failures.length === 0) failures.push(`${file}: ${firstLine(message)}`);
    failed.push(...failures);
  }
  return { passed, failed };
}

/** The table of docs/servers.md. */
export function tableLines(results: readonly ServerResult[]): readonly string[] {
  const folders = [...new Set(results.flatMap(({ passed }) => Object.keys(passed)))].sort();
  const commands = [...new Set(results.flatMap(({ ended }) => ended))];
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const header = [
    'server',
    'version',
    ...folders,
    ...commands.map((each) => `\`${each}\``),
    'failed',
    'seconds',
  ];
  return [
    line(header),
    `|${'---|'.repeat(header.length)}`,
    ...results.map(({ server, version, passed, ended, failed, seconds }) => {
      const tried = [
        ...folders.map((folder) => passed[folder] ?? 0),
        ...commands.map((command) => (ended.includes(command) ? 'passed' : 'no')),
        failed.length,
      ];
      return seconds === null
        ? line([`\`${server}\``, 'not to be had', ...tried.map(() => ''), ''])
        : line([`\`${server}\``, version, ...tried, seconds]);
    }),
  ];
}
