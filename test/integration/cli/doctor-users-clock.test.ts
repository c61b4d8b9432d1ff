import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { connect, type DatabaseServer } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { seedLocations } from '../../../sandbox/database/seed-locations.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { examine, findingOf } from './support/doctor-world.ts';

const NOWHERE = 'https://nowhere.example.com';

describe.skipIf(process.env['TEST_DATABASE_URL']).each([
  ['+07:00', 7],
  ['+00:00', 0],
])('a server whose sessions are at %s', (zone, hours) => {
  let server: DatabaseServer;
  let database: FreshDatabase;

  beforeAll(async () => {
    server = await startMariadb({ flags: [`--default-time-zone=${zone}`] });
    database = await freshDatabase({ server, migrated: true });
    await seedLocations(database.url, { dev: NOWHERE, test: NOWHERE, prod: NOWHERE });
  });
  afterAll(async () => {
    await database.drop();
    await server.stop();
  });
  beforeEach(() => database.connection.query('DELETE FROM users'));

  /** Has the application write a user in a session that says nothing of a time zone. */
  async function applicationWrites(time: string): Promise<void> {
    const { hostname, port, username } = new URL(database.url);
    const application = await connect(`mysql://${username}@${hostname}:${port}/${database.name}`);
    try {
      await application.query('SET time_zone = @@GLOBAL.time_zone');
      await application.query(
        `INSERT INTO users (email, location_id, created_at, updated_at) VALUES ('a@dkm', 8, ${time}, ${time})`,
      );
    } finally {
      await application.end();
    }
  }

  const found = async () =>
    findingOf(await examine({ ...BOT_SETTINGS, DATABASE_URL: database.url }), 'clock of users');

  it('passes where nobody has a time yet', async () => {
    expect(await found()).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^no user has a time yet; new and changed ones get UTC/),
    });
  });

  it('passes where the application writes the time of its session', async () => {
    await applicationWrites('NOW()');
    const sessions = hours === 0 ? '' : `; sessions of the server are at ${zone}`;
    expect(await found()).toEqual({
      status: 'pass',
      detail: `users.updated_at shows UTC: the newest is 0 min old, and new rows match it${sessions}`,
      todo: null,
    });
  });

  it('warns where the application writes local time into a session in UTC, or into a column without a zone', async () => {
    await applicationWrites(`UTC_TIMESTAMP() + INTERVAL ${7 + hours} HOUR`);
    expect(await found()).toMatchObject({
      status: 'warn',
      detail:
        'users.updated_at shows local time, 7 h ahead of UTC, and the bot writes UTC: new rows do not match it',
      todo: expect.stringContaining("'timezone' => '+00:00'"),
    });
  });

  it('warns of UTC that was written as if it were local time, where the server’s zone lets that be', async () => {
    await applicationWrites('UTC_TIMESTAMP()');
    const verdict = await found();
    expect(verdict?.status).toBe(hours === 0 ? 'pass' : 'warn');
    if (hours > 0) expect(verdict?.detail).toContain('the newest users.updated_at is 7 h old');
  });

  it('leaves out a time so far ahead that no time zone explains it', async () => {
    await applicationWrites('NOW() - INTERVAL 3 DAY');
    await database.sql(
      "INSERT INTO users (email, location_id, updated_at) VALUES ('later@dkm', 8, UTC_TIMESTAMP() + INTERVAL 1 YEAR)",
    );
    expect((await found())?.detail).toContain('the newest is 3 days old');
  });

  it('says how old the newest is where it is older', async () => {
    await applicationWrites('NOW() - INTERVAL 3 DAY');
    expect((await found())?.detail).toContain('the newest is 3 days old');
  });
});
