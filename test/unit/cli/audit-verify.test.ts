import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ExpectationError, parsePlaces } from '../../../src/cli/audit-verify.ts';

describe('what is expected of the audit chain', () => {
  it.each([
    ['4711:9f3a1c2b4d5e', 4711n, '9f3a1c2b4d5e'],
    ['4711:9F3A', 4711n, '9f3a'],
    ['Audit 4711 · 9f3a1c2b4d5e', 4711n, '9f3a1c2b4d5e'],
    ['4711:9f3a…', 4711n, '9f3a'],
    ['4711:9f3a...', 4711n, '9f3a'],
    [' 4711 : 9f3a ', 4711n, '9f3a'],
    [`End of the audit log: row 4711, ${'9f3a'.repeat(16)}`, 4711n, '9f3a'.repeat(16)],
    [`Akhir audit log: baris 4711, \`${'9f3a'.repeat(16)}\``, 4711n, '9f3a'.repeat(16)],
  ])('is read from %s, also as Slack shows it', (text, seq, hash) => {
    expect(parsePlaces(['--expect', text])).toEqual({ expected: [{ seq, hash }], known: [] });
  });

  it.each([
    ['0:0000-1:9F3A', { seq: 0n, hash: '0000' }, { seq: 1n, hash: '9f3a' }],
    ['4710:9f3a1c2b4d5e-4711:0a1b', { seq: 4710n, hash: '9f3a1c2b4d5e' }, { seq: 4711n, hash: '0a1b' }],
  ])('may break where that is known: %s', (text, before, after) => {
    expect(parsePlaces(['--known', text])).toEqual({ expected: [], known: [{ before, after }] });
  });

  it.each(['4711:9f3a', '4710:9f3a-4711', '1:9f3a-0:9f3a', ''])(
    'is refused where it is no known break: %s',
    (text) => {
      expect(() => parsePlaces(['--known', text])).toThrow('is no break of the chain');
    },
  );

  it('may be several places, on the command line and in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usersync-audit-'));
    const file = join(folder, 'places.txt');
    writeFileSync(file, '\uFEFF# noted in November\r\nAudit 2 · bbbbbbbbbbbb\r\n\r\n  \n3:CCCC\n');
    expect(parsePlaces(['--expect', '1:aaaa', '--expect-file', file]).expected.map(({ seq }) => seq)).toEqual(
      [1n, 2n, 3n],
    );
    rmSync(folder, { recursive: true });
  });

  it('is refused where a file names no place: nothing would be proven', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usersync-audit-'));
    const file = join(folder, 'places.txt');
    writeFileSync(file, '# none yet\n\n');
    expect(() => parsePlaces(['--expect-file', file])).toThrow(ExpectationError);
    rmSync(folder, { recursive: true });
  });

  it.each([
    [['--expct', '1:aaaa'], 'audit:verify knows three options'],
    [['1:aaaa'], 'audit:verify knows three options'],
    [['--expect-file', '/nowhere/places.txt'], '/nowhere/places.txt cannot be read (ENOENT)'],
  ])('is refused in plain words: %j', (words, said) => {
    expect(() => parsePlaces(words)).toThrow(said);
  });

  it.each([
    '4711',
    '4711:9f',
    'x:9f3a',
    '4711:wxyz',
    '',
    ' ',
    '0:0000',
    '1:aaaa,2:bbbb',
    '1:aaaa 2:bbbb',
    `1:${'a'.repeat(65)}`,
  ])('is refused where it is no place: %s', (text) => {
    expect(() => parsePlaces(['--expect', text])).toThrow(ExpectationError);
  });
});
