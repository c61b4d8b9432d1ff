import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { exitWith, withCauses } from '../sandbox/process/usage.ts';
import { measureAcknowledgements } from './acknowledgements.ts';
import { measureBeside } from './beside.ts';
import { goalsOf, isFarOff } from './goals.ts';
import { measureHistory } from './history.ts';
import type { Measured } from './measured.ts';
import { type Options, parseOptions } from './options.ts';
import { profile } from './profile.ts';
import { measureReplicas } from './replicas.ts';
import { replicaLines, reportLines, sizeLines } from './report.ts';
import { writeReplicas, writeResults } from './results.ts';
import { measureServers } from './servers.ts';
import { measureSize, type SizeResult } from './size.ts';
import { measureStart } from './start.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** The goal names this size; a smaller bench measures its own largest. */
const ACKNOWLEDGED_USERS = 100_000;

const say = (line: string) => console.log(line);

/** Measures every part. One that fails is told, and loses none of the others. */
async function measure(world: BenchWorld, options: Options) {
  const failed: string[] = [];
  const part = async <T>(name: string, measured: () => Promise<T>): Promise<T | undefined> => {
    say(`${name}…`);
    try {
      return await measured();
    } catch (error) {
      say(`Failed: ${withCauses(error)}`);
      failed.push(name);
      return undefined;
    }
  };
  const start = await part('Start to ready', () => measureStart(world));
  const sizes: SizeResult[] = [];
  for (const users of options.sizes) {
    const size = await part(`${users} users`, () => measureSize(world, options, users));
    if (size !== undefined) sizes.push(size);
  }
  const history = await part('With 1,000 finished runs and with none', () => measureHistory(world));
  const acknowledged = Math.min(ACKNOWLEDGED_USERS, options.sizes.at(-1) ?? ACKNOWLEDGED_USERS);
  const acknowledgements = await part(`Acknowledgements while ${acknowledged} users are executed`, () =>
    measureAcknowledgements(world, acknowledged),
  );
  const replicas = await part('Replicas', () => measureReplicas(world, options, say));
  const measured: Measured = {
    database: world.serverVersion,
    start,
    sizes,
    history,
    acknowledgements,
    replicas,
  };
  return { measured, failed };
}

async function measureAll(world: BenchWorld, options: Options): Promise<number> {
  const { measured, failed } = await measure(world, options);
  await writeResults(measured);
  say(`\n${reportLines(measured).join('\n')}\n`);
  for (const name of failed) say(`Not measured: ${name}`);
  const farOff = goalsOf(measured).filter(isFarOff);
  for (const { name } of farOff) say(`Missed by more than 20 %: ${name}`);
  return failed.length > 0 || (options.check && farOff.length > 0) ? 1 : 0;
}

async function measureReplicasAlone(world: BenchWorld, options: Options): Promise<number> {
  const replicas = await measureReplicas(world, options, say);
  await writeReplicas(replicas);
  say(`\n${replicaLines(replicas).join('\n')}\n`);
  return 0;
}

async function measureSizesAlone(world: BenchWorld, { sizes, ...options }: Options): Promise<number> {
  for (const users of sizes) {
    const size = await measureSize(world, { sizes, ...options }, users);
    say(`\n${sizeLines([size]).join('\n')}\n`);
  }
  return 0;
}

async function profileAlone(world: BenchWorld, { sizes }: Options): Promise<number> {
  for (const users of sizes) for (const line of await profile(world, users)) say(line);
  return 0;
}

async function measureCheckoutsAlone(world: BenchWorld, options: Options, beside: string): Promise<number> {
  for (const line of await measureBeside(world, options, beside)) say(line);
  return 0;
}

const ALONE = { replicas: measureReplicasAlone, sizes: measureSizesAlone, profile: profileAlone };

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  say('Building what is measured…');
  await promisify(execFile)('npm', ['run', 'build'], { cwd: PROJECT });
  if (options.only === 'servers') {
    await measureServers(options, say);
    return 0;
  }
  const world = await startBenchWorld();
  try {
    if (options.beside !== undefined) return await measureCheckoutsAlone(world, options, options.beside);
    return await (options.only === undefined ? measureAll : ALONE[options.only])(world, options);
  } finally {
    await world.stop();
  }
}

exitWith(main(process.argv.slice(2)));
