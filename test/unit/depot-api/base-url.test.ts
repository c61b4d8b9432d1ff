import { describe, expect, it } from 'vitest';
import { LocationUrlError } from '../../../src/depot-api/errors.ts';
import { parseBaseUrl } from '../../../src/depot-api/http/base-url.ts';

describe('the base URL of a location', () => {
  it.each([
    ['https://dev.mydeposys.com', 'https://dev.mydeposys.com'],
    ['https://dev.mydeposys.com/', 'https://dev.mydeposys.com'],
    ['https://dev.mydeposys.com//', 'https://dev.mydeposys.com'],
    ['  https://dev.mydeposys.com \n', 'https://dev.mydeposys.com'],
    ['https://dev.mydeposys.com:8443/depot/v2/', 'https://dev.mydeposys.com:8443/depot/v2'],
    ['HTTPS://Dev.MyDeposys.com', 'https://dev.mydeposys.com'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.8.9.10', 'http://127.8.9.10'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('takes %j as %s', (onlineUrl, href) => {
    expect(parseBaseUrl(onlineUrl, 'Dev').href).toBe(href);
  });

  it('tells the origin apart from a path prefix', () => {
    expect(parseBaseUrl('https://one.host/depot', 'Dev').origin).toBe('https://one.host');
  });

  it.each([
    ['jkt.web.com', 'is no https address'],
    ['localhost:3000', 'is no https address'],
    ['ftp://jkt.web.com', 'is no https address'],
    ['javascript:alert(1)', 'is no https address'],
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['https://', 'is not a URL'],
    ['https://jkt web.com', 'is not a URL'],
    ['http://jkt.web.com', 'uses http, which is not encrypted'],
    ['http://127.0.0.1.evil.com', 'uses http, which is not encrypted'],
    ['http://localhost.evil.com', 'uses http, which is not encrypted'],
    ['http://10.0.0.1', 'uses http, which is not encrypted'],
    ['https://jkt.web.com/?a=1', 'contains a query or a fragment'],
    ['https://jkt.web.com/#users', 'contains a query or a fragment'],
  ])('refuses %j, because it %s', (onlineUrl, problem) => {
    expect(() => parseBaseUrl(onlineUrl, 'Jakarta')).toThrow(
      `Invalid location URL: online_url of Jakarta ${problem}; expected an address such as https://dev.mydeposys.com`,
    );
  });

  it('refuses credentials in the URL without repeating them', () => {
    const read = () => parseBaseUrl('https://root:hunter2@jkt.web.com', 'Jakarta');
    expect(read).toThrow(/Jakarta contains a user name or password/);
    expect(read).not.toThrow(/hunter2/);
  });

  it('fails with a reason that names the location', () => {
    const why = { code: 'bad_address', location: 'Jakarta', problem: 'empty' } as const;
    expect(new LocationUrlError(why).failure).toEqual({
      code: 'location_url',
      reason: 'online_url of Jakarta is empty; expected an address such as https://dev.mydeposys.com',
      why,
    });
  });
});
