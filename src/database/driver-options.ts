import { readFileSync } from 'node:fs';
import type { PoolConfig } from 'mariadb';

type Value = string | number | boolean | object;

/**
 * The driver's options for a URL of `connectionUrl`. The driver could parse the URL itself, but its URLs cannot name the
 * certificate authority: `ssl-ca` is the path of the authority's file (PEM), `ssl-server-name` the name in the certificate if
 * that is not the host. A file that cannot be read is left out, so that the certificate is refused; `requireAuthority` throws the
 * cause.
 */
export function driverOptions(connectionUrl: string): PoolConfig {
  const url = new URL(connectionUrl);
  const { 'ssl-ca': ca, 'ssl-server-name': servername, ...parameters } = Object.fromEntries(url.searchParams);
  const options = Object.entries(parameters).map(([name, value]): [string, Value] => [
    name,
    typed(name, value),
  ]);
  const tls = {
    ...(ca === undefined ? {} : { ca: textOf(ca) }),
    ...(servername === undefined ? {} : { servername }),
  };
  const login: PoolConfig = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || '3306'),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
  return {
    ...Object.fromEntries(options),
    ...login,
    ...(parameters['ssl'] === 'true' && Object.keys(tls).length > 0 ? { ssl: tls } : {}),
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Checks that the file of `ssl-ca` can be read. Throws the operating system's error. */
export function requireAuthority(databaseUrl: string): void {
  const file = new URL(databaseUrl).searchParams.get('ssl-ca');
  if (file !== null) readFileSync(file);
}

function typed(name: string, value: string): Value {
  if (name === 'sessionVariables') return JSON.parse(value);
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d+$/.test(value) ? Number(value) : value;
}
