import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Options } from './options.ts';
import { machine, round } from './results.ts';
import { type ServerSizes, serverLines } from './server-results.ts';
import { measureSize } from './size.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

const FILE = fileURLToPath(new URL('./servers.json', import.meta.url));

/** The servers that are measured side by side, as `USYNC_TEST_SERVER` calls them. */
const SERVERS = ['mariadb', 'mysql-9'] as const;

/** Measures every size on each server in turn, all of them there at once, and writes `bench/servers.json`. */
export async function measureServers(options: Options, say: (line: string) => void): Promise<void> {
  const worlds: { readonly server: string; readonly world: BenchWorld }[] = [];
  try {
    for (const server of SERVERS) {
      process.env['USYNC_TEST_SERVER'] = server;
      worlds.push({ server, world: await startBenchWorld() });
    }
    const sizes: ServerSizes['sizes'] = [];
    for (const users of options.sizes) {
      for (const { server, world } of worlds) {
        say(`${users} users on ${server}…`);
        const { rounds, medians } = await measureSize(world, options, users);
        sizes.push({ server, version: world.serverVersion, users, rounds, medians });
      }
    }
    const results = { machine: machine(), sizes };
    await writeFile(FILE, `${JSON.stringify(round(results), undefined, 2)}\n`);
    say(`\n${serverLines(results).join('\n')}\n`);
  } finally {
    for (const { world } of worlds) await world.stop();
  }
}
