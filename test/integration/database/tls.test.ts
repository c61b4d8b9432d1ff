import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import type { DatabaseServer } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { type Authority, makeAuthority } from '../../../sandbox/process/tls-front.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { examine, findingOf } from '../cli/support/doctor-world.ts';

/** The certificate is for this name, and the server is at 127.0.0.1. */
const NAME = 'db.example.com';

// A server with a certificate of an authority that nobody else knows, as a company has it.
describe.skipIf(process.env['TEST_DATABASE_URL'])('a server with TLS', () => {
  let authority: Authority;
  let server: DatabaseServer;
  let database: FreshDatabase;

  beforeAll(async () => {
    authority = await makeAuthority([NAME]);
    // The server may run as another user.
    await chmod(join(authority.folder, 'key.pem'), 0o644);
    const flags = ['ca', 'cert', 'key'].map(
      (part) => `--ssl-${part}=${join(authority.folder, `${part}.pem`)}`,
    );
    server = await startMariadb({ flags });
    database = await freshDatabase({ server, migrated: true });
  });
  afterAll(async () => {
    await database.drop();
    await server.stop();
    await authority.remove();
  });

  const withQuery = (query: Readonly<Record<string, string>>) => {
    const url = new URL(database.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  };
  const ours = () => ({ ssl: 'true', 'ssl-ca': authority.file, 'ssl-server-name': NAME });
  const look = (check: string, query: Readonly<Record<string, string>>) => lookAt(check, withQuery(query));
  const lookAt = async (check: string, url: string) =>
    findingOf(
      await examine({
        ...BOT_SETTINGS,
        DATABASE_URL: url,
        SLACK_API_URL: 'http://127.0.0.1:9/',
        SYNC_TARGETS: 'none',
      }),
      check,
    );

  it('is used by the pool where the authority and the name are told, and doctor prints the cipher', async () => {
    const db = openDatabase(withQuery({ ...ours(), connectionLimit: '2' }));
    try {
      const [row] = await db.$queryRaw<{ Value: string }[]>`SHOW SESSION STATUS LIKE 'Ssl_cipher'`;
      expect(row?.Value).toMatch(/^(TLS|ECDHE)/);
    } finally {
      await db.$disconnect();
    }
    expect(await look('database encryption', ours())).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^(TLS|ECDHE)/),
    });
  });

  it('is asked for by doctor where plain text goes to another host, and on this machine it is not', async () => {
    expect(await look('database encryption', {})).toMatchObject({
      status: 'pass',
      detail: 'plain text, on this machine',
    });
    // Of this machine too, but not by its spelling.
    const elsewhere = database.url.replace('@127.0.0.1:', '@127.1:');
    expect(await lookAt('database encryption', elsewhere)).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^plain text to 127\.1: /),
      todo: expect.stringContaining('?ssl=true'),
    });
  });

  it('whose name is another one is told of, with the name to write', async () => {
    const { 'ssl-server-name': _, ...nameless } = ours();
    expect(await look('database', nameless)).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(NAME),
      todo: expect.stringContaining('ssl-server-name'),
    });
  });

  it('of another authority is told of, and where to name the right one', async () => {
    const other = { ...ours(), 'ssl-ca': join(authority.folder, 'cert.pem') };
    expect(await look('database', other)).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/certificate/),
      todo: expect.stringContaining('ssl-ca=/path/to/ca.pem'),
    });
  });

  it('of which the authority cannot be read is told of', async () => {
    const missing = { ...ours(), 'ssl-ca': join(authority.folder, 'nothing.pem') };
    expect(await look('database', missing)).toMatchObject({
      status: 'fail',
      todo: 'Correct ssl-ca in DATABASE_URL: that file cannot be read.',
    });
  });

  it('that takes no plain text says so, and what to add', async () => {
    await database.connection.query('SET GLOBAL require_secure_transport = ON');
    try {
      expect(await look('database', {})).toMatchObject({
        status: 'fail',
        todo: expect.stringMatching(/add \?ssl=true/),
      });
    } finally {
      await database.connection.query('SET GLOBAL require_secure_transport = OFF');
    }
  });
});
