import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  fileFlaws,
  isWritable,
  readText,
  replaceFile,
  withSettings,
} from '../../../../src/cli/setup/env-file.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const FILE = `# Slack
SLACK_BOT_TOKEN=xoxb-1 # of the old app
export PORT = "3000"
#LOG_LEVEL=info
  # LOG_LEVEL is said here, too
OWN_NOTE='several
SLACK_MODE=http
lines'

EMPTY=
`;

const ONCE = 'is set more than once, and the last one counts. Remove the others.';
const BACKSLASH =
  'has a quote behind a backslash, and only Docker Compose takes the backslash away. Quote the value by the other kind.';
const NOTHING = 'sets nothing. Write NAME=value; quote a value of several lines.';

describe('what a .env may say otherwise than meant', () => {
  it('is a letter of a file in Latin-1, which would be another one, where a setting has it', () => {
    const file = Buffer.from('# für das Depot\nEXTERNAL_API_PASSWORD=gehäuse\n', 'latin1').toString();
    expect(fileFlaws(file, {})).toEqual([
      '.env: EXTERNAL_API_PASSWORD has letters that are not UTF-8. Save the file as UTF-8.',
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['a name that is there twice', 'A=1\r\nB=x\r\nexport A = 2\r\n', [`A ${ONCE}`]],
    ['a name that is emptied later', "A='1'\nA=\n", [`A ${ONCE}`]],
    [
      'a list over several lines',
      'A=a@dkm,\n  b@dkm,\n\n  c@dkm\n',
      [`line 2 ${NOTHING}`, `line 4 ${NOTHING}`],
    ],
    ['a quote of its own kind behind a backslash', String.raw`A='it\'s'`, [`A ${BACKSLASH}`]],
    ['a double quote of its own kind behind a backslash', String.raw`A="5\" x" # wide`, [`A ${BACKSLASH}`]],
    ['a name without its sign', '\uFEFFA 1\n# B 2\nB=2', [`line 1 ${NOTHING}`]],
    ['a command of another shell', 'A="several\nlines"\nset B=2', [`line 3 ${NOTHING}`]],
  ])('is told: %s', (_what, text, lines) => {
    expect(fileFlaws(text, {})).toEqual(lines.map((line) => `.env: ${line}`));
  });

  it('is nothing in a file as it should be, in a template that is filled in at its end, and of what the environment sets', () => {
    expect(fileFlaws(`\uFEFF${FILE}`, {})).toEqual([]);
    expect(fileFlaws('A=\nB=""\nC=1\n\n  # A\nA=1\nB=2\nC=1\n', {})).toEqual([]);
    expect(fileFlaws('A=1\nA=2\n', { A: '3' })).toEqual([]);
    expect(fileFlaws(String.raw`A='{"name":"\"x\""}'`, {})).toEqual([]);
  });

  it('is nothing in .env.example', async () => {
    expect(fileFlaws(await readFile('.env.example', 'utf8'), {})).toEqual([]);
  });
});

describe('settings in the text of a .env', () => {
  it.each<[string, Record<string, string>, string, string]>([
    [
      'take the place of the one before, beside its comment',
      { SLACK_BOT_TOKEN: 'xoxb-2' },
      'xoxb-1 #',
      'xoxb-2 #',
    ],
    ['take the place of an exported one', { PORT: '80' }, 'export PORT = "3000"', 'PORT=80'],
    [
      'take the place of a line that is commented out',
      { LOG_LEVEL: 'warn' },
      '#LOG_LEVEL=info',
      'LOG_LEVEL=warn',
    ],
    ['fill an empty one', { EMPTY: 'no more' }, 'EMPTY=', "EMPTY='no more'"],
    ['are quoted by the kind of quotes that they lack', { EMPTY: "it's" }, 'EMPTY=', `EMPTY="it's"`],
    ['are not quoted where they have both kinds', { EMPTY: `it's "it"` }, 'EMPTY=', `EMPTY=it's "it"`],
    ['stand in backticks where they begin with one of both', { EMPTY: `"it's` }, 'EMPTY=', 'EMPTY=`"it\'s`'],
    ['are emptied', { SLACK_BOT_TOKEN: '' }, '=xoxb-1 #', '= #'],
    [
      'stand at the end where there was none',
      { REDIS_URL: 'redis://r' },
      'EMPTY=\n',
      'EMPTY=\nREDIS_URL=redis://r\n',
    ],
  ])('%s', (_what, settings, before, after) => {
    expect(withSettings(FILE, settings)).toBe(FILE.replace(before, after));
  });

  it('leave a line as it is written where the value is the same', () => {
    expect(withSettings(FILE, { PORT: '3000', SLACK_BOT_TOKEN: 'xoxb-1', UNSET: '' })).toBe(FILE);
  });

  it('change the last of several lines, which is the one that counts', () => {
    expect(withSettings('A=1\nA=2\n', { A: '3' })).toBe('A=1\nA=3\n');
  });

  it('begin a line of their own where the last one has no end', () => {
    expect(withSettings('A=1', { B: '2' })).toBe('A=1\nB=2\n');
  });

  it('keep the line ends of Windows around them', () => {
    expect(withSettings('A=1\r\nB=2\r\n', { A: '3' })).toBe('A=3\r\nB=2\r\n');
  });

  it('are refused, with their name, where they would damage another one', () => {
    // What looks like the setting stands in the middle of another's value.
    expect(() => withSettings(FILE, { SLACK_MODE: 'socket' })).toThrow(/^\w+ cannot be written into \.env/);
  });

  it('are read back as they are, whatever stands in them, and no other one changes', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => text.trim() === text && isWritable(text));
    const special = fc
      .string({ unit: fc.constantFrom(...'ab #\'"`$\\=%!') })
      .filter((text) => text.trim() === text && isWritable(text));
    fc.assert(
      fc.property(fc.oneof(value, special), fc.constantFrom('PORT', 'LOG_LEVEL', 'NEW'), (text, name) => {
        const expected = {
          ...parse(FILE),
          ...(text === '' && !(name in parse(FILE)) ? {} : { [name]: text }),
        };
        expect(parse(withSettings(FILE, { [name]: text }))).toEqual(expected);
      }),
    );
  });
});

it.each([
  ['', true],
  ['pass word', true],
  [`it's "it"`, true],
  ['#1', true],
  [`all ' three " of \` them`, true],
  [`#all ' three " of \` them`, false],
])('whether a .env can hold %j: %s', (value, writable) => {
  expect(isWritable(value)).toBe(writable);
});

describe('the file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usersync-env-'));
    file = join(folder, '.env');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made for its owner alone, and leaves nothing beside it', async () => {
    await replaceFile(file, 'A=1\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['.env']);
  });

  it('is taken from others where it was open to them', async () => {
    await writeFile(file, 'A=1\n', { mode: 0o644 });
    await replaceFile(file, 'A=2\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readText(file)).toBe('A=2\n');
  });

  it('stays a link where it is one', async () => {
    const real = join(folder, 'real.env');
    await writeFile(real, 'A=1\n');
    await symlink(real, file);
    await replaceFile(file, 'A=2\n');
    expect(await readFile(real, 'utf8')).toBe('A=2\n');
  });

  it('stays as it was where the new one cannot be written', async () => {
    await writeFile(file, 'A=1\n');
    await writeFile(`${file}.${process.pid}.new`, 'of somebody else');
    await expect(replaceFile(file, 'A=2\n')).rejects.toThrow('EEXIST');
    expect(await readText(file)).toBe('A=1\n');
  });

  it('is nothing where there is none', async () => {
    expect(await readText(file)).toBeUndefined();
  });
});
