import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { tunnelOf } from '../../../src/bot/proxy-tunnel.ts';

type Answer = string | 'closes' | 'says nothing';

/** Asks a proxy that answers every CONNECT in the same way. */
async function tunnelled(answer: Answer, hostname = 'slack.test') {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const proxy = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (request) => {
      asked.push(String(request).split('\r\n', 1)[0] ?? '');
      if (answer === 'closes') socket.destroy();
      else if (answer !== 'says nothing') socket.write(answer);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const url = new URL(`http://user:secret@127.0.0.1:${port}`);
  try {
    const opening = tunnelOf({ url, spares: () => false })?.(hostname, 443);
    const outcome = await opening?.then(
      (socket) => {
        socket.destroy();
        return 'open' as const;
      },
      (error: Error & { code: string }) => ({
        code: error.code,
        message: error.message.replace(`http://127.0.0.1:${port}`, 'PROXY'),
      }),
    );
    return { asked, outcome };
  } finally {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  }
}

const REFUSED = 'The proxy PROXY refused a connection to slack.test:443 with HTTP';
const UNREACHABLE = 'The proxy PROXY cannot be reached:';

describe.concurrent('a proxy', () => {
  it.each(['HTTP/1.1 200 Connection established', 'HTTP/1.0 200 OK', 'HTTP/1.1 204 No Content'])(
    'lets a connection through by any success: %s',
    async (line) => {
      expect((await tunnelled(`${line}\r\n\r\n`)).outcome).toBe('open');
    },
  );

  it.each([
    ['302 Found', 'ERR_PROXY_REFUSED', `${REFUSED} 302`],
    [
      '401 Unauthorized',
      'ERR_PROXY_REFUSED',
      `${REFUSED} 401: it wants a user name and a password, or others`,
    ],
    ['403 Forbidden', 'ERR_PROXY_REFUSED', `${REFUSED} 403: it does not allow that address`],
    ['407 Login', 'ERR_PROXY_REFUSED', `${REFUSED} 407: it wants a user name and a password, or others`],
    ['499 Client Closed', 'ERR_PROXY_REFUSED', `${REFUSED} 499`],
    ['500 Internal Server Error', 'ERR_PROXY_UNREACHABLE', `${REFUSED} 500`],
    ['502 Bad Gateway', 'ERR_PROXY_UNREACHABLE', `${REFUSED} 502`],
    ['503 Unavailable', 'ERR_PROXY_UNREACHABLE', `${REFUSED} 503`],
    ['504 Timeout', 'ERR_PROXY_UNREACHABLE', `${REFUSED} 504`],
  ])('that answers %s is named, and asked again only where that may help', async (status, code, message) => {
    const { outcome } = await tunnelled(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nno`);
    expect(outcome).toEqual({ code, message });
  });

  it.each([
    ['closes', `${UNREACHABLE} it closed the connection`],
    ['SSH-2.0-OpenSSH_9.2\r\n', `${UNREACHABLE} its answer is no HTTP`],
  ])('that is none, because it %s, is named and asked again', async (answer, message) => {
    expect((await tunnelled(answer)).outcome).toEqual({ code: 'ERR_PROXY_UNREACHABLE', message });
  });

  it('that takes the request and says nothing may wait for the address, which is named beside it', async () => {
    const message =
      'The proxy PROXY opened no connection to slack.test:443 within 5 s: one of the two is silent';
    expect((await tunnelled('says nothing')).outcome).toEqual({ code: 'ERR_PROXY_UNREACHABLE', message });
  });

  it.each(['fd00::1', '[fd00::1]'])('is asked for an address of IPv6 in brackets: %s', async (hostname) => {
    const { asked } = await tunnelled('HTTP/1.1 403 No\r\n\r\n', hostname);
    expect(asked).toEqual(['CONNECT [fd00::1]:443 HTTP/1.1']);
  });
});
