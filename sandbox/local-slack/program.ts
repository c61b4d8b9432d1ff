import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = 'local-slack-linux-x64';

/** The optional package with the local Slack is not installed: another platform, or `npm ci --omit=optional`. */
class NoLocalSlackError extends Error {
  override readonly name = 'NoLocalSlackError';
  constructor(options: { cause: unknown }) {
    super(
      `The optional package ${PACKAGE} is not installed. On Linux x64: \`npm ci\` without --omit=optional; elsewhere: \`npx local-slack\``,
      options,
    );
  }
}

/** The path of the local Slack's program. Throws `NoLocalSlackError`. */
export function localSlackProgram(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    return join(dirname(manifest), 'bin', 'local-slack');
  } catch (cause) {
    throw new NoLocalSlackError({ cause });
  }
}

/** Whether a local Slack can be started here. */
export function hasLocalSlack(): boolean {
  try {
    localSlackProgram();
    return true;
  } catch {
    return false;
  }
}
