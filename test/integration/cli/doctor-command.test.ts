import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import packageFile from '../../../package.json' with { type: 'json' };
import { type RedisServer, startRedis } from '../../../sandbox/process/redis.ts';
import { runDoctor } from '../../../src/cli/doctor/doctor.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { runMain } from '../../support/main-process.ts';
import { createAccount } from './support/account.ts';
import { checksThat, type DoctorWorld, findingOf, startDoctorWorld } from './support/doctor-world.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let world: DoctorWorld;

beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.stop());

/** `doctor` as a process of its own, with nothing in its environment but these settings. */
async function doctor(args: readonly string[] = [], changes: Environment = {}) {
  const { code, output, errors } = await runMain(
    'doctor',
    { ...world.environment, ...changes },
    tmpdir(),
    args,
  ).ended;
  return { code, stdout: output, stderr: errors };
}

/** What `npm run doctor` runs, from the sources. Rejects where it ends with another status than 0. */
async function npmRunDoctor(): Promise<string> {
  const [program = '', ...words] = packageFile.scripts.doctor.split(' ');
  const env = { PATH: process.env['PATH'], ...world.environment };
  const { stdout } = await run(`node_modules/.bin/${program}`, words, { cwd: ROOT, env });
  return stdout;
}

const texts = { check: z.string(), detail: z.string() };
const report = z.array(
  z.discriminatedUnion('status', [
    z.strictObject({ ...texts, status: z.literal('pass'), todo: z.null() }),
    z.strictObject({ ...texts, status: z.enum(['warn', 'fail']), todo: z.string() }),
  ]),
);

describe('npm run doctor', () => {
  it.each(['Asia/Jakarta', 'America/Santiago'])(
    'compares the clocks as they are on a machine in %s',
    async (TZ) => {
      const { code, stdout } = await doctor([], { TZ });
      expect(stdout).toMatch(/^pass +database clock: 0\.\d{3} s/m);
      expect(code).toBe(0);
    },
  );

  it('ends with 0 where everything is in order, one line per check', async () => {
    const lines = (await npmRunDoctor()).trimEnd().split('\n');
    expect(lines.pop()).toBe(`${lines.length} pass, 0 warn, 0 fail`);
    expect(lines.every((line) => /^pass {2}[^:]+: \S/.test(line))).toBe(true);
    expect(lines.find((line) => line.includes('depot server of prod'))).toMatch(/100 of 150 users$/);
  });

  it('ends with 1 where anything fails, and says what to do', async () => {
    const { code, stdout } = await doctor([], { SLACK_CHANNEL_IDS: 'C0NOTHERE1' });
    expect(code).toBe(1);
    expect(stdout).toContain(
      'fail  Slack channel C0NOTHERE1: Slack says not_in_channel. To do: Type /invite @usersync in that channel.\n',
    );
    expect(stdout).toMatch(/\n\d+ pass, 0 warn, 1 fail\n$/);
  });

  it('refuses an option that it does not know, and prints no report', async () => {
    expect(await doctor(['--jsn'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'doctor knows one option: --json\n',
    });
  });

  it('prints with --json an array for machines and nothing else, also without a single setting', async () => {
    const none = Object.fromEntries(Object.keys(world.environment).map((name) => [name, '']));
    const { code, stdout } = await doctor(['--json'], none);
    const findings = report.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(checksThat('pass', findings)).toEqual(['Node version']);
    expect(findings).toContainEqual({
      check: 'settings',
      status: 'fail',
      detail: 'DATABASE_URL is not set: it must be mysql://user:password@host:port/database',
      todo: expect.stringContaining('.env'),
    });
  });

  it('tells somebody who has set nothing to run setup, and all that it skipped in one line', async () => {
    const none = Object.fromEntries(Object.keys(world.environment).map((name) => [name, '']));
    const { stdout } = await doctor([], none);
    expect(stdout).toMatch(/^fail {2}settings: none is set yet\. To do: Run npm run setup/);
    expect(stdout).toMatch(
      /^warn {2}skipped: \d+ checks were not made, because of what failed above: database, .*Slack delivery\.$/m,
    );
    expect(stdout).not.toMatch(/skipped, because|stand-?in/i);
    const [, skipped] = /skipped: (\d+) checks/.exec(stdout) ?? [];
    expect(stdout).toMatch(new RegExp(`, 0 warn, \\d+ fail, ${skipped} skipped\\n$`));
  });

  it('shows no token and no password where everything goes wrong', async () => {
    const account = await createAccount(world.database);
    const { code, stdout, stderr } = await doctor([], {
      SLACK_BOT_TOKEN: 'xoxb-geheim-bot',
      SLACK_APP_TOKEN: 'xapp-geheim-app',
      SLACK_SIGNING_SECRET: 'geheim-signing',
      EXTERNAL_API_PASSWORD: 'geheim-depot',
      DATABASE_URL: account.url,
      REDIS_URL: 'redis://:geheim-redis@127.0.0.1:1',
    });
    await account.drop();
    expect(code).toBe(1);
    expect(checksIn(stdout, 'fail')).toEqual(['database', 'Slack token', 'Slack delivery']);
    for (const secret of ['geheim', new URL(account.url).password])
      expect(stdout + stderr).not.toContain(secret);
  });

  it('is well where something only warns', async () => {
    const environment = { ...world.environment, REDIS_URL: 'redis://127.0.0.1:1' };
    const lines: string[] = [];
    expect(await runDoctor(environment, { json: false, say: (line) => lines.push(line) })).toBe(true);
    expect(lines.at(-1)).toMatch(/ pass, 1 warn, 0 fail$/);
  });
});

const checksIn = (output: string, status: string) =>
  [...output.matchAll(new RegExp(`^${status}  ([^:]+): `, 'gm'))].map(([, check]) => check);

describe('Redis', () => {
  let redis: RedisServer;

  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.stop());

  it('is not looked at where it is not used', async () => {
    expect(findingOf(await world.examine(), 'Redis')).toBeUndefined();
  });

  it('passes where it answers', async () => {
    const finding = findingOf(await world.examine({ REDIS_URL: redis.url }), 'Redis');
    expect(finding).toMatchObject({ status: 'pass', detail: expect.stringMatching(/ answers in \d+ ms$/) });
  });

  it('warns where it drops counts when its memory is full', async () => {
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'noeviction');
    expect(findingOf(await world.examine({ REDIS_URL: redis.url }), 'Redis')?.status).toBe('pass');
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    client.disconnect();
    expect(findingOf(await world.examine({ REDIS_URL: redis.url }), 'Redis')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/: maxmemory-policy is allkeys-lru$/),
      todo: expect.stringContaining('maxmemory-policy noeviction'),
    });
  });

  it('warns where it wants another login, and is no reason to fail', async () => {
    const url = redis.url.replace('//', '//somebody:another-password@');
    const findings = await world.examine({ REDIS_URL: url });
    expect(checksThat('warn', findings)).toEqual(['Redis']);
    expect(checksThat('fail', findings)).toEqual([]);
  });
});
