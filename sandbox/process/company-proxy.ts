import { createServer } from 'node:http';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Listening, listenHere } from './listen.ts';

export type CompanyProxy = Listening & {
  /** Every CONNECT in order: its `host:port`, and the status of the answer. */
  readonly asked: readonly { readonly to: string; readonly status: number }[];
};

type Options = {
  /** Allowed `host:port`, each with the port of this machine that represents it. Every other is refused with 403. */
  readonly routes: ReadonlyMap<string, number>;
  /** The required `user:password`. Any other login is refused with 407. */
  readonly login?: string;
};

/** Starts a forward proxy as companies have them. It only tunnels by CONNECT (RFC 9110, section 9.3.6). */
export async function startCompanyProxy({ routes, login }: Options): Promise<CompanyProxy> {
  const asked: { to: string; status: number }[] = [];
  const authorized = `Basic ${Buffer.from(login ?? '').toString('base64')}`;
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Duplex, head: Buffer) => {
    const to = request.url ?? '';
    const port = routes.get(to);
    const known = login === undefined || request.headers['proxy-authorization'] === authorized;
    const status = known ? (port === undefined ? 403 : 200) : 407;
    asked.push({ to, status });
    if (status !== 200 || port === undefined) {
      client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 7\r\n\r\nrefused`);
      return;
    }
    const upstream = createConnection(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => client.destroy());
  });
  return { ...(await listenHere(server)), asked };
}
