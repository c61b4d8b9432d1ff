import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port that nothing listened on a moment ago, on the loopback address. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe got no TCP port');
  return address.port;
}
