import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * For how many milliseconds a server keeps an idle connection: as long as the bot and usual load balancers. Node's own 5 seconds are
 * too few for a test on a busy machine: a process that stands still for 3 seconds would lose a connection in the moment of reuse.
 */
export const IDLE_MS = 65_000;

export type Listening = {
  readonly port: number;
  /** Closes the server, and each of its connections at once. */
  stop(): Promise<void>;
};

/** Lets a server listen on 127.0.0.1. Connections may break without an error. Throws if `port` is taken; 0 is any free one. */
export async function listenHere(server: Server, port = 0): Promise<Listening> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
