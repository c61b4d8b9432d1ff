/** How one server did. `seconds` is undefined where it could not be had. */
export type ServerResult = {
  readonly server: string;
  /** As the server tells it; empty where it could not be had. */
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number | undefined;
};

/** The table of docs/servers.md. */
export function tableLines(results: readonly ServerResult[]): readonly string[] {
  return [
    '| server | version | passed | failed | seconds |',
    '|---|---|---|---|---|',
    ...results.map(({ server, version, passed, failed, seconds }) =>
      seconds === undefined
        ? `| \`${server}\` | not to be had | | | |`
        : `| \`${server}\` | ${version} | ${passed} | ${failed} | ${seconds} |`,
    ),
  ];
}
