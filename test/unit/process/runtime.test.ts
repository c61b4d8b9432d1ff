import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { outliveLostOutput } from '../../../src/process/runtime.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What becomes of a command whose output fails with `code`. */
function losing(code: string, isTTY: boolean) {
  const stdout = Object.assign(new EventEmitter(), { isTTY });
  vi.spyOn(process, 'stdout', 'get').mockReturnValue(stdout as typeof process.stdout);
  vi.spyOn(process, 'stderr', 'get').mockReturnValue(new EventEmitter() as typeof process.stderr);
  const said: string[] = [];
  outliveLostOutput((line) => said.push(line));
  stdout.emit('error', Object.assign(new Error(code), { code }));
  return { exitCode: process.exitCode, said };
}

describe('a command', () => {
  it('keeps its exit code where its terminal is closed, or nobody reads it any more', () => {
    expect(losing('EIO', true)).toEqual({ exitCode: undefined, said: [] });
    expect(losing('EPIPE', false)).toEqual({ exitCode: undefined, said: [] });
  });

  it('ends with 1 where the disk under its output breaks', () => {
    expect(losing('EIO', false)).toEqual({ exitCode: 1, said: [expect.stringContaining('(EIO)')] });
  });
});
