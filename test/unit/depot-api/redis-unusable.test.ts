import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import { createSharedRates } from '../../../src/depot-api/http/shared-rates.ts';
import { createLogger } from '../../../src/process/logger.ts';

describe('a Redis that refuses the password', () => {
  it('is told of once in a warning, and the password does not get into the log', async () => {
    const server = createServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', () => socket.write('-WRONGPASS invalid username-password pair\r\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lines: string[] = [];
    const logger = createLogger('trace', { destination: { write: (line) => void lines.push(line) } });
    const rates = createSharedRates(`redis://bot:hunter2secret@127.0.0.1:${port}`, logger);
    try {
      await until(() => lines.some((line) => line.includes('WRONGPASS')), { failure: () => lines.join('') });
      expect(lines.join('')).not.toContain('hunter2secret');
      await until(() => lines.some((line) => line.includes('Redis is lost')), {
        failure: () => lines.join(''),
      });
      expect(lines.find((line) => line.includes('Redis is lost'))).toContain('WRONGPASS');
    } finally {
      await rates.stop();
      server.close();
    }
  });
});
