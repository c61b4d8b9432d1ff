import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import axios, { type AxiosRequestConfig } from 'axios';
import type { Trouble } from '../../sync/failures/depot-reason.ts';
import type { Tunnel } from '../../sync/ports/ports.ts';
import { TimedOutError } from '../../sync/run/concurrency.ts';
import { type Broken, describeBroken, wasReused } from '../errors.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly token?: string;
  readonly json?: object;
};

/** An HTTP answer of any status. `retryAfter`, `date`, `location` and `age` are the unchanged headers. */
export type Answer = Decoded & {
  readonly kind: 'answer';
  readonly status: number;
  readonly retryAfter: string | undefined;
} & { readonly [name in 'date' | 'location' | 'age']?: string | undefined };

export type Outcome = Answer | Broken;

export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<Outcome>;

/** The largest answer in bytes, after decompression: about a hundred times a page of 100 users. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** The most values of an answer, as of 10,000 users with 50 fields each: `{}` takes two bytes as text, and sixty in memory. */
const MAX_VALUES = 500_000;

/** Milliseconds for which each request gets a new connection after an idle one failed: a firewall may have dropped all of them. */
const FRESH_MS = 10_000;
/** Idle connections are closed before a firewall forgets them and drops what is sent over them. Milliseconds. */
const IDLE_MS = 30_000;

/**
 * Creates a client for single requests as the contract's section 1 demands: its headers, no redirects, a limited body. Network
 * errors are returned as outcomes; only the signal's reason is thrown. The signal is the only timeout. Hosts that `tunnel` serves
 * are reached through the proxy.
 */
export function createHttp(tunnel?: Tunnel, idleMs = IDLE_MS): Http {
  const agents = (keepAlive: boolean) => {
    const options = { keepAlive, timeout: idleMs };
    const httpsAgent = tunnel === undefined ? new HttpsAgent(options) : new TunnelledAgent(tunnel, options);
    return { httpAgent: new HttpAgent(options), httpsAgent };
  };
  const [kept, fresh] = [agents(true), agents(false)];
  let freshUntil = 0;
  const client = axios.create({
    // `tunnel` knows the proxy and reads NO_PROXY as the bot does for Slack. Plain http is for loopback only.
    proxy: false,
    maxRedirects: 0,
    maxContentLength: MAX_BODY_BYTES,
    responseType: 'arraybuffer',
    transformResponse: (bytes) => bytes,
    validateStatus: () => true,
  });
  return async (request, signal) => {
    signal.throwIfAborted();
    try {
      const connections = performance.now() < freshUntil ? fresh : kept;
      const response = await client.request<Buffer>({ ...configOf(request), ...connections, signal });
      if (valuesIn(response.data) > MAX_VALUES) return TOO_LARGE;
      const header = (name: string) => {
        const value: unknown = response.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      return {
        kind: 'answer',
        status: response.status,
        retryAfter: header('retry-after'),
        date: header('date'),
        location: header('location'),
        age: header('age'),
        ...decodeUtf8(response.data, header('content-type')),
      };
    } catch (error) {
      const isCancelled = signal.aborted && !(signal.reason instanceof TimedOutError);
      if (!isCancelled && wasReused(error)) freshUntil = performance.now() + FRESH_MS;
      signal.throwIfAborted();
      return describeBroken(error);
    }
  };
}

const TOO_LARGE: Broken = {
  kind: 'broken',
  why: { code: 'answer_too_large' },
  retryable: false,
  cause: new Error(`The answer has more than ${MAX_VALUES} values`),
};

/** In JSON, each value but the first follows `,`, `[` or `{`. A text may have them too, but not so many. */
function valuesIn(bytes: Uint8Array): number {
  let values = 1;
  // For ten megabytes, an iterator would take ten times as long.
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values += 1;
  }
  return values;
}

/** Opens connections through the tunnel if the host needs the proxy, with the same TLS inside. */
class TunnelledAgent extends HttpsAgent {
  readonly #tunnel: Tunnel;

  constructor(tunnel: Tunnel, options: AgentOptions) {
    super(options);
    this.#tunnel = tunnel;
  }

  override createConnection(
    options: ConnectionOptions,
    opened: (error: Error | null, socket?: Duplex) => void,
  ) {
    const { host, port } = options;
    const opening = host ? this.#tunnel(host, Number(port ?? 443)) : undefined;
    if (opening === undefined) return super.createConnection(options, opened);
    opening.then(
      (socket) => opened(null, connect({ ...options, socket })),
      (error: Error) => opened(error),
    );
    return undefined;
  }
}

function configOf({ method, url, token, json }: HttpRequest): AxiosRequestConfig {
  const headers: Record<string, string> = {
    'X-Requested-With': 'XMLHttpRequest',
    Accept: 'application/json',
    // A cache on the way must not answer by itself.
    'Cache-Control': 'no-cache',
    'User-Agent': 'usersync',
  };
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  return { method, url, headers, ...(json === undefined ? {} : { data: JSON.stringify(json) }) };
}

/** Names of UTF-8 and of its subsets. */
const UTF_8 = /^(x-|unicode-1-1-)?(utf-?8|utf8mb[34]|us-ascii|ascii)$/i;
/** Charsets that encode non-ASCII letters in ASCII bytes. */
const HIDES_IN_ASCII = /utf-?7|^iso-?2022|^hz/i;
const CHARSET = /;\s*charset\s*=\s*["']?([^\s"',;]+)/i;
const LONGEST_NAME = 40;

export type Decoded = {
  readonly text: string;
  /** What is wrong with the bytes. The text is empty then. */
  readonly garbled?: Trouble;
};

/**
 * Decodes the bytes of an answer. JSON is UTF-8 (RFC 8259, section 8.1), and a single wrong byte refuses the whole answer: one
 * misread letter makes another email, and so another person. If the header names another charset, non-ASCII bytes are refused,
 * because either charset may be meant. A byte order mark is removed.
 */
function decodeUtf8(bytes: Uint8Array, contentType: string | undefined): Decoded {
  const charset = CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8';
  const isPlain = () => !HIDES_IN_ASCII.test(charset) && bytes.every((byte) => byte < 0x80);
  if (!UTF_8.test(charset) && !isPlain()) {
    return { text: '', garbled: { code: 'other_charset', charset: charset.slice(0, LONGEST_NAME) } };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { text: '', garbled: { code: 'not_utf8' } };
  }
}

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: Trouble };

/** Several places ask for the same body, which may have megabytes. */
const bodies = new WeakMap<object, JsonBody>();

/** Parses the text of an answer as JSON. Not left to axios, so that the reason can say whether HTML or half an answer came. */
export function parseJsonBody(answer: Pick<Answer, 'text' | 'garbled'>): JsonBody {
  const body = bodies.get(answer) ?? parse(answer);
  bodies.set(answer, body);
  return body;
}

function parse({ text, garbled }: Pick<Answer, 'text' | 'garbled'>): JsonBody {
  if (garbled !== undefined) return { ok: false, why: garbled };
  if (text.trim() === '') return { ok: false, why: { code: 'empty_answer' } };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    const isMarkup = text.trimStart().startsWith('<');
    return { ok: false, why: { code: isMarkup ? 'html' : 'not_json' } };
  }
}
