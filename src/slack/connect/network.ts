import type { webApi } from '@slack/bolt';
import { Agent, buildConnector, fetch as fetchBy } from 'undici';
import type { Logger, Tunnel } from '../../sync/ports/ports.ts';

/** A request to Slack. The bot sends no forms: it uploads a file as plain bytes. */
type Sent = Omit<NonNullable<Parameters<webApi.FetchFunction>[1]>, 'body'> & {
  readonly body?: string | FormData | AsyncIterable<Uint8Array>;
  readonly duplex?: 'half';
};

export type Answer = Awaited<ReturnType<webApi.FetchFunction>> & {
  clone(): { json(): Promise<unknown> };
  readonly body: { cancel(): Promise<void> } | null;
};

export type Fetch = (url: string | URL, sent?: Sent) => Promise<Answer>;

/** The JSON of an answer; undefined if it is none. Reads a copy, because Slack's client reads the body too. */
export function bodyOf(answer: Answer): Promise<unknown> {
  return answer
    .clone()
    .json()
    .catch(() => undefined);
}

export type Network = {
  readonly fetch: Fetch;
  /** For the WebSocket of Socket Mode; undefined where there is no proxy. */
  readonly dispatcher: Agent | undefined;
};

/** Without a proxy. */
export const DIRECT: Network = { fetch: (url, sent) => fetch(url, sent), dispatcher: undefined };

/**
 * Through the forward proxy where there is one. Neither Node's fetch nor the WebSocket of Socket Mode reads `HTTPS_PROXY`; both can
 * use the version of undici that Slack's socket client uses. Plain http reaches a Slack on this machine, so it goes directly.
 */
export function networkBy(tunnel: Tunnel | undefined, logger: Logger): Network {
  if (tunnel === undefined) return DIRECT;
  const connect = buildConnector({ allowH2: false });
  const dispatcher = new Agent({
    connect: (options, callback) => {
      const { protocol, hostname, port } = options;
      const opening = protocol === 'https:' ? tunnel(hostname, Number(port) || 443) : undefined;
      if (opening === undefined) {
        connect(options, callback);
        return;
      }
      opening.then(
        (httpSocket) => connect({ ...options, httpSocket }, callback),
        (error: Error) => {
          // The WebSocket of Socket Mode does not log the reason.
          logger.warn({ host: hostname }, error.message);
          callback(error, null);
        },
      );
    },
  });
  return {
    fetch: async (url, { body, ...sent } = {}) => {
      // This fetch is undici's, which expects its own class of FormData.
      if (body instanceof FormData) throw new TypeError('Slack is sent no forms');
      return fetchBy(url, { ...sent, ...(body === undefined ? {} : { body }), dispatcher });
    },
    dispatcher,
  };
}
