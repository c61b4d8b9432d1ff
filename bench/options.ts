import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '../sandbox/process/usage.ts';

export type Options = {
  /** Numbers of users, ascending. */
  readonly sizes: readonly number[];
  /** Overrides how many rounds each size gets. */
  readonly rounds: number | undefined;
  /** Exit with 1 where a goal is missed by more than 20 %. */
  readonly check: boolean;
  /** Measure nothing but this. */
  readonly only: (typeof PARTS)[number] | undefined;
  /** Another checkout, already built, that is measured beside this one and has the same migrations. */
  readonly beside: string | undefined;
};

/**
 * What can be measured alone: replicas, the sizes without all else, the sizes on each kind of server, or where the time of a
 * run goes (of 25 users, unless `--sizes` says others).
 */
const PARTS = ['replicas', 'sizes', 'servers', 'profile'] as const;
const SIZES = [25, 800, 10_000, 100_000];
const SIZES_ON_SERVERS = [800, 10_000];
const PROFILED_SIZES = [25];
const LARGE = 1_000_000;

/** Reads `--large`, `--sizes 25,800`, `--rounds N`, `--check`, `--only PART`, `--beside DIRECTORY`. Throws `UsageError`. */
export function parseOptions(args: readonly string[], isBuilt = hasBuiltBot): Options {
  return readCommandLine(USAGE, () => optionsOf(args, isBuilt));
}

function hasBuiltBot(directory: string): boolean {
  return existsSync(join(directory, 'dist', 'main.js'));
}

const USAGE =
  'npm run bench -- [--large] [--sizes 25,800] [--rounds N] [--check] [--only PART] [--beside DIRECTORY]';

function optionsOf(args: readonly string[], isBuilt: typeof hasBuiltBot): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      large: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      rounds: { type: 'string' },
      check: { type: 'boolean', default: false },
      only: { type: 'string' },
      beside: { type: 'string' },
    },
  });
  const only = PARTS.find((part) => part === values.only);
  if (values.only !== undefined && only === undefined)
    throw new Error(`--only ${values.only}: only ${PARTS.join(', ')} can be measured alone`);
  if (values.beside !== undefined && !isBuilt(values.beside))
    throw new Error(`--beside ${values.beside}: no built bot is there; run npm ci and npm run build in it`);
  const usual = only === 'servers' ? SIZES_ON_SERVERS : only === 'profile' ? PROFILED_SIZES : SIZES;
  const sizes = values.sizes === undefined ? usual : values.sizes.split(',').map(wholeNumber);
  return {
    sizes: [...new Set(values.large ? [...sizes, LARGE] : sizes)].sort((a, b) => a - b),
    rounds: values.rounds === undefined ? undefined : wholeNumber(values.rounds),
    check: values.check,
    only,
    beside: values.beside,
  };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`"${text}" is not a whole number from 1 to 9,999,999`);
  return Number(text);
}

/** How often a size is measured: more often where a round is over at once, a million users once, which takes minutes. */
export function roundsOf({ rounds }: Options, size: number): number {
  if (rounds !== undefined) return rounds;
  return size >= LARGE ? 1 : size >= 10_000 ? 5 : 15;
}

/** Rounds before that are not counted: a bot that has just started is slower until its code was compiled. */
export function warmUpsOf(size: number): number {
  return size >= 100_000 ? 0 : size >= 10_000 ? 1 : 5;
}

export type Latency = 0 | 50 | 200;

/**
 * The latencies per page, in milliseconds, that a round measures. At 200 ms a list of 100,000 users takes 50 s by its
 * floor alone, so such sizes are read at that latency in the first round only, and a million users never.
 */
export function latenciesOf(size: number, round: number): readonly Latency[] {
  if (size >= LARGE) return [0, 50];
  return size >= 100_000 && round > 0 ? [0, 50] : [0, 50, 200];
}
