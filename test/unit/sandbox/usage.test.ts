import { describe, expect, it } from 'vitest';
import { parseOptions as benchOptions } from '../../../bench/options.ts';
import { parseOptions as chaosOptions } from '../../../chaos/options.ts';
import { UsageError, withCauses } from '../../../sandbox/process/usage.ts';

describe('npm run chaos', () => {
  it('takes its options', () => {
    expect(chaosOptions(['--runs', '3', '--seed', '0'])).toMatchObject({ runs: 3, seed: 0, replicas: 1 });
  });

  it.each([
    [['--runs'], /^Option '--runs <value>' argument missing\n/],
    [['--runs', 'x'], /^--runs must be a whole number\n/],
    [['--runs', '0'], /^--runs must be at least 1\n/],
    [['--kills', '0'], /^--kills must be at least 1\n/],
    [['--replicas', '5'], /^--replicas must be from 1 to 4\n/],
    [['--seeds', '1'], /^Unknown option '--seeds'/],
  ])('says what is wrong with %j, and how it is started', (args, said) => {
    const read = () => chaosOptions(args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(said);
    expect(read).toThrow('npm run chaos -- [--runs N | --kills N]');
  });
});

describe('npm run bench', () => {
  it.each([
    [['--sizes', '25,x']],
    [['--rounds', '0']],
    [['--only', 'all']],
    [['--larger']],
    [['--beside', '/nowhere']],
  ])('says what is wrong with %j, and how it is started', (args) => {
    expect(() => benchOptions(args)).toThrow(UsageError);
    expect(() => benchOptions(args)).toThrow('npm run bench -- [--large]');
  });
});

describe('a program that ends with an error', () => {
  it('prints the message of each cause', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:9');
    const failed = new TypeError('fetch failed', { cause: refused });
    expect(withCauses(failed)).toBe('fetch failed: connect ECONNREFUSED 127.0.0.1:9');
    expect(withCauses('no error')).toBe('no error');
  });
});
