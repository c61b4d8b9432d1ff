import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenHere } from '../../sandbox/process/listen.ts';
import type { Effect, Phase } from '../schedule/fault.ts';
import type { Verdict } from './at-point.ts';
import { type SlackCall, slackCall, slackPoint } from './slack-points.ts';

type SlackAnswer = Extract<Effect, { kind: 'slack' }>['answer'];

/** Asked at every point; besides what may happen anywhere, Slack may answer otherwise than it should. */
export type AtSlackPoint = (point: string, phase: Phase) => Promise<Verdict | SlackAnswer>;

export type SlackProxy = {
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  isBusy(): boolean;
  stop(): Promise<void>;
};

type Options = {
  readonly slackUrl: string;
  readonly atPoint: AtSlackPoint;
  /** Slack's word for a call that it refuses for good. */
  readonly wordFor: (call: SlackCall) => string | undefined;
  /** Called at every sign of work. */
  readonly worked: () => void;
};

/** Stands between one bot and Slack's Web API, and the address for files, which is Slack's to name. */
export async function startSlackProxy(options: Options): Promise<SlackProxy> {
  const { slackUrl, atPoint, wordFor, worked } = options;
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
  const { port, stop } = await listenHere(server);
  const address = `http://127.0.0.1:${port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const body = await buffer(request);
    const call = slackCall(path, body.toString());
    const point = slackPoint(call);
    const before = await atPoint(point, 'before');
    if (before !== 'go') return misanswer(response, before);
    const word = wordFor(call);
    if (word !== undefined) return refuse(response, word);
    const answer = await fetch(new URL(path, slackUrl), {
      method: request.method ?? 'POST',
      headers: passedOn(request),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const text = await answer.text();
    const after = await atPoint(point, 'after');
    if (after !== 'go') return misanswer(response, after);
    const type = answer.headers.get('content-type') ?? 'application/json';
    // The file goes to the address that Slack names: this way too.
    const ours = text.replaceAll(`"upload_url":"${slackUrl}`, `"upload_url":"${address}`);
    response.writeHead(answer.status, { 'Content-Type': type }).end(ours);
  }

  return { apiUrl: `${address}/api/`, isBusy: () => underWay > 0, stop };
}

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  const { authorization, 'content-type': type } = headers;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
}

/** Resolves once the answer is over. */
async function misanswer(response: ServerResponse, how: 'drop' | SlackAnswer): Promise<void> {
  switch (how) {
    case 'hanging':
      await once(response, 'close');
      return;
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
    case 'failed':
      refuse(response, 'fatal_error');
  }
}

function refuse(response: ServerResponse, error: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ok: false, error }));
}
