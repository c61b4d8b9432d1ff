import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { listenHere } from '../process/listen.ts';

export type SlackSocket = {
  readonly url: string;
  /** How many clients have come so far. */
  clients(): number;
  /** Breaks all connections. New clients may come. */
  cut(): void;
  stop(): Promise<void>;
};

const CLOSE_FRAME = 0x88;

/** Starts a WebSocket server that sends one message to the first `most` clients, and nothing more (RFC 6455). */
export async function startSlackSocket(said: object, most = Number.POSITIVE_INFINITY): Promise<SlackSocket> {
  const server = createServer();
  let clients = 0;
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket) => {
    clients += 1;
    open.add(socket.on('error', () => {}));
    socket.on('data', ([first]: Buffer) => {
      if (first === CLOSE_FRAME) socket.end(Buffer.from([CLOSE_FRAME, 0]));
    });
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
    if (clients > most) return;
    const text = Buffer.from(JSON.stringify(said));
    // One complete text frame. A length of up to 125 fits into one byte.
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
  const { port, stop } = await listenHere(server);
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return { url: `ws://127.0.0.1:${port}`, clients: () => clients, cut, stop };
}
