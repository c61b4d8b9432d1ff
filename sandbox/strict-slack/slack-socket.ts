import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type SlackSocket = { readonly url: string; stop(): void };

/** Starts a WebSocket server that sends one message to every client, and nothing more (RFC 6455). */
export async function startSlackSocket(said: object): Promise<SlackSocket> {
  const server = createServer();
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    open.add(socket.on('error', () => {}));
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const text = Buffer.from(JSON.stringify(said));
    // One complete text frame. A length of up to 125 fits into one byte.
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
