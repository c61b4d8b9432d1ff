import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosRequestConfig } from 'axios';
import { type Decoded, decodeUtf8 } from './decode.ts';
import { type Broken, describeBroken } from './network-errors.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly token?: string;
  readonly json?: object;
};

/** An HTTP answer of any status. `retryAfter` is the header as it came. */
export type Answer = Decoded & {
  readonly kind: 'answer';
  readonly status: number;
  readonly retryAfter: string | undefined;
};

export type Outcome = Answer | Broken;

export type Http = (request: HttpRequest, signal: AbortSignal) => Promise<Outcome>;

/** Bytes of one answer after decompression: some hundred times a page of 100 users. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Sends single requests as the contract's section 1 wants them: its headers, no redirects, a bounded body.
 * Network errors are outcomes; it throws only the signal's reason. It has no timeout but the signal.
 */
export function createHttp(): Http {
  const client = axios.create({
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    maxRedirects: 0,
    maxContentLength: MAX_BODY_BYTES,
    responseType: 'arraybuffer',
    transformResponse: (bytes) => bytes,
    validateStatus: () => true,
  });
  return async (request, signal) => {
    signal.throwIfAborted();
    try {
      const response = await client.request<Buffer>({ ...configOf(request), signal });
      const header = (name: string) => {
        const value: unknown = response.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      return {
        kind: 'answer',
        status: response.status,
        retryAfter: header('retry-after'),
        ...decodeUtf8(response.data, header('content-type')),
      };
    } catch (error) {
      signal.throwIfAborted();
      return describeBroken(error);
    }
  };
}

function configOf(request: HttpRequest): AxiosRequestConfig {
  const headers: Record<string, string> = {
    'X-Requested-With': 'XMLHttpRequest',
    Accept: 'application/json',
    'User-Agent': 'usersync',
  };
  if (request.token !== undefined) headers['Authorization'] = `Bearer ${request.token}`;
  if (request.json !== undefined) headers['Content-Type'] = 'application/json';
  return {
    method: request.method,
    url: request.url,
    headers,
    ...(request.json === undefined ? {} : { data: JSON.stringify(request.json) }),
    // Plain http is loopback only, which no proxy could reach; https is tunnelled, so a proxy reads nothing.
    ...(request.url.startsWith('http:') ? { proxy: false } : {}),
  };
}
