import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseOptions as benchOptions } from '../../bench/options.ts';
import { parseOptions as chaosOptions } from '../../chaos/options.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { find } from '../../sandbox/process/programs.ts';
import { ROOT } from './pages.ts';
import { run } from './shell.ts';

/** A command that is not run here: why, and what is looked at instead. `instead` throws where that is wrong. */
export type NotRun = {
  readonly command: RegExp;
  readonly why: string;
  readonly instead: (command: string) => Promise<string> | string;
};

export const NOT_RUN: readonly NotRun[] = [
  { command: /^npm test$|^npm run check$/, why: 'CI runs it', instead: ciRuns },
  {
    command: /^npm run chaos\b/,
    why: 'takes minutes; CI plays a part of it in test/integration/chaos.test.ts',
    instead: chaos,
  },
  { command: /^npm run bench\b/, why: 'takes minutes', instead: bench },
  { command: /^npm run test:servers\b/, why: 'takes minutes, and fetches servers', instead: () => 'nothing' },
  { command: /^npm run docs:check$/, why: 'is what runs now', instead: () => 'itself' },
  { command: /^npm run screenshots$/, why: 'needs a browser', instead: () => 'nothing' },
  {
    command: /^npm ci --omit=dev --omit=optional --ignore-scripts$/,
    why: 'would take the development packages away from the commands that follow',
    instead: (command) => namedIn('Dockerfile', command),
  },
  { command: /^docker (build|run)\b/, why: 'needs a container engine', instead: dockerFlags },
  {
    command: /^(HOST_PORTS=\S+ )?docker compose\b/,
    why: 'needs a container engine',
    instead: composeServices,
  },
  { command: /^(sudo|journalctl|systemctl)\b/, why: 'needs systemd, and changes the machine', instead: unit },
  { command: /^curl .*slack\.com/, why: 'needs Slack', instead: () => 'nothing' },
];

async function ciRuns(command: string): Promise<string> {
  const ci = await readFile(join(ROOT, '.ci/run'), 'utf8');
  if (!ci.includes('npm run check')) throw new Error('.ci/run does not run npm run check');
  if (command === 'npm test' && !packageFile.scripts.check.includes('npm test'))
    throw new Error('npm run check does not run npm test');
  return '.ci/run has it';
}

function chaos(command: string): string {
  const { runs } = chaosOptions(optionsOf(command));
  return `its options are understood (${runs} runs)`;
}

function bench(command: string): string {
  // The other checkout is the reader's.
  const { sizes } = benchOptions(optionsOf(command), () => true);
  return `its options are understood (${sizes.join(', ')} users)`;
}

function optionsOf(command: string): readonly string[] {
  return command.includes(' -- ') ? (command.split(' -- ')[1] ?? '').split(/\s+/) : [];
}

async function namedIn(file: string, text: string): Promise<string> {
  if (!(await readFile(join(ROOT, file), 'utf8')).includes(text)) throw new Error(`${file} does not have it`);
  return `${file} has it, and is carried out by hand`;
}

const VALUELESS = ['--rm', '-d', '--read-only', '--init'];

/** The client tells its flags without an engine. */
async function dockerFlags(command: string): Promise<string> {
  const [, verb = '', ...words] = command.split(/\s+/);
  const program = words.indexOf('dist/main.js');
  if (program >= 0) await mainKnows(words[program + 1] ?? '');
  if (verb === 'build') return 'the Dockerfile is carried out by hand';
  if ((await find('docker')) === undefined) return 'nothing: there is no docker client here';
  const { output } = await run('docker run --help', { folder: ROOT, env: { PATH: process.env['PATH'] } });
  const flags = words.slice(0, words.indexOf('usersync', verb === 'run' ? flagsEnd(words) : 0));
  for (const flag of flags.filter((word) => word.startsWith('-')))
    if (!new RegExp(`(^|[ ,])${flag}\\b`, 'm').test(output)) throw new Error(`docker run has no ${flag}`);
  return 'the client knows its flags';
}

/** Where the flags of `docker run` are over: the image, which a name given to the container may repeat. */
function flagsEnd(words: readonly string[]): number {
  let index = 0;
  while (words[index]?.startsWith('-')) index += VALUELESS.includes(words[index] ?? '') ? 1 : 2;
  return index;
}

const composeFile = z.object({
  services: z.record(z.string(), z.object({ profiles: z.array(z.string()).optional() })),
});

async function composeServices(command: string): Promise<string> {
  const { services } = composeFile.parse(parse(await readFile(join(ROOT, 'compose.yaml'), 'utf8')));
  const [, profile] = /--profile (\w+)/.exec(command) ?? [];
  if (profile !== undefined && !Object.values(services).some(({ profiles }) => profiles?.includes(profile)))
    throw new Error(`compose.yaml has no profile ${profile}`);
  const [, named] = /(?:--rm|--no-deps|-f) (?!-)(\w+)/.exec(command) ?? [];
  if (named !== undefined && !Object.hasOwn(services, named))
    throw new Error(`compose.yaml has no service ${named}`);
  const [, main] = /dist\/main\.js ([\w:]+)/.exec(command) ?? [];
  if (main !== undefined) await mainKnows(main);
  return `compose.yaml has ${named === undefined ? Object.keys(services).join(', ') : `the service ${named}`}`;
}

async function mainKnows(command: string): Promise<void> {
  const main = await readFile(join(ROOT, 'src/main.ts'), 'utf8');
  if (!new RegExp(`^ {2}'?${command}'?:`, 'm').test(main))
    throw new Error(`main.ts has no command ${command}`);
}

async function unit(command: string): Promise<string> {
  const [, file] = /(deploy\/\S+\.service)/.exec(command) ?? [];
  if (file === undefined) return 'nothing';
  if (!existsSync(join(ROOT, file))) throw new Error(`There is no ${file}`);
  const verify = await find('systemd-analyze');
  if (verify === undefined || !existsSync('/usr/bin/node')) return `${file} is there`;
  const { code, output } = await run(`${verify} verify ${file}`, {
    folder: ROOT,
    env: { PATH: process.env['PATH'] },
  });
  if (code !== 0 || output !== '') throw new Error(output);
  return `${file} is there, and systemd-analyze verifies it`;
}
