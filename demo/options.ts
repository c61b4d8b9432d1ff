import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readCommandLine } from '../sandbox/process/usage.ts';
import { requireFreePort } from '../src/process/runtime.ts';

const DEFAULT_PORT = 4400;

export type DemoOptions = {
  readonly check: boolean;
  readonly trouble: boolean;
  readonly language: 'en' | 'id';
  /** Where the page is; 0 picks a free port. */
  readonly port: number;
};

const USAGE = [
  'npm run demo -- [--trouble] [--lang id] [--check]',
  '  --trouble   adds targets on which something goes wrong',
  '  --lang id   the bot speaks Indonesian',
  '  --check     previews and confirms without a person, and exits 0 or 1',
  `DEMO_PORT=${DEFAULT_PORT} is where the page is; set it for another port.`,
];

const options = z.object({
  check: z.boolean().default(false),
  trouble: z.boolean().default(false),
  lang: z.enum(['en', 'id'], 'must be en or id').default('en'),
});

/** The port of the demo cannot be had. The message is for the person who started the demo. */
export class DemoPortError extends Error {
  override readonly name = 'DemoPortError';
}

/** Reads the command line and `DEMO_PORT`. Throws `UsageError` or `DemoPortError`. */
export async function demoOptions(
  args: readonly string[],
  demoPort: string | undefined,
): Promise<DemoOptions> {
  const { check, trouble, lang } = readCommandLine(USAGE.join('\n'), () => {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean' }, trouble: { type: 'boolean' }, lang: { type: 'string' } },
    });
    return options.parse(values);
  });
  const port = check ? 0 : await freePort(demoPort ?? String(DEFAULT_PORT));
  return { check, trouble, language: lang, port };
}

async function freePort(text: string): Promise<number> {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new DemoPortError('DEMO_PORT must be a port number from 0 to 65535.');
  await requireFreePort(port).catch(() => {
    throw new DemoPortError(
      `DEMO_PORT ${port} is in use by another program. Stop that one, or choose another: DEMO_PORT=${port + 1} npm run demo`,
    );
  });
  return port;
}
