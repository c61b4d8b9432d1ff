import { BlockList, isIP } from 'node:net';
import type { SettingProblem } from './conflicts.ts';
import type { Environment } from './settings.ts';

/** The forward proxy for outgoing https requests, from the usual environment variables. */
export type ForwardProxy = {
  /** May contain credentials: never log it. */
  readonly url: URL;
  /** Whether `NO_PROXY` lists the host, so that requests to it go out directly. */
  readonly spares: (hostname: string, port: number) => boolean;
};

/** The first of these that is set counts: lower case first, as in curl. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

function namedProxy(env: Environment) {
  const named = NAMES.map((setting) => ({ setting, value: env[setting]?.trim() ?? '' }));
  return named.find(({ value }) => value !== '');
}

/** Undefined where `value` is no http or https URL, or its credentials cannot be decoded. */
function parse(value: string): URL | undefined {
  try {
    const url = new URL(value);
    decodeURIComponent(`${url.username}:${url.password}`);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The proxy that the environment names; undefined where it names none, or an unusable one (see `proxyProblems`). */
export function proxyOf(env: Environment): ForwardProxy | undefined {
  const url = parse(namedProxy(env)?.value ?? '');
  return url && { url, spares: parseNoProxy(env['no_proxy'] || env['NO_PROXY'] || '') };
}

/** Says if the variable that names the proxy is malformed. */
export function proxyProblems(env: Environment): readonly SettingProblem[] {
  const named = namedProxy(env);
  if (named === undefined || parse(named.value) !== undefined) return [];
  const problem = 'must be the address of a proxy, such as http://proxy.example.com:3128';
  return [{ setting: named.setting, problem }];
}

/**
 * Parses `NO_PROXY`. An entry is a name, which includes its subdomains (`example.com`, `.example.com`, `*.example.com`), a name
 * with `*` for any characters, an address, or a network (`10.0.0.0/8`). Each may have a port. `*` matches every host; `localhost`
 * also matches the loopback addresses.
 */
function parseNoProxy(noProxy: string): ForwardProxy['spares'] {
  const entries = noProxy
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '')
    .map(entryOf);
  return (hostname, port) => {
    const host = normalized(hostname.toLowerCase());
    return entries.some((entry) => (entry.port === undefined || entry.port === port) && entry.has(host));
  };
}

/** Removes the brackets of an IPv6 address and the dot that ends a full name. */
const normalized = (host: string) => host.replace(/^\[|\]$/g, '').replace(/\.$/, '');

type Entry = { readonly port: number | undefined; readonly has: (host: string) => boolean };

function entryOf(entry: string): Entry {
  const withPort = isIP(entry) === 0 ? /^(.+):(\d+)$/.exec(entry) : null;
  const [, place = entry, port] = withPort ?? [];
  return { port: port === undefined ? undefined : Number(port), has: placeOf(normalized(place)) };
}

function placeOf(place: string): Entry['has'] {
  const [, address = place, bits] = /^(.+)\/(\d{1,3})$/.exec(place) ?? [];
  if (bits !== undefined || isIP(address) !== 0) {
    const within = inNetwork(normalized(address), bits === undefined ? undefined : Number(bits));
    return (host) => within(host) || (isHere(host) && isHere(place));
  }
  const name = place.replace(/^(\*\.|\.)/, '');
  if (name.includes('*')) {
    const parts = name.split('*').map((part) => part.replace(/[^\w-]/g, '\\$&'));
    const pattern = new RegExp(`^(.+\\.)?${parts.join('.*')}$`);
    return (host) => pattern.test(host);
  }
  return (host) => host === name || host.endsWith(`.${name}`) || (isHere(host) && isHere(name));
}

/** Compares addresses instead of their spellings, since an IPv6 address has many spellings. */
function inNetwork(address: string, bits: number | undefined): Entry['has'] {
  const block = new BlockList();
  try {
    block.addSubnet(address, bits ?? (isIP(address) === 6 ? 128 : 32), familyOf(address));
  } catch {
    return () => false;
  }
  return (host) => isIP(host) !== 0 && block.check(host, familyOf(host));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isHere = (host: string) => host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);
