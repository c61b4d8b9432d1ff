import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestByHttp, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { IDLE_MS, type Listening, listenHere } from './listen.ts';

const run = promisify(execFile);

export type Authority = {
  /** The folder with `ca.pem`, `cert.pem` and `key.pem`. */
  readonly folder: string;
  /** The file with the authority's certificate (PEM), for `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  readonly key: Buffer;
  readonly cert: Buffer;
  remove(): Promise<void>;
};

/** Creates a private certificate authority, like a company's, and one certificate of it for these names. */
export async function makeAuthority(names: readonly string[]): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'usersync-authority-'));
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-subj'];
  await openssl(
    ...request,
    '/CN=Our authority',
    '-x509',
    '-days',
    '2',
    '-keyout',
    'ca-key.pem',
    '-out',
    'ca.pem',
  );
  await openssl(...request, `/CN=${names[0] ?? 'stand-in'}`, '-keyout', 'key.pem', '-out', 'request.pem');
  await writeFile(join(folder, 'names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-extfile', 'names'];
  await openssl('x509', '-req', '-in', 'request.pem', ...signing, '-days', '2', '-out', 'cert.pem');
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name))));
  if (key === undefined || cert === undefined) throw new Error('openssl made no certificate');
  return { folder, file: join(folder, 'ca.pem'), key, cert, remove: () => rm(folder, { recursive: true }) };
}

/**
 * Puts TLS in front of an HTTP server of this machine, as if it were a server elsewhere at `origin`. WebSockets are included. In
 * answers, the server's own address is replaced with `origin`.
 */
export async function startTlsFront(
  behind: string,
  origin: string,
  { key, cert }: Authority,
): Promise<Listening> {
  const { port, host } = new URL(behind);
  const renamed = (text: string) =>
    text.replaceAll(`http://${host}`, origin).replaceAll(`ws://${host}`, origin.replace('https:', 'wss:'));

  const forward = async (asked: IncomingMessage, response: ServerResponse) => {
    const { method, url: path, headers } = asked;
    const sending = requestByHttp({ host: '127.0.0.1', port, method, path, headers });
    sending.end(await buffer(asked));
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    const body = Buffer.from(renamed(String(await buffer(answer))));
    const { 'transfer-encoding': _, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...kept, 'content-length': body.length }).end(body);
  };

  const server = createServer({ key, cert, keepAliveTimeout: IDLE_MS }, (asked, response) => {
    forward(asked, response).catch(() => response.destroy());
  });
  server.on('secureConnection', (socket) => socket.on('error', () => {}));
  server.on('upgrade', ({ method, url: path, rawHeaders }, client: Duplex, head: Buffer) => {
    const upstream = createConnection(Number(port), '127.0.0.1', () => {
      const lines = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
      );
      upstream.write(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => {}).on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  return listenHere(server);
}
