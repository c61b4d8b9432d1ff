import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { startGuarded } from '../../../sandbox/process/guarded-process.ts';
import { until } from '../../../sandbox/process/until.ts';

const MODULE = fileURLToPath(new URL('../../../sandbox/process/guarded-process.ts', import.meta.url));

/** Notes its own process id in its folder and goes on for long. */
const LONG = 'echo $$ > "$0/pid"; echo started; exec sleep 600';

describe('a guarded process', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usersync-guard-'));
  });

  it('is over, and its folder gone, once stopped', async () => {
    const guarded = startGuarded('sh', ['-c', LONG, folder], folder);
    await guarded.printed(/started/, 5000);
    const pid = await pidIn(folder);
    await guarded.stop();
    expect([isAlive(pid), existsSync(folder), guarded.hasEnded()]).toEqual([false, false, true]);
    await guarded.stop();
  });

  it('is over, and its folder gone, once its parent was killed', async () => {
    const start = `import { startGuarded } from ${JSON.stringify(MODULE)};
      startGuarded('sh', ['-c', ${JSON.stringify(LONG)}, process.argv[1]], process.argv[1]);`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', start, folder]);
    const pid = await until(() => existsSync(join(folder, 'pid')) && pidIn(folder), {
      failure: () => 'the program started',
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !existsSync(folder), { failure: () => 'the folder was removed' });
    expect(isAlive(pid)).toBe(false);
  });

  it('says what a program that ended had to say, instead of waiting for what it will never print', async () => {
    const guarded = startGuarded('sh', ['-c', 'echo no such file >&2; exit 3'], folder);
    await expect(guarded.printed(/ready/, 10_000)).rejects.toThrow(/ended:\s+no such file/);
  });
});

async function pidIn(folder: string): Promise<number> {
  return until(async () => Number(await readFile(join(folder, 'pid'), 'utf8')) || undefined, {
    failure: () => 'the process id was written',
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
