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

/** The demo was started in a way that it does not know, or its port is taken; the message is for the person who did. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Reads the command line and `DEMO_PORT`. Throws `DemoError`. */
export async function demoOptions(
  args: readonly string[],
  demoPort: string | undefined,
): Promise<DemoOptions> {
  const words = [...args];
  const taken = (word: string) => {
    const at = words.indexOf(word);
    if (at >= 0) words.splice(at, 1);
    return at >= 0;
  };
  const check = taken('--check');
  const trouble = taken('--trouble');
  const lang = words.indexOf('--lang');
  const language = lang < 0 ? 'en' : words.splice(lang, 2)[1];
  if (words.length > 0 || (language !== 'en' && language !== 'id')) throw new DemoError(USAGE.join('\n'));
  return { check, trouble, language, port: check ? 0 : await freePort(demoPort ?? String(DEFAULT_PORT)) };
}

async function freePort(text: string): Promise<number> {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new DemoError('DEMO_PORT must be a port number from 0 to 65535.');
  await requireFreePort(port).catch(() => {
    throw new DemoError(
      `DEMO_PORT ${port} is in use by another program. Stop that one, or choose another: DEMO_PORT=${port + 1} npm run demo`,
    );
  });
  return port;
}
