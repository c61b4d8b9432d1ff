import { describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { startChecks } from '../../../src/cli/doctor/check.ts';
import { databaseChecks, isAtLeast, nodeCheck, session } from '../../../src/cli/doctor/server-checks.ts';
import { databaseRemedy } from '../../../src/cli/remedies.ts';
import type { Inspection } from '../../../src/database/schema/inspect.ts';
import { DatabaseRefusalError } from '../../../src/database/schema/single-connection.ts';
import { examine, findingOf } from './support/doctor-world.ts';

const SECRET = 'geheim-und-lang';

async function reach(change: (url: URL) => void) {
  const url = new URL('/usersync_nowhere', inject('databaseServerUrl'));
  change(url);
  const quiet = { ...BOT_SETTINGS, SLACK_API_URL: 'http://127.0.0.1:9/' };
  return findingOf(await examine({ ...quiet, DATABASE_URL: url.href }), 'database');
}

describe('the database', () => {
  it('fails where nothing listens, with host and port', async () => {
    const port = await freePort();
    const finding = await reach((url) => {
      url.port = String(port);
      url.password = SECRET;
    });
    expect(finding?.detail).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
    expect(finding?.todo).toMatch(/^Start the database server/);
    expect(JSON.stringify(finding)).not.toContain(SECRET);
  });

  it.each([
    ['without an answer of DNS', 'EAI_AGAIN', '-3001', /^DNS gave no answer/],
    [
      'with an account of the machine itself',
      'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
      '1698',
      /make one with a password/,
    ],
    [
      'with a login that the driver lacks',
      'ER_AUTHENTICATION_PLUGIN_NOT_SUPPORTED',
      '45025',
      /caching_sha2_password/,
    ],
    ['where the server has blocked this machine', 'ER_HOST_IS_BLOCKED', '1129', /host_cache.*FLUSH HOSTS/],
  ])('is told with what helps, %s', (_, code, number, remedy) => {
    const error = new DatabaseRefusalError(code, number, 'words', {});
    expect(databaseRemedy(error, 'mysql://u:p@db:3306/x')).toMatch(remedy);
  });

  it('fails where no server listens at the socket, and does not speak of certificates', async () => {
    const finding = await reach((url) => url.searchParams.set('socketPath', '/nowhere/mysqld.sock'));
    expect(finding?.detail).toMatch(/^\/nowhere\/mysqld\.sock: /);
    expect(finding?.todo).toMatch(/^Start the database server, or correct socketPath in DATABASE_URL/);
  });

  it('fails where it does not exist, with the statement that makes one', async () => {
    const finding = await reach(() => {});
    expect(finding?.detail).toContain("Unknown database 'usersync_nowhere'");
    expect(finding?.todo).toContain('CREATE DATABASE `usersync_nowhere`');
  });

  it('fails where the server refuses user and password, and shows no password', async () => {
    const finding = await reach((url) => {
      url.username = 'nobody_here';
      url.password = SECRET;
    });
    expect(finding?.detail).toContain("Access denied for user 'nobody_here'");
    expect(finding?.todo).toMatch(/^Correct user and password in DATABASE_URL/);
    expect(JSON.stringify(finding)).not.toContain(SECRET);
  });
});

/** What the checks say of a server that tells this. */
async function said(
  name: string,
  told: Partial<Record<'version' | 'Variable_name' | 'Value', string>> & {
    locked?: unknown;
    aheadMs?: number;
  },
) {
  const row = { version: '8.4.3', locked: 0, account: 'bot@%', name: 'laravel', ...told };
  const inspection: Inspection = {
    ask: async <Row>() => {
      const rows: unknown[] = [{ ...row, at: new Date(Date.now() + (told.aheadMs ?? 0)) }];
      return rows as Row[];
    },
    close: () => {},
  };
  const checks = databaseChecks('mysql://bot@db.example.com/laravel', async () => inspection);
  const findings = await Promise.all(startChecks(checks, new Set()));
  return findingOf(findings, name);
}

describe('the database server', () => {
  it.each([
    ['8.0.11', 'pass'],
    ['8.4.3-cluster', 'pass'],
    ['9.1.0', 'pass'],
    ['8.0.4-rc-log', 'fail'],
    ['5.7.44', 'fail'],
    ['10.6.0-MariaDB', 'pass'],
    ['11.4.2-MariaDB-ubu2404', 'pass'],
    ['10.5.27-MariaDB', 'fail'],
    ['8.0.11-TiDB-v8.5.1', 'fail'],
    ['8.0.30-Vitess', 'fail'],
  ])('of version %s is found to %s', async (version, status) => {
    expect((await said('database version', { version }))?.status).toBe(status);
  });

  it.each([
    ['wsrep_cluster_size', '3', 'pass', /, a Galera node of 3: give all processes of the bot the same one$/],
    ['wsrep_cluster_size', '1', 'pass', /^MySQL 8\.4\.3$/],
    ['group_replication_single_primary_mode', 'ON', 'pass', /^MySQL 8\.4\.3$/],
    ['group_replication_single_primary_mode', 'OFF', 'fail', /with several primaries/],
  ])('whose %s is %s: %s', async (Variable_name, Value, status, detail) => {
    const finding = await said('database version', { Variable_name, Value });
    expect(finding).toMatchObject({ status, detail: expect.stringMatching(detail) });
  });

  it.each([
    [['db1', 'db1', 'db1'], 'pass'],
    [['db2', 'db1', 'db1'], 'fail'],
    [['db1', 'db1', 'db2'], 'fail'],
  ])(
    'behind a proxy that reads at %j outside of a transaction, and at db1 within one: %s',
    async (reads, status) => {
      const left = [...reads];
      let within = false;
      const ask = async <Row>(sql: string) => {
        if (sql === 'START TRANSACTION') within = true;
        if (sql === 'ROLLBACK') within = false;
        return (/@@hostname/.test(sql) ? [{ place: within ? 'db1' : left.shift() }] : []) as Row[];
      };
      expect((await session({ ask, close: () => {} })).status).toBe(status);
      expect([left, within]).toEqual([[], false]);
    },
  );

  it.each([0, 0n, 'OFF'])('that tells read_only as %s passes', async (locked) => {
    expect((await said('database', { locked }))?.status).toBe('pass');
  });

  it.each([1, 1n, 'ON', 'NO_LOCK'])('that tells read_only as %s fails', async (locked) => {
    expect(await said('database', { locked })).toMatchObject({
      status: 'fail',
      detail: 'bot@% at db.example.com:3306, database laravel: the server is read-only',
      todo: expect.stringContaining('or let the server be written to again'),
    });
  });

  it.each([
    [0, 'pass', /^0\.\d{3} s/],
    [-1_900, 'pass', /^1\.9 s behind this machine's$/],
    [3_000, 'warn', /^3\.0 s ahead of this machine's$/],
    [-59_000, 'warn', /^59\.0 s behind/],
    [61_000, 'fail', /^61\.0 s ahead of this machine's; at most 60 s will do$/],
    [-3_600_000, 'fail', /^3600\.0 s behind/],
  ])('whose clock is %d ms ahead is found to %s', async (aheadMs, status, detail) => {
    expect(await said('database clock', { aheadMs })).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
    });
  });
});

describe('Node', () => {
  it.each([
    ['20.19.0', 'pass'],
    ['20.20.2', 'pass'],
    ['22.12.0', 'pass'],
    ['24.1.0', 'pass'],
    ['26.0.0', 'pass'],
    ['20.18.3', 'fail'],
    ['21.7.3', 'fail'],
    ['22.11.0', 'fail'],
    ['23.11.1', 'fail'],
    ['18.20.4', 'fail'],
  ])('%s is found to %s', async (version, status) => {
    const [finding] = await Promise.all(startChecks([nodeCheck(version)], new Set()));
    expect(finding?.status).toBe(status);
  });

  it('has its version numbers compared as numbers', () => {
    expect([isAtLeast('20.9.0', '20.19'), isAtLeast('20.19', '20.19.0')]).toEqual([false, true]);
  });
});
