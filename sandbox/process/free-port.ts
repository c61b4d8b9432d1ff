import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFreePort } from '../../src/process/runtime.ts';

/** Below the ports that a system hands out by itself, so that nobody is given one of these before it is used. */
const LOWEST = 20_000;
const BEYOND = 32_000;

/** A file for each port that a process of this kind was given; it holds the id of the process. */
const CLAIMS = join(tmpdir(), 'usersync-ports');
const claimed = new Set<string>();

/** A TCP port that nothing listens on, and that no other process gets from here while this one lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    if ((await claimPort(port)) && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return requireFreePort(port).then(
    () => true,
    () => false,
  );
}

/** Claims a port for this process, until it ends; false where another one has it, or this one already. */
export async function claimPort(port: number): Promise<boolean> {
  await mkdir(CLAIMS, { recursive: true });
  const file = join(CLAIMS, String(port));
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    // Where claims cannot be written at all, ports are given as they are found.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return true;
    // A process that was killed leaves its files behind. The port is free for whoever asks next.
    if (!(await isHeld(file))) await rm(file, { force: true });
    return false;
  }
  if (claimed.size === 0) process.once('exit', release);
  claimed.add(file);
  return true;
}

function release(): void {
  for (const file of claimed) rmSync(file, { force: true });
}

async function isHeld(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => 'gone'));
  // Not written yet: the file was made a moment ago.
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
