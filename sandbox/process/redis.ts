import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { find, installDebianPackages } from './programs.ts';

const READY_WITHIN_MS = 15_000;

export type RedisServer = { readonly url: string; stop(): Promise<void> };

/**
 * Starts a private Redis in a temporary folder, on `port` or a free port. If none is installed, installs Debian's redis-tools:
 * its redis-check-rdb is the same server under another name, and the package starts no service.
 */
export async function startRedis(port?: number): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'usersync-redis-'));
  const program = join(folder, 'redis-server');
  await symlink(await redisProgram(), program);
  const listening = port ?? (await freePort());
  const place = ['--port', String(listening), '--bind', '127.0.0.1', '--dir', folder];
  const server = startGuarded(program, [...place, '--save', '', '--appendonly', 'no'], folder);
  await server.printed(/Ready to accept connections/, READY_WITHIN_MS);
  return { url: `redis://127.0.0.1:${listening}`, stop: () => server.stop() };
}

async function redisProgram(): Promise<string> {
  const installed = (await find('redis-server')) ?? (await find('redis-check-rdb'));
  if (installed !== undefined) return installed;
  await installDebianPackages(['redis-tools']);
  const fresh = await find('redis-check-rdb');
  if (fresh === undefined)
    throw new Error('No Redis found: `brew install redis` or `sudo apt install redis-tools`');
  return fresh;
}
