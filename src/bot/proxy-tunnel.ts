import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { ForwardProxy } from '../config/proxy.ts';
import type { Tunnel } from '../sync/ports/ports.ts';

/**
 * The forward proxy does not open a connection. The message names the proxy without its credentials. `code` is `ERR_PROXY_REFUSED`
 * where the proxy would refuse the same request again, else `ERR_PROXY_UNREACHABLE`.
 */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: 'ERR_PROXY_REFUSED' | 'ERR_PROXY_UNREACHABLE';
  constructor(code: ProxyError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Long for a machine of the same company, and shorter than any timeout for Slack. */
const OPENED_WITHIN_MS = 5_000;

/**
 * Opens tunnels through a proxy by CONNECT (RFC 9110, section 9.3.6). The traffic is encrypted from end to end; the proxy learns
 * only the host's name.
 */
function createTunnel({ url, spares }: ForwardProxy): Tunnel {
  const { username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization: Record<string, string> =
    username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  const proxy = `The proxy ${url.origin}`;

  const open = (to: string) =>
    new Promise<Socket>((resolve, reject) => {
      const unreachable = (why: string) =>
        reject(new ProxyError('ERR_PROXY_UNREACHABLE', `${proxy} cannot be reached: ${why}`));
      const send = url.protocol === 'https:' ? requestByHttps : requestByHttp;
      const asking = send({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (url.protocol === 'https:' ? 443 : 80),
        method: 'CONNECT',
        path: to,
        headers: { host: to, ...authorization },
        agent: false,
        timeout: OPENED_WITHIN_MS,
      });
      asking.once('connect', ({ statusCode = 0 }, socket) => {
        if (statusCode >= 200 && statusCode < 300) {
          resolve(socket.setTimeout(0));
          return;
        }
        socket.destroy();
        reject(refusal(proxy, to, statusCode));
      });
      asking.once('timeout', () => {
        asking.destroy();
        unreachable(`no answer within ${OPENED_WITHIN_MS / 1000} s`);
      });
      asking.once('error', ({ code, message }: NodeJS.ErrnoException) =>
        unreachable(reasonOf(code) ?? message),
      );
      asking.end();
    });

  return (hostname, port) => (spares(hostname, port) ? undefined : open(`${bracketed(hostname)}:${port}`));
}

/** Puts an IPv6 address into brackets, for a port behind it. Some callers pass the brackets already. */
const bracketed = (hostname: string) => (isIP(hostname) === 6 ? `[${hostname}]` : hostname);

/** Undefined where requests go out directly. */
export function tunnelOf(proxy: ForwardProxy | undefined): Tunnel | undefined {
  return proxy && createTunnel(proxy);
}

/** Error codes of Node's HTTP parser begin with `HPE_`. */
function reasonOf(code: string | undefined): string | undefined {
  if (code === 'ECONNRESET') return 'it closed the connection';
  return code?.startsWith('HPE_') === true ? 'its answer is no HTTP' : code;
}

const LOGIN = ': it wants a user name and a password, or others';

/** The standard has 407 for a missing login; tinyproxy answers 401. */
const HINTS: Readonly<Record<number, string>> = {
  401: LOGIN,
  403: ': it does not allow that address',
  407: LOGIN,
};

function refusal(proxy: string, to: string, status: number): ProxyError {
  const code = status < 500 ? 'ERR_PROXY_REFUSED' : 'ERR_PROXY_UNREACHABLE';
  return new ProxyError(
    code,
    `${proxy} refused a connection to ${to} with HTTP ${status}${HINTS[status] ?? ''}`,
  );
}
