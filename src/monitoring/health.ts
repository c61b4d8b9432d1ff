import type { IncomingMessage, ServerResponse } from 'node:http';
import { ReadOnlyError } from '../database/client.ts';
import { ClockAheadError } from '../slack/connect/connection.ts';
import type { Logger } from '../sync/ports/ports.ts';
import { withTimeout } from '../sync/run/concurrency.ts';

/** The parts without which the bot cannot work. */
export const PARTS = ['database', 'slack'] as const;

export type Part = (typeof PARTS)[number];

/** One check for each part. Throws where the part cannot be used now. */
export type Checks = Readonly<Record<Part, () => Promise<unknown>>>;

export type Missing = { readonly part: Part; readonly error: unknown };

/** How long a check may take. A later answer counts as none. */
export const ANSWER_WITHIN_MS = 3_000;

/** Measures which parts cannot be used now, in the order of `PARTS`. Never rejects. */
export type Readiness = () => Promise<readonly Missing[]>;

/** Creates the measurement for `/readyz` and the metrics. Logs each change once: why a part cannot be used, and its return. */
export function createReadiness(checks: Checks, logger: Logger): Readiness {
  const reasons = new Map<Part, string>();
  const tell = (part: Part, missing: Missing | undefined) => {
    const reason = missing === undefined ? undefined : String(missing.error);
    if (reason === reasons.get(part)) return;
    if (reason === undefined) {
      reasons.delete(part);
      logger.info({ part }, 'ready again');
    } else {
      reasons.set(part, reason);
      logger.warn({ part, err: missing?.error }, 'not ready');
    }
  };
  return async () => {
    const looks = await Promise.all(PARTS.map((part) => lookAt(part, checks[part])));
    for (const [index, part] of PARTS.entries()) tell(part, looks[index]);
    return looks.filter((missing) => missing !== undefined);
  };
}

async function lookAt(part: Part, check: () => Promise<unknown>): Promise<Missing | undefined> {
  try {
    await withTimeout(ANSWER_WITHIN_MS, undefined, check);
    return undefined;
  } catch (error) {
    return { part, error };
  }
}

/** A path served on `PORT` beside Slack's deliveries. */
export type Route = {
  readonly path: string;
  readonly method: string[];
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
};

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Sends a response. `body` must end with a line break. */
export function answer(response: ServerResponse, status: number, body: string, type = PLAIN_TEXT): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** The methods that the bot's paths serve. Many monitors ask for the head alone; Node then leaves out the body. */
export const LOOKS = ['GET', 'HEAD'];

const REASONS: Readonly<Record<Part, string>> = {
  database: 'The database cannot be reached.',
  slack: 'There is no connection to Slack.',
};

/** `/healthz`: alive. `/readyz`: it can work, else 503 with reasons, in general words, because anybody can request these paths. */
export function healthRoutes(readiness: Readiness): Route[] {
  return [
    { path: '/healthz', method: LOOKS, handler: (_, response) => answer(response, 200, 'ok\n') },
    {
      path: '/readyz',
      method: LOOKS,
      handler: (_, response) => {
        void readiness().then((missing) => {
          const reasons = missing.map((each) => `${reasonOf(each)}\n`).join('');
          answer(response, missing.length === 0 ? 200 : 503, reasons || 'ready\n');
        });
      },
    },
  ];
}

function reasonOf({ part, error }: Missing): string {
  if (error instanceof ReadOnlyError) return 'The database takes no writes.';
  if (error instanceof ClockAheadError)
    return "This machine's clock is ahead, so Slack's requests are refused as too old.";
  return REASONS[part];
}
