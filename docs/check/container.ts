import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LOCAL_APP } from '../../sandbox/local-slack/workspace.ts';
import { freePort } from '../../sandbox/process/free-port.ts';
import { projectFiles, temporaryFolder } from './copy.ts';
import { type Instruction, parseArguments, parseCopy, readDockerfile, type Stage } from './dockerfile.ts';
import { ROOT } from './pages.ts';
import { type Environment, run, startAs } from './shell.ts';
import type { World } from './world.ts';

const NOBODY = 65_534;
/** Not of this project: their programs are in the base image. */
const ELSEWHERE = ['FROM', 'WORKDIR', 'USER', 'EXPOSE', 'ENV', 'HEALTHCHECK', 'CMD'];

/**
 * Carries out the Dockerfile without a container: a folder for each stage, each COPY and RUN as it stands there, and then
 * what it starts, from exactly the files that the last stage has, in a folder that cannot be written, as a user without
 * rights. Returns what was seen.
 */
export async function carryOutDockerfile(world: World): Promise<string> {
  const folder = await temporaryFolder('container');
  await chmod(folder, 0o755);
  try {
    const stages = readDockerfile();
    const places = stages.map(({ name }, index) => join(folder, name ?? `stage${index}`));
    for (const [index, stage] of stages.entries())
      await carryOut(stage, places[index] ?? folder, folder, world.env);
    const last = stages.at(-1);
    const place = places.at(-1);
    if (last === undefined || place === undefined) throw new Error('The Dockerfile has no stage');
    await run('chmod -R a+rX,a-w .', { folder: place, env: world.env });
    return await startWhatRuns(last.instructions, place, world);
  } finally {
    await run(`chmod -R u+w '${folder}'`, { folder: ROOT, env: world.env });
    await rm(folder, { recursive: true, force: true });
  }
}

async function carryOut(stage: Stage, place: string, parent: string, env: Environment): Promise<void> {
  await mkdir(place, { recursive: true });
  for (const { name, rest } of stage.instructions) {
    if (name === 'COPY') await copy(rest, place, parent);
    else if (name === 'RUN') {
      const { code, output } = await run(rest, { folder: place, env });
      if (code !== 0) throw new Error(`RUN ${rest} ended with ${code}:\n${output}`);
    } else if (!ELSEWHERE.includes(name)) throw new Error(`This check does not know what ${name} does`);
  }
}

async function copy(rest: string, place: string, parent: string): Promise<void> {
  const { from, sources, target } = parseCopy(rest);
  for (const source of sources) {
    const to = join(place, target, sources.length > 1 || target === './' ? source : '');
    if (from !== undefined)
      await cp(join(parent, from, source.replace('/app/', '')), join(place, target), { recursive: true });
    else await copyFromProject(source, to);
  }
}

/** What git ignores, .dockerignore ignores as well (`test/unit/docs/container.test.ts`). */
async function copyFromProject(source: string, to: string): Promise<void> {
  const files = (await projectFiles()).filter((path) => path === source || path.startsWith(`${source}/`));
  if (files.length === 0) throw new Error(`COPY ${source}: there is no such file`);
  for (const path of files) {
    const file = path === source ? to : join(to, path.slice(source.length));
    await mkdir(dirname(file), { recursive: true });
    await cp(join(ROOT, path), file);
  }
}

async function startWhatRuns(
  instructions: readonly Instruction[],
  place: string,
  world: World,
): Promise<string> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE_URL: world.server.url('container'),
    SLACK_BOT_TOKEN: LOCAL_APP.botToken,
    SLACK_SIGNING_SECRET: LOCAL_APP.signingSecret,
    SLACK_API_URL: world.slack.apiUrl,
    SLACK_ADMIN_USER_IDS: 'U0ADMIN001',
    EXTERNAL_API_EMAIL: 'admin@example.com',
    EXTERNAL_API_PASSWORD: 'correct_password',
  };
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  const at = { folder: place, env };
  await world.sql(['CREATE DATABASE container CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci']);
  const before = await filesIn(place);
  const migrating = startAs(uid, ['node', 'dist/main.js', 'migrate'], at);
  await migrating.says('migrations applied');
  const bot = startAs(uid, parseArguments(restOf(instructions, 'CMD')), at);
  await bot.says('usersync is ready');
  const health = startAs(uid, parseArguments(restOf(instructions, 'HEALTHCHECK')), at);
  const { code: healthy } = await health.ended();
  const { code: stopped, output } = await bot.end('SIGTERM');
  if (healthy !== 0 || stopped !== 0) throw new Error(`health check ${healthy}, stop ${stopped}:\n${output}`);
  if ((await filesIn(place)) !== before) throw new Error('Files came or went while it ran');
  const { output: size } = await run('du -sh . | cut -f1', {
    folder: place,
    env: { PATH: process.env['PATH'] },
  });
  return `carried out by hand: built, migrated, started, found healthy and stopped${uid === undefined ? '' : ' as nobody'} in a folder that cannot be written (${size.trim()})`;
}

function restOf(instructions: readonly Instruction[], name: string): string {
  const found = instructions.find((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`The last stage has no ${name}`);
  return found.rest;
}

async function filesIn(folder: string): Promise<string> {
  return (await readdir(folder, { recursive: true })).toSorted().join('\n');
}
