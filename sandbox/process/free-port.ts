import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFreePort } from '../../src/process/runtime.ts';

/** Below the ports that an operating system hands out by itself, so that no other program gets one of these meanwhile. */
const LOWEST = 20_000;
const BEYOND = 32_000;

/** One file per claimed port; it contains the id of the process. */
const CLAIMS = join(tmpdir(), 'usersync-ports');
const claimed = new Set<string>();

/** Returns a TCP port on which nothing listens. No other process gets it from this function while this process lives. */
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

/** Claims a port for this process until its end. False if this or another process has claimed it already. */
export async function claimPort(port: number): Promise<boolean> {
  await mkdir(CLAIMS, { recursive: true });
  const file = join(CLAIMS, String(port));
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    // If claim files cannot be written at all, any free port is given out.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return true;
    // A killed process leaves its files behind. Its port is free for the next caller.
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
  // The file was created a moment ago and is not written yet.
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
