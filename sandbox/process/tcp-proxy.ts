import { createConnection, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { type Listening, listenHere } from './listen.ts';

export type TcpProxy = Listening & {
  /** Breaks every connection and refuses new ones, as if the server were gone. */
  cut(): void;
  /** Keeps connections open but passes nothing on, as if the network dropped everything. */
  freeze(): void;
  /** Passes the clients' bytes on, but none of the server's answers, as if the way back were broken. */
  mute(): void;
  /**
   * Lets new connections through again. Ends the frozen connections, as would happen in time: otherwise their transactions would
   * keep their locks for ever.
   */
  restore(): void;
};

/**
 * Starts a proxy between a client and a server on a port of this machine, which can cut the server off. `rewrite` changes the
 * client's bytes, chunk by chunk.
 */
export async function startTcpProxy(
  targetPort: number,
  rewrite: (sent: Buffer) => Buffer = (sent) => sent,
): Promise<TcpProxy> {
  let state: 'open' | 'cut' | 'frozen' = 'open';
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'cut') {
      client.destroy();
      return;
    }
    if (state === 'frozen') return;
    const upstream = createConnection(targetPort, '127.0.0.1');
    keep(upstream);
    upstreams.add(upstream);
    client.pipe(rewriting(rewrite)).pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      upstreams.delete(upstream);
      client.destroy();
    });
  });
  return {
    ...(await listenHere(server)),
    cut: () => {
      state = 'cut';
      drop();
    },
    freeze: () => {
      state = 'frozen';
      for (const socket of sockets) socket.unpipe().pause();
    },
    mute: () => {
      state = 'frozen';
      for (const upstream of upstreams) upstream.unpipe().pause();
    },
    restore: () => {
      drop();
      state = 'open';
    },
  };
}

function rewriting(rewrite: (sent: Buffer) => Buffer): Transform {
  return new Transform({ transform: (chunk: Buffer, _, done) => done(null, rewrite(chunk)) });
}
