import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { listenHere } from '../process/listen.ts';

export type SlackPage = { readonly url: string; stop(): Promise<void> };

/**
 * Serves the page of a local Slack with an additional script, which shows dates and the dialogs of buttons (see in-page.js).
 * Everything else is passed on unchanged. Throws if the port is taken.
 */
export async function startSlackPage(slackUrl: string, port: number): Promise<SlackPage> {
  const upstream = new URL(slackUrl);
  const script = await readFile(new URL('./in-page.js', import.meta.url), 'utf8');
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    // Without compression, so that the script can be inserted into the page.
    const asked = { ...headers, 'accept-encoding': 'identity' };
    const passed = request(new URL(url ?? '/', upstream), { method, headers: asked }, async (answer) => {
      if (!String(answer.headers['content-type']).startsWith('text/html')) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      const page = (await text(answer)).replace(
        '<head>',
        () => `<head><script data-upstream="${upstream.origin}">${script}</script>`,
      );
      const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, kept).end(page);
    });
    passed.on('error', () => outgoing.writeHead(502).end('The local Slack does not answer.'));
    incoming.pipe(passed);
  });
  // A WebSocket is passed on byte by byte; the script in the page changes its messages.
  server.on('upgrade', ({ method, url, rawHeaders }, socket: Duplex, head: Buffer) => {
    const away = connect(Number(upstream.port), upstream.hostname);
    away.on('error', () => {});
    const lines = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
    );
    away.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    away.write(head);
    socket.pipe(away).pipe(socket);
    socket.on('close', () => away.destroy());
    away.on('close', () => socket.destroy());
  });
  const { port: listening, stop } = await listenHere(server, port);
  return { url: `http://127.0.0.1:${listening}`, stop };
}
