import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Effect, Phase } from '../schedule/fault.ts';
import type { Verdict } from './at-point.ts';
import { slackPoint } from './slack-points.ts';

type SlackAnswer = Extract<Effect, { kind: 'slack' }>['answer'];

/** Asked at every point; besides what may happen anywhere, Slack may answer otherwise than it should. */
export type AtSlackPoint = (point: string, phase: Phase) => Promise<Verdict | SlackAnswer>;

export type SlackProxy = {
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  isBusy(): boolean;
  stop(): Promise<void>;
};

/** Stands between one bot and Slack's Web API. */
export async function startSlackProxy(
  slackUrl: string,
  atPoint: AtSlackPoint,
  worked: () => void,
): Promise<SlackProxy> {
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    worked();
    serve(request, response)
      .catch(() => response.destroy())
      .finally(() => {
        underWay -= 1;
        worked();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const body = await buffer(request);
    const point = slackPoint(path, body.toString());
    const before = await atPoint(point, 'before');
    if (before !== 'go') return misanswer(response, before);
    const answer = await fetch(new URL(path, slackUrl), {
      method: request.method ?? 'POST',
      headers: passedOn(request),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const text = await answer.text();
    const after = await atPoint(point, 'after');
    if (after !== 'go') return misanswer(response, after);
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'Content-Type': type }).end(text);
  }

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy got no TCP port');
  return {
    apiUrl: `http://127.0.0.1:${address.port}/api/`,
    isBusy: () => underWay > 0,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  const { authorization, 'content-type': type } = headers;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
}

function misanswer(response: ServerResponse, how: 'drop' | SlackAnswer): void {
  switch (how) {
    case 'drop':
    case 'lost':
      response.destroy();
      return;
    case 'limited':
      response.writeHead(429, { 'Retry-After': '1' }).end('{"ok":false,"error":"ratelimited"}');
      return;
    case 'error':
      response.writeHead(500).end('Internal Server Error');
      return;
    case 'refused':
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end('{"ok":false,"error":"fatal_error"}');
  }
}
