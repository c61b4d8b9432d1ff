import { describe, expect, it } from 'vitest';
import { parseCommand, withoutCommand } from '../../../../src/slack/listeners/parse-command.ts';

const TARGETS = ['dev', 'prod'];

describe('what stands behind /usersync', () => {
  it.each([
    ['', { verb: 'help' }],
    ['   ', { verb: 'help' }],
    ['Help', { verb: 'help' }],
    ['dev', { verb: 'preview', target: 'dev' }],
    ['  DEV\t', { verb: 'preview', target: 'dev' }],
    ['rollback', { verb: 'rollback', runId: undefined }],
    ['ROLLBACK 12', { verb: 'rollback', runId: 12 }],
    ['“dev”', { verb: 'preview', target: 'dev' }],
    ['`dev`', { verb: 'preview', target: 'dev' }],
    ["'status “DEV”'", { verb: 'status', target: 'dev' }],
    ['rollback #12', { verb: 'rollback', runId: 12 }],
    ['rollback DEV', { verb: 'rollback', runId: undefined, target: 'dev' }],
    ['All', { verb: 'all' }],
    ['export 12', { verb: 'export', runId: 12 }],
    ['status', { verb: 'status', target: undefined }],
    ['history DEV', { verb: 'history', target: 'dev' }],
    ['inactive dev', { verb: 'inactive', target: 'dev' }],
    ['pause', { verb: 'pause', target: undefined }],
    ['Resume DEV', { verb: 'resume', target: 'dev' }],
    ['config', { verb: 'config' }],
    ['find vendor1', { verb: 'find', text: 'vendor1' }],
    ['FIND  Anna@DKM ', { verb: 'find', text: 'Anna@DKM' }],
    ['find vendor 1@dkm', { verb: 'find', text: 'vendor 1@dkm' }],
    ['find <mailto:anna@dkm.com|anna@dkm.com>', { verb: 'find', text: 'anna@dkm.com' }],
    ['find a&amp;b &lt;x&gt;', { verb: 'find', text: 'a&b <x>' }],
    ['find `anna@dkm`', { verb: 'find', text: 'anna@dkm' }],
    ["find 'vendor1'", { verb: 'find', text: 'vendor1' }],
    ['find ‘vendor1’', { verb: 'find', text: 'vendor1' }],
    ['find « vendor1 »', { verb: 'find', text: 'vendor1' }],
    ["find o'neil", { verb: 'find', text: "o'neil" }],
    ['find %_', { verb: 'find', text: '%_' }],
    ['users dev', { verb: 'users', target: 'dev', status: undefined, text: undefined }],
    ['users dev inactive', { verb: 'users', target: 'dev', status: 'inactive', text: undefined }],
    ['users dev <mailto:anna@dkm.com|anna@dkm.com>', { verb: 'users', target: 'dev', text: 'anna@dkm.com' }],
    ['pause all', { verb: 'pause', target: undefined }],
    ['status ALL', { verb: 'status', target: undefined }],
    [
      'users dev active "vendor 1@dkm"',
      { verb: 'users', target: 'dev', status: 'active', text: 'vendor 1@dkm' },
    ],
    ['users dev Vendor1', { verb: 'users', target: 'dev', status: undefined, text: 'Vendor1' }],
    ['Users "Dev" Active  Vendor  1', { verb: 'users', target: 'dev', status: 'active', text: 'Vendor  1' }],
    ['users dev “”', { verb: 'users', target: 'dev', status: undefined, text: undefined }],
    [
      'users dev `bu\\u200bdi@dkm␣`',
      { verb: 'users', target: 'dev', status: undefined, text: 'bu\u200bdi@dkm ' },
    ],
    ['find `bu\\u200bdi@dkm`', { verb: 'find', text: 'bu\u200bdi@dkm' }],
  ])('%j is understood', (text, ask) => {
    expect(parseCommand(text, TARGETS)).toEqual(ask);
  });

  it.each([
    ['/usersync dev', 'dev'],
    ['/UserSync  users dev', 'users dev'],
    ['/usersync', ''],
    ['dev', 'dev'],
    ['find /usersync', 'find /usersync'],
  ])('%j is %j: the command typed behind itself is none of it', (text, rest) => {
    expect(withoutCommand(text, '/usersync')).toBe(rest);
  });

  it('is read as far as a command can be long, however much stands there', () => {
    const ask = parseCommand(`find a${'"'.repeat(40_000)}b`, TARGETS);
    expect(ask.verb === 'find' && ask.text.length).toBeLessThan(4_001);
  });

  it.each(['rollback', 'export'] as const)('%s of a number that no run can have names no run', (verb) => {
    for (const number of ['0', '#0', '012', '4294967296', '99999999999999999999'])
      expect(parseCommand(`${verb} ${number}`, TARGETS)).toEqual({ verb, runId: 0 });
  });

  it.each(['rollback', 'export'])('%s of what is no number is not understood', (verb) => {
    for (const word of ['-1', '1.5', '1e3', '1,5', '#', '##1', '１', 'x', '__proto__', "1'OR'1'='1"]) {
      const typed = `${verb} ${word}`;
      expect(parseCommand(typed, TARGETS)).toEqual({ verb: 'unknown', typed });
    }
  });

  it.each([
    'dve',
    'dev prod',
    'dev dev',
    'rollback 1 2',
    'help me',
    'status nowhere',
    'users',
    'users nowhere',
    'export',
    'find',
    'find ``',
    'config dev',
    'constructor',
    '__proto__',
    'd'.repeat(3000),
  ])('%j is not guessed at', (text) => {
    expect(parseCommand(text, TARGETS)).toEqual({ verb: 'unknown', typed: text });
  });
});
