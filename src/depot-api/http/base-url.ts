import { LocationUrlError } from '../errors.ts';

export type BaseUrl = {
  /** Without a trailing slash; a path prefix is kept. */
  readonly href: string;
  readonly origin: string;
};

const EXPECTED = 'expected an address such as https://dev.mydeposys.com';

/**
 * Checks `locations.online_url` (contract, section 1): https only, http for loopback hosts. Throws `LocationUrlError`. Its reason
 * names the location and never quotes the URL, which may contain a password.
 */
export function parseBaseUrl(onlineUrl: string, locationName: string): BaseUrl {
  const text = onlineUrl.trim();
  const problem = problemOf(text);
  if (problem !== undefined)
    throw new LocationUrlError(`online_url of ${locationName} ${problem}; ${EXPECTED}`);
  const { origin, pathname } = new URL(text);
  return { origin, href: origin + pathname.replace(/\/+$/, '') };
}

/** The host of an address that `parseBaseUrl` accepts; undefined for any other address. */
export function hostOf(onlineUrl: string): string | undefined {
  const text = onlineUrl.trim();
  return problemOf(text) === undefined ? new URL(text).host : undefined;
}

function problemOf(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (!/^https?:\/\//i.test(text)) return 'is no https address';
  if (/\s/.test(text) || !URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'contains a user name or password';
  if (url.search !== '' || url.hash !== '') return 'contains a query or a fragment';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'uses http, which is not encrypted';
  return undefined;
}

/** The URL parser has already turned every spelling of an IPv4 address into four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
