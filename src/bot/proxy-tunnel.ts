import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { ForwardProxy } from '../config/proxy.ts';
import type { ProxyHint, ProxyTrouble } from '../sync/failures/depot-reason.ts';
import { ProxyError } from '../sync/failures/errors.ts';
import type { Tunnel } from '../sync/ports/ports.ts';

/** Long for a machine of the same company, and shorter than any timeout for Slack. */
const OPENED_WITHIN_MS = 5_000;

/**
 * Opens tunnels through the forward proxy by CONNECT (RFC 9110, section 9.3.6); undefined where there is no proxy. The traffic is
 * encrypted from end to end; the proxy learns only the host's name.
 */
export function tunnelOf(forwardProxy: ForwardProxy | undefined): Tunnel | undefined {
  if (forwardProxy === undefined) return undefined;
  const { url, spares } = forwardProxy;
  const { username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization: Record<string, string> =
    username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  const proxy = url.origin;

  const open = (to: string) =>
    new Promise<Socket>((resolve, reject) => {
      const fail = (why: ProxyTrouble) => reject(new ProxyError(why));
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
        fail({ code: 'proxy_refused', proxy, to, status: statusCode, hint: HINTS[statusCode] });
      });
      asking.once('timeout', () => {
        const seconds = OPENED_WITHIN_MS / 1000;
        // A proxy that can be reached is silent while it waits for the address.
        const isReached = asking.socket?.connecting === false;
        asking.destroy();
        fail(
          isReached
            ? { code: 'proxy_stalled', proxy, to, seconds }
            : { code: 'proxy_silent', proxy, seconds },
        );
      });
      asking.once('error', (error: NodeJS.ErrnoException) => fail(troubleOf(proxy, error)));
      asking.end();
    });

  return (hostname, port) => (spares(hostname, port) ? undefined : open(`${bracketed(hostname)}:${port}`));
}

/** Puts an IPv6 address into brackets, for a port behind it. Some callers pass the brackets already. */
const bracketed = (hostname: string) => (isIP(hostname) === 6 ? `[${hostname}]` : hostname);

/** The standard has 407 for a missing login; tinyproxy answers 401. */
const HINTS: Readonly<Record<number, ProxyHint>> = {
  401: 'login_wanted',
  403: 'address_not_allowed',
  407: 'login_wanted',
};

function troubleOf(proxy: string, { code, message }: NodeJS.ErrnoException): ProxyTrouble {
  if (code === 'ECONNRESET') return { code: 'proxy_closed', proxy };
  // Error codes of Node's HTTP parser.
  if (code?.startsWith('HPE_') === true) return { code: 'proxy_no_http', proxy };
  return { code: 'proxy_unreachable', proxy, error: code ?? message };
}
