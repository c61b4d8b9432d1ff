import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { boltLogger, createLogger } from '../../../src/process/logger.ts';
import { NotAsWrittenError } from '../../../src/sync/failures/errors.ts';
import { ProtectedSinceError, StalePlanError } from '../../../src/sync/failures/stale-errors.ts';

/** What is logged at a level, line by line. */
function lines(level: string, log: (logger: ReturnType<typeof createLogger>) => void) {
  const written: string[] = [];
  log(createLogger(level, { destination: { write: (line) => void written.push(line) } }));
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('is one line of JSON with the level by name, the time by ISO 8601, and the fields', () => {
    const [line] = lines('info', (logger) => logger.info({ run: 7 }, 'run completed'));
    expect(line).toMatchObject({ level: 'info', run: 7, msg: 'run completed' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is left out below the level', () => {
    const written = lines('warn', (logger) => {
      logger.info('not this');
      logger.warn('this');
    });
    expect(written.map(({ msg }) => msg)).toEqual(['this']);
  });

  it('keeps an error with its causes', () => {
    const error = new Error('the run failed', { cause: new TypeError('fetch failed') });
    const [line] = lines('error', (logger) => logger.error({ err: error }, 'no'));
    expect(line?.['err']).toMatchObject({
      type: 'Error',
      message: 'the run failed',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { type: 'TypeError', message: 'fetch failed' },
    });
  });

  it.each(['token', 'password', 'authorization', 'Authorization', 'secret', 'appToken', 'botToken'])(
    'says [redacted] where an object has a %s, two levels deep',
    (name) => {
      const secret = { [name]: 'never to be seen' };
      const [line] = lines('info', (logger) =>
        logger.info({ ...secret, options: { ...secret, headers: secret } }, 'x'),
      );
      const hidden = { [name]: '[redacted]' };
      expect(line).toMatchObject({ ...hidden, options: { ...hidden, headers: hidden } });
      expect(JSON.stringify(line)).not.toContain('never to be seen');
    },
  );

  it('names no user of a plan that was not executed', () => {
    for (const error of [
      new StalePlanError(1, ['budi@dkm']),
      new ProtectedSinceError(1, ['budi@dkm']),
      new NotAsWrittenError(1, ['budi@dkm'], []),
    ]) {
      const [line] = lines('warn', (logger) => logger.warn({ err: error }, 'run failed'));
      expect(line).toMatchObject({ err: { failure: { total: 1, emails: '[redacted]' } } });
      expect(JSON.stringify(line)).not.toContain('budi');
    }
  });

  it('says [redacted] inside an error, too', () => {
    const error = Object.assign(new Error('failed'), { config: { password: 'never to be seen' } });
    const [line] = lines('info', (logger) => logger.info({ err: error }, 'x'));
    expect(line).toMatchObject({ err: { config: { password: '[redacted]' } } });
    expect(JSON.stringify(line)).not.toContain('never to be seen');
  });
});

/** Logs more than a pipe holds, goes on with something else, and ends. */
const TALKATIVE = `
  import { createLogger } from ${JSON.stringify(new URL('../../../src/process/logger.ts', import.meta.url).href)};
  const logger = createLogger('info', { pretty: process.stdout.isTTY });
  for (let line = 0; line < 300; line += 1) logger.info('x'.repeat(1_000));
  await new Promise((resolve) => setTimeout(resolve, 20));
  logger.info('still at work');
  process.exit(0);`;

/** Logs more than is kept, for as long as it lives. */
const ENDLESS = `
  import { createLogger } from ${JSON.stringify(new URL('../../../src/process/logger.ts', import.meta.url).href)};
  const logger = createLogger('info');
  for (let line = 0; line < 3_000; line += 1) logger.info('x'.repeat(1_000));
  process.stderr.write('full');
  setInterval(() => logger.info('read again'.padEnd(2_000, '.')), 10);`;

describe('a log that cannot be written', () => {
  it('goes on once it can, although lines were left out', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', ENDLESS]);
    try {
      await once(child.stderr, 'data');
      const found = new Promise((resolve) => {
        let said = '';
        child.stdout.on('data', (data: Buffer) => {
          said = `${said}${data}`.slice(-5_000);
          if (said.includes('read again')) resolve('found');
        });
      });
      expect(await found).toBe('found');
    } finally {
      child.kill('SIGKILL');
    }
  }, 30_000);

  const talk = async (stdout: 'pipe' | number) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', TALKATIVE], {
      stdio: ['ignore', stdout, 'pipe'],
    });
    // Where nobody reads its output, `exit` comes all the same, `close` not.
    const [code]: unknown[] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) }).finally(() =>
      child.kill('SIGKILL'),
    );
    return code;
  };

  it('keeps no process from its work, or from its end, where nobody reads it any more', async () => {
    expect(await talk('pipe')).toBe(0);
  }, 30_000);

  it.skipIf(process.platform !== 'linux')(
    'likewise where its disk is full',
    async () => {
      const full = await open('/dev/full', 'w');
      expect(await talk(full.fd).finally(() => full.close())).toBe(0);
    },
    30_000,
  );
});

describe("Bolt's lines", () => {
  it('stand one level lower than Bolt says, errors by their message', () => {
    const written = lines('trace', (logger) => {
      const bolt = boltLogger(logger);
      bolt.debug('frame', 1);
      bolt.info('connected');
      bolt.warn('slow');
      bolt.error(new Error('lost'), 'again');
      bolt.setLevel(bolt.getLevel());
      bolt.setName('socket-mode');
    });
    expect(written.map(({ level, msg }) => [level, msg])).toEqual([
      ['trace', 'frame 1'],
      ['debug', 'connected'],
      ['warn', 'slow'],
      ['error', 'lost again'],
    ]);
  });

  it('name no address that answers a command or opens a socket, and no token', () => {
    const [line] = lines('trace', (logger) =>
      boltLogger(logger).debug(
        'Received {"token":"abc","response_url":"https://hooks.slack.com/commands/T1/2/x","user_id":"U1"} after ' +
          '{"ok":true,"url":"wss://wss-primary.slack.com/link/?ticket=1"}',
      ),
    );
    expect(line?.['msg']).toBe(
      'Received {"token":"[redacted]","response_url":"[redacted]","user_id":"U1"} after {"ok":true,"url":"[redacted]"}',
    );
  });

  it.each([
    [
      'with blanks',
      '{ "url": "wss://x/?ticket=1", "token" : "abc" }',
      '{ "url": "[redacted]", "token" : "[redacted]" }',
    ],
    [
      'as text in JSON',
      String.raw`{"body":"{\"url\":\"wss://x/?ticket=1\",\"ok\":true}"}`,
      String.raw`{"body":"{\"url\":\"[redacted]\",\"ok\":true}"}`,
    ],
    [
      'with escaped slashes',
      String.raw`{"response_url":"https:\/\/hooks.slack.com\/x","user_id":"U1"}`,
      '{"response_url":"[redacted]","user_id":"U1"}',
    ],
  ])('name none either %s', (_, said, written) => {
    const [line] = lines('trace', (logger) => boltLogger(logger).debug(said));
    expect(line?.['msg']).toBe(written);
  });
});
