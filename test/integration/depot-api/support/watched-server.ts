import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A depot server in a process of its own (`fork`), so that it notes when a request comes and not when a busy bot lets it. It
 * takes now less, now more time for an answer. It sends its port; asked for anything, it sends the arrivals since it was asked
 * last, in milliseconds.
 */
let arrivals: number[] = [];
const server = createServer((_, response) => {
  arrivals.push(performance.now());
  setTimeout(() => response.end('{}'), [3, 40, 10][arrivals.length % 3]);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port });
});
process.on('message', () => {
  process.send?.({ arrivals });
  arrivals = [];
});
process.on('disconnect', () => process.exit());
