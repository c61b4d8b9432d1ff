import { BlockList, isIP } from 'node:net';
import type { SettingProblem } from './conflicts.ts';
import type { Environment } from './settings.ts';

/** The company's forward proxy for requests by https, as the usual variables name it. */
export type ForwardProxy = {
  /** With the credentials that it may have: never to be logged. */
  readonly url: URL;
  /** Whether `NO_PROXY` has the host, so that it is reached without the proxy. */
  readonly spares: (hostname: string, port: number) => boolean;
};

/** In this order, small letters first, as curl and most programs look for them. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

function given(env: Environment): { readonly name: string; readonly value: string } | undefined {
  for (const name of NAMES) {
    const value = env[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}

/** Undefined where it is no address of a proxy that speaks HTTP, or its credentials cannot be read. */
function parse(value: string): URL | undefined {
  try {
    const url = new URL(value);
    decodeURIComponent(`${url.username}:${url.password}`);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where none is named, or none that can be used. */
export function proxyOf(env: Environment): ForwardProxy | undefined {
  const url = parse(given(env)?.value ?? '');
  return url && { url, spares: sparing(env['no_proxy'] || env['NO_PROXY'] || '') };
}

/** What is wrong with the variable that names a proxy. */
export function proxyProblems(env: Environment): readonly SettingProblem[] {
  const { name: setting, value } = given(env) ?? {};
  if (setting === undefined || value === undefined || parse(value) !== undefined) return [];
  return [{ setting, problem: 'must be the address of a proxy, such as http://proxy.example.com:3128' }];
}

/**
 * Reads `NO_PROXY`: names with what is below them (`example.com`, `.example.com`, `*.example.com`), names with a `*` for any
 * letters, addresses, networks (`10.0.0.0/8`), each with a port where one is named; `*` for all; `localhost` stands for every
 * name of this machine.
 */
function sparing(noProxy: string): ForwardProxy['spares'] {
  const entries = noProxy
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '')
    .map(entryOf);
  return (hostname, port) => {
    const host = bare(hostname.toLowerCase());
    return entries.some((entry) => (entry.port === undefined || entry.port === port) && entry.has(host));
  };
}

/** Without the brackets of an IPv6 address, and without the dot that ends a full name. */
const bare = (host: string) => host.replace(/^\[|\]$/g, '').replace(/\.$/, '');

type Entry = { readonly port: number | undefined; readonly has: (host: string) => boolean };

function entryOf(entry: string): Entry {
  const withPort = isIP(entry) === 0 ? /^(.+):(\d+)$/.exec(entry) : null;
  const [, place = entry, port] = withPort ?? [];
  return { port: port === undefined ? undefined : Number(port), has: placeOf(bare(place)) };
}

function placeOf(place: string): Entry['has'] {
  const [, address = place, bits] = /^(.+)\/(\d{1,3})$/.exec(place) ?? [];
  if (bits !== undefined || isIP(address) !== 0) {
    const within = inNetwork(bare(address), bits === undefined ? undefined : Number(bits));
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

/** Compares addresses, not their spellings: an IPv6 address has many. */
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
