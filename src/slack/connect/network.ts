import type { webApi } from '@slack/bolt';
import { Agent, buildConnector, fetch as fetchBy } from 'undici';
import type { Logger, Tunnel } from '../../sync/ports/ports.ts';

/** What is sent to Slack. The bot puts no forms together: a file is sent as it is. */
type Sent = Omit<NonNullable<Parameters<webApi.FetchFunction>[1]>, 'body'> & {
  readonly body?: string | FormData | AsyncIterable<Uint8Array>;
  readonly duplex?: 'half';
};

export type Answer = Awaited<ReturnType<webApi.FetchFunction>> & {
  clone(): { json(): Promise<unknown> };
  readonly body: { cancel(): Promise<void> } | null;
};

/** The way to Slack. */
export type Network = {
  readonly fetch: (url: string | URL, sent?: Sent) => Promise<Answer>;
  /** For the socket of Socket Mode; undefined where it needs none. */
  readonly dispatcher: Agent | undefined;
};

/** Slack is reached without a proxy. */
export const DIRECT: Network = { fetch: (url, sent) => fetch(url, sent), dispatcher: undefined };

/** Through the company's proxy where there is one. */
export function networkBy(tunnel: Tunnel | undefined, logger: Logger): Network {
  return tunnel === undefined ? DIRECT : throughProxy(tunnel, logger);
}

/**
 * The way through a company's proxy. Neither Node's own fetch nor the socket of Socket Mode reads `HTTPS_PROXY`; both go by
 * the undici that Slack's socket client uses as well. Plain http is for a Slack on this machine, and goes directly.
 */
function throughProxy(tunnel: Tunnel, logger: Logger): Network {
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
          // The socket of Socket Mode keeps the reason to itself.
          logger.warn({ host: hostname }, error.message);
          callback(error, null);
        },
      );
    },
  });
  return {
    fetch: async (url, { body, ...sent } = {}) => {
      // Another class than the one that goes with this fetch.
      if (body instanceof FormData) throw new TypeError('Slack is sent no forms');
      return fetchBy(url, { ...sent, ...(body === undefined ? {} : { body }), dispatcher });
    },
    dispatcher,
  };
}
