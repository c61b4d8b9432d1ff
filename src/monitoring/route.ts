import type { IncomingMessage, ServerResponse } from 'node:http';

/** Something that is served on `PORT` beside Slack's deliveries. */
export type Route = {
  readonly path: string;
  readonly method: string;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
};

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Ends a response. `body` ends with a line break. */
export function answer(response: ServerResponse, status: number, body: string, type = PLAIN_TEXT): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
