import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DemoPortError, demoOptions } from '../../../demo/options.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';

describe('npm run demo', () => {
  it('takes its options in any order', async () => {
    const port = await freePort();
    expect(await demoOptions([], String(port))).toEqual({
      check: false,
      trouble: false,
      language: 'en',
      port,
    });
    expect(await demoOptions(['--lang', 'id', '--trouble'], String(port))).toMatchObject({
      trouble: true,
      language: 'id',
    });
    expect(await demoOptions(['--check'], String(port))).toMatchObject({ check: true, port: 0 });
  });

  it.each([
    [['--lang'], 'argument missing'],
    [['--lang', 'de'], '--lang must be en or id'],
    [['--troubles'], "Unknown option '--troubles'"],
    [['--check', 'x'], "Unexpected argument 'x'"],
  ])('says what it does not understand, and how it is started: %j', async (args, problem) => {
    const refused = demoOptions(args, '0');
    await expect(refused).rejects.toThrow(problem);
    await expect(refused).rejects.toThrow('npm run demo -- [--trouble] [--lang id] [--check]');
  });

  it.each(['http', '70000', '-1'])('says that DEMO_PORT=%s is no port', async (port) => {
    await expect(demoOptions([], port)).rejects.toThrow('DEMO_PORT must be a port number from 0 to 65535.');
  });

  it('says in one line that its port is taken, and what to do', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const refused = demoOptions([], String(port));
    await expect(refused).rejects.toThrow(DemoPortError);
    await expect(refused).rejects.toThrow(
      `DEMO_PORT ${port} is in use by another program. Stop that one, or choose another: DEMO_PORT=${Number(port) + 1} npm run demo`,
    );
    other.close();
  });
});
