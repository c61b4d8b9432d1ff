import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { runMain } from '../../support/main-process.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
/** What a server needs beside `dist` (docs/deploying.md). It finds `node_modules` above itself. */
const BESIDE = ['package.json', 'prisma'];

let world: MainWorld;
let server: string;

beforeAll(async () => {
  const cache = join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  server = await mkdtemp(join(cache, 'usersync-built-'));
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  const build = [compiler, '-p', 'tsconfig.build.json', '--noCheck', '--outDir', join(server, 'dist')];
  await Promise.all([
    promisify(execFile)(process.execPath, build, { cwd: PROJECT }),
    ...BESIDE.map((name) => symlink(join(PROJECT, name), join(server, name))),
  ]);
  world = await startMainWorld();
});
afterAll(async () => {
  await world.stop();
  await rm(server, { recursive: true });
});

describe('the bot as npm run build makes it', () => {
  it('migrates an empty database, starts on it and stops', async () => {
    const database = await freshDatabase();
    const settings = world.settings({ DATABASE_URL: database.url });
    const run = (command: string) => runMain(command, settings, server, [], join(server, 'dist', 'main.js'));
    try {
      expect(await run('migrate').ended).toMatchObject({ code: 0, errors: '' });
      const bot = run('start');
      await bot.says('usersync is ready');
      bot.kill('SIGTERM');
      expect(await bot.ended).toMatchObject({ code: 0, errors: '' });
    } finally {
      await database.drop();
    }
  });
});
