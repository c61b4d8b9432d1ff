import type { AddressProblem } from '../../sync/failures/depot-reason.ts';
import { LocationUrlError } from '../errors.ts';

/** `href`: without a trailing slash; a path prefix is kept. */
export type BaseUrl = ReturnType<typeof parseBaseUrl>;

/**
 * Checks `locations.online_url` (contract, section 1): https only, http for loopback hosts. Throws `LocationUrlError`. Its reason
 * names the location and never quotes the URL, which may contain a password.
 */
export function parseBaseUrl(onlineUrl: string, locationName: string) {
  const text = onlineUrl.trim();
  const problem = problemOf(text);
  if (problem !== undefined)
    throw new LocationUrlError({ code: 'bad_address', location: locationName, problem });
  const { origin, pathname } = new URL(text);
  return { origin, href: origin + pathname.replace(/\/+$/, '') };
}

/** The host of an address that `parseBaseUrl` accepts; undefined for any other address. */
export function hostOf(onlineUrl: string): string | undefined {
  const text = onlineUrl.trim();
  return problemOf(text) === undefined ? new URL(text).host : undefined;
}

function problemOf(text: string): AddressProblem | undefined {
  if (text === '') return 'empty';
  if (!/^https?:\/\//i.test(text)) return 'not_https';
  if (/\s/.test(text) || !URL.canParse(text)) return 'not_a_url';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'has_login';
  if (url.search !== '' || url.hash !== '') return 'has_query';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'not_encrypted';
  return undefined;
}

/** The URL parser has already turned every spelling of an IPv4 address into four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
