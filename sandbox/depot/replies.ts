import type { ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';

type Written = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
};

/** What the depot server does instead of serving a request. A function writes the answer itself. */
export type DepotReply = 'hang' | 'reset' | Written | ((response: ServerResponse) => void);

/** Carries out a reply. Without a status, the answer is 200 and JSON. */
export function sendReply(response: ServerResponse, reply: DepotReply): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  const text = reply.text ?? JSON.stringify(reply.json ?? {});
  response.writeHead(reply.status ?? 200, { 'Content-Type': 'application/json', ...reply.headers });
  response.end(text);
}

/** The page of a proxy or of a crashed application. */
export const htmlPage: DepotReply = {
  headers: { 'Content-Type': 'text/html' },
  text: '<!DOCTYPE html><html><body>It works!</body></html>',
};

/** A 302 to this address. */
export function redirectTo(location: string): DepotReply {
  return { status: 302, headers: { Location: location } };
}

/** Announces a complete answer and breaks off in the middle. */
export const truncatedBody: DepotReply = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '5000' });
  response.write('{"object":[{"id_user":1,', () => response.destroy());
};

/** Sends the header and half a body, then nothing more. */
export const stalledBody: DepotReply = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '5000' });
  response.write('{"object":[');
};

/** Sends `megabytes` of blanks, uncompressed: valid JSON so far. */
export function oversizedBody(megabytes: number): DepotReply {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    writeMegabytes(response, megabytes);
  };
}

/** Sends `megabytes` of blanks compressed to about a thousandth. */
export function gzipBomb(megabytes: number): DepotReply {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    writeMegabytes(gzip, megabytes);
  };
}

/** A correct answer, compressed. */
export function gzipped(json: unknown): DepotReply {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(json)));
  };
}

/** An answer that says it is compressed, with bytes that are not. */
export function damaged(encoding: 'gzip' | 'br' | 'deflate'): DepotReply {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': encoding });
    response.end(Buffer.alloc(64, 0xff));
  };
}

function writeMegabytes(stream: NodeJS.WritableStream, megabytes: number): void {
  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  let left = megabytes;
  const write = () => {
    while (left > 0) {
      left -= 1;
      if (!stream.write(megabyte)) {
        stream.once('drain', write);
        return;
      }
    }
    stream.end();
  };
  write();
}
