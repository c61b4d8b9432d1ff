import type { IncomingMessage, ServerResponse } from 'node:http';

export type Route = {
  readonly path: string;
  readonly method: string;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
};

/**
 * `/healthz`: the process lives. `/readyz`: it can work; 503 where `check`, which asks the database, throws. What it
 * threw is for `onFailure`: whoever asks need not be anybody we know.
 */
export function healthRoutes(check: () => Promise<void>, onFailure: (error: unknown) => void): Route[] {
  return [
    { path: '/healthz', method: 'GET', handler: (_, response) => answer(response, 200, 'ok') },
    {
      path: '/readyz',
      method: 'GET',
      handler: (_, response) => {
        check().then(
          () => answer(response, 200, 'ready'),
          (error: unknown) => {
            onFailure(error);
            answer(response, 503, 'The database cannot be reached.');
          },
        );
      },
    },
  ];
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
