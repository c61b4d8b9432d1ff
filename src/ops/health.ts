import type { IncomingMessage, ServerResponse } from 'node:http';

export type Route = {
  readonly path: string;
  readonly method: string;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
};

/**
 * `/healthz`: the process lives. `/readyz`: it can work; 503 with the reason where `check` throws.
 */
export function healthRoutes(check: () => Promise<void>): Route[] {
  return [
    { path: '/healthz', method: 'GET', handler: (_, response) => answer(response, 200, 'ok') },
    {
      path: '/readyz',
      method: 'GET',
      handler: (_, response) => {
        check().then(
          () => answer(response, 200, 'ready'),
          (error: unknown) => answer(response, 503, error instanceof Error ? error.message : 'not ready'),
        );
      },
    },
  ];
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
