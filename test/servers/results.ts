import { z } from 'zod';

const serverResult = z.object({
  server: z.string(),
  /** As the server tells it; empty where it could not be had. */
  version: z.string(),
  /** How many tests passed, by the folder of `test/integration` that they are in. */
  passed: z.record(z.string(), z.number()),
  /** The commands beside them that ended well, as one types them. */
  ended: z.array(z.string()),
  failed: z.number(),
  /** Null where the server could not be had. */
  seconds: z.number().nullable(),
});
/** How one server did. */
export type ServerResult = z.infer<typeof serverResult>;

/** What `npm run test:servers -- --write` keeps. */
export const serverResults = z.array(serverResult);

const vitestReport = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({ name: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

/** Counts vitest's own report. A file that cannot be loaded has no test that fails, and counts as one. */
export function countTests(report: unknown): Pick<ServerResult, 'passed' | 'failed'> {
  const { success, testResults } = vitestReport.parse(report);
  const passed: Record<string, number> = {};
  let failed = 0;
  for (const { name, assertionResults } of testResults) {
    const [, folder = name] = /test\/integration\/([^/]+)\//.exec(name) ?? [];
    const count = (status: string) => assertionResults.filter((each) => each.status === status).length;
    passed[folder] = (passed[folder] ?? 0) + count('passed');
    failed += count('failed');
  }
  return { passed, failed: success || failed > 0 ? failed : 1 };
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
        failed,
      ];
      return seconds === null
        ? line([`\`${server}\``, 'not to be had', ...tried.map(() => ''), ''])
        : line([`\`${server}\``, version, ...tried, seconds]);
    }),
  ];
}
