import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { LEAST, problemsOf } from '../../support/settings.ts';

const proxyOf = (environment: Environment) => parseConfig({ ...LEAST, ...environment }).proxy;

describe('the proxy', () => {
  it.each<[Environment, string | undefined]>([
    [{}, undefined],
    [{ HTTP_PROXY: 'http://plain:1' }, undefined],
    [{ ALL_PROXY: 'http://all:1' }, 'http://all:1'],
    [{ all_proxy: 'http://small:1', ALL_PROXY: 'http://all:1' }, 'http://small:1'],
    [{ HTTPS_PROXY: 'http://https:1', ALL_PROXY: 'http://all:1' }, 'http://https:1'],
    [{ https_proxy: 'https://small:1', HTTPS_PROXY: 'http://https:1' }, 'https://small:1'],
    [{ HTTPS_PROXY: '', ALL_PROXY: 'http://all:1' }, 'http://all:1'],
    [{ HTTPS_PROXY: 'http://user:p%40ss@proxy:1/' }, 'http://proxy:1'],
  ])('of %j is %s', (environment, origin) => {
    expect(proxyOf(environment)?.url.origin).toBe(origin);
  });

  it.each(['secret:3128', 'secret.example.com', 'socks5://secret:1080', 'http://user:%zz-secret@proxy:1'])(
    'cannot be %s: the problem names the variable and not its value',
    (value) => {
      for (const name of ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']) {
        expect(problemsOf({ ...LEAST, [name]: value })).toEqual([
          `${name} must be the address of a proxy, such as http://proxy.example.com:3128`,
        ]);
      }
    },
  );
});

describe('NO_PROXY', () => {
  it.each<[string, string, boolean]>([
    ['', 'slack.com', false],
    ['*', 'slack.com', true],
    ['slack.com', 'slack.com', true],
    ['slack.com', 'files.slack.com', true],
    ['slack.com', 'notslack.com', false],
    ['.slack.com', 'files.slack.com', true],
    ['*.slack.com', 'files.slack.com', true],
    ['Example.com, SLACK.com', 'Slack.COM', true],
    ['example.com slack.com', 'slack.com', true],
    ['slack.com:443', 'slack.com', true],
    ['slack.com:8443', 'slack.com', false],
    ['localhost', '127.0.0.1', true],
    ['127.0.0.1', 'localhost', true],
    ['localhost', 'slack.com', false],
    ['localhost', '[::1]', true],
    ['10.0.0.1', 'localhost', false],
    ['10.0.0.1', '127.0.0.1', false],
    ['fd00::1', '[fd00::2]', false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', 'slack.com', false],
    ['fd00::/8', '[fd00::1]', true],
    ['::1', '[::1]', true],
    ['[::1]:443', '[::1]', true],
    ['[fe80::1]:8443', '[fe80::1]', false],
    ['10.0.0.0/99', '10.0.0.1', false],
    ['10.0.0.0/8:443', '10.1.2.3', true],
    ['10.0.0.0/8:8443', '10.1.2.3', false],
    ['[fd00::]/8', '[fd00::1]', true],
    ['fd00:0:0::1', '[fd00::1]', true],
    ['10.1.*', '10.1.2.3', true],
    ['10.1.*', '10.10.2.3', false],
    ['*.slack.com:443', 'files.slack.com', true],
    ['*.slack.com:8443', 'files.slack.com', false],
    ['depot-*.example.com', 'depot-7.example.com', true],
    ['depot-*.example.com', 'store-7.example.com', false],
    ['depot-*.example.com', 'depot-7xexample.com', false],
    ['*slack.com', 'files.slack.com', true],
    ['slack.com.', 'slack.com', true],
    ['slack.com', 'slack.com.', true],
    ['example.com;slack.com', 'slack.com', true],
    ['127.example.com', 'localhost', false],
    ['slack.com/', 'slack.com', false],
  ])('%s spares %s: %s', (NO_PROXY, hostname, spared) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const proxy = proxyOf({ HTTPS_PROXY: 'http://proxy:1', [name]: NO_PROXY });
      expect(proxy?.spares(hostname, 443)).toBe(spared);
    }
  });
});
