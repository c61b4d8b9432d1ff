import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { goalsOf, isMet } from './goals.ts';
import type { Measured } from './measured.ts';
import type { ReplicasResult } from './replicas.ts';

const FILE = fileURLToPath(new URL('./results.json', import.meta.url));

/** What the numbers were measured on. */
export function machine() {
  const [cpu] = cpus();
  return {
    cpu: `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/** Writes `bench/results.json`: medians, every single time behind them, and the goals. Times in milliseconds. */
export async function writeResults(measured: Measured): Promise<void> {
  const sizes = measured.sizes.map(({ times, ...size }) => ({
    ...round(size),
    times: round(Object.fromEntries(times)),
  }));
  const goals = goalsOf(measured).map((goal) => ({ ...round(goal), met: isMet(goal) }));
  const results = { ...round({ ...measured, sizes: undefined }), machine: machine(), sizes, goals };
  await writeFile(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Puts what was measured of replicas alone into `bench/results.json`; the rest stays as it is. */
export async function writeReplicas(replicas: ReplicasResult): Promise<void> {
  const before: unknown = JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));
  const results = {
    ...z.looseObject({}).parse(before),
    replicas: round({ ...replicas, machine: machine() }),
  };
  await writeFile(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** Two decimals are more than the noise. */
export function round(value: object): object {
  const rounded = (_: string, each: unknown) =>
    typeof each === 'number' ? Math.round(each * 100) / 100 : each;
  return JSON.parse(JSON.stringify(value, rounded));
}
