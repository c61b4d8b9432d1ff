import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
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
  readonly body: ReadableStream<Uint8Array> | null;
};

export type Fetch = (url: string | URL, sent?: Sent) => Promise<Answer>;

/**
 * A `fetch` for the Web API at `apiUrl` that resolves once the answer is whole, so that the signal of a call holds for all of it:
 * undici's own watch over a signal may be garbage-collected as soon as the head of the answer has come. Rejects with the reason of
 * the signal, or as the connection broke. Nobody reads the answers of other addresses, such as a response_url.
 */
export function whole(apiUrl: string, fetching: Fetch): Fetch {
  return async (url, sent) => {
    const answer = await fetching(url, sent);
    const { status, statusText, headers, body } = answer;
    if (!String(url).startsWith(apiUrl) || body === null) return answer;
    const said = await text(Readable.fromWeb(body, sent?.signal && { signal: sent.signal })).catch(
      (error) => {
        sent?.signal?.throwIfAborted();
        throw error;
      },
    );
    // A proxy may answer with words or a number that no Response takes.
    return new Response(said === '' ? null : said, {
      status: Math.min(status, 599),
      statusText: LATIN_1.test(statusText) ? statusText : '',
      headers: Object.fromEntries(headers.entries()),
    });
  };
}

const LATIN_1 = /^[\t\x20-\x7e\x80-\xff]*$/;

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
