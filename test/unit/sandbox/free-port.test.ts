import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimPort, freePort } from '../../../sandbox/process/free-port.ts';

describe('a free port', () => {
  it('is given once, however many ask at the same time', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(new Set(ports).size).toBe(50);
    const again = await Promise.all(ports.map(claimPort));
    expect(again.every((given) => !given)).toBe(true);
  });

  it('can be listened on', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  it('that a process held which is dead is given again', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    // Outside of the ports that are handed out, so that nobody else asks for it.
    const port = 19_999;
    await writeFile(join(tmpdir(), 'usersync-ports', String(port)), String(dead));
    expect(await claimPort(port)).toBe(false);
    expect(await claimPort(port)).toBe(true);
    expect(await claimPort(port)).toBe(false);
  });
});
