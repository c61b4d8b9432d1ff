import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import {
  execute,
  inTransaction,
  openDatabase,
  ReadOnlyError,
  reaching,
  requireWritable,
} from '../../../src/database/client.ts';
import { refusalOf } from '../../../src/database/errors.ts';
import {
  DatabaseLostError,
  DatabaseRefusedError,
  LeaseLostError,
} from '../../../src/sync/failures/errors.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed({ flags: ['--innodb-lock-wait-timeout=1'] });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An account without any right beyond this database, and the bot's client with it. */
async function asGuest(limits = ''): Promise<{ url: string; db: ReturnType<typeof openDatabase> }> {
  const { name } = testbed.database;
  await testbed.sql(`CREATE USER ${name} IDENTIFIED BY 'guest' ${limits}`);
  await testbed.sql(`GRANT ALL ON ${name}.* TO ${name}`);
  const url = new URL(testbed.database.url);
  [url.username, url.password] = [name, 'guest'];
  url.search = '?acquireTimeout=1000&connectTimeout=1000&minimumIdle=0';
  const db = openDatabase(url.href);
  closing.push(
    () => testbed.sql(`DROP USER ${name}`),
    () => db.$disconnect(),
  );
  return { url: url.href, db };
}

const write = (db: ReturnType<typeof openDatabase>) =>
  inTransaction(db, (tx) => tx.$executeRaw`UPDATE audit_heads SET seq = seq`);

describe('a database server that is of no use now is lost, with why', () => {
  // One that was given serves other tests too.
  it.skipIf(process.env['TEST_DATABASE_URL'])(
    'where it is read-only; a look tells so beforehand, without a right',
    async () => {
      const { db } = await asGuest();
      await requireWritable(db);
      await testbed.sql('SET GLOBAL read_only = 1');
      closing.push(() => testbed.sql('SET GLOBAL read_only = 0'));
      await expect(requireWritable(db)).rejects.toThrow(ReadOnlyError);
      await expect(write(db)).rejects.toMatchObject({ name: 'DatabaseLostError', why: 'read_only' });
    },
  );

  // As after a fail-over: the address leads to the new primary, open connections to the old one.
  it.skipIf(process.env['TEST_DATABASE_URL'])(
    'where it is read-only; the same transaction goes on over a new connection, which may lead to another server',
    async () => {
      const { db } = await asGuest();
      closing.push(() => testbed.sql('SET GLOBAL read_only = 0'));
      const sessions: unknown[] = [];
      await testbed.sql('SET GLOBAL read_only = 1');
      await inTransaction(db, async (tx) => {
        const [session] = await tx.$queryRaw<{ id: unknown }[]>`SELECT CONNECTION_ID() AS id`;
        sessions.push(session?.id);
        if (sessions.length === 2) await testbed.sql('SET GLOBAL read_only = 0');
        await tx.$executeRaw`UPDATE audit_heads SET seq = seq`;
      });
      expect(new Set(sessions).size).toBe(2);
      await testbed.sql('SET GLOBAL read_only = 1');
      await expect(requireWritable(db)).rejects.toThrow(ReadOnlyError);
      const [now] = await db.$queryRaw<{ id: unknown }[]>`SELECT CONNECTION_ID() AS id`;
      expect(sessions).not.toContain(now?.id);
    },
  );

  it.skipIf(process.env['TEST_DATABASE_URL'])(
    'where it is read-only; a statement of its own is tried again, and leaves the connection where it is refused again',
    async () => {
      const { db } = await asGuest();
      closing.push(() => testbed.sql('SET GLOBAL read_only = 0'));
      const statement = async (...sql: Parameters<typeof db.$executeRaw>) => {
        await db.$executeRaw(...sql).finally(() => testbed.sql('SET GLOBAL read_only = 0'));
      };
      const old = new Proxy(db, {
        get: (at, name) => (name === '$executeRaw' ? statement : Reflect.get(at, name)),
      });
      const session = async () =>
        (await db.$queryRaw<{ id: unknown }[]>`SELECT CONNECTION_ID() AS id`)[0]?.id;
      const before = await session();
      await testbed.sql('SET GLOBAL read_only = 1');
      expect(await execute(old)`UPDATE audit_heads SET seq = seq`).toBeLessThan(2);
      expect(await session()).toBe(before);
      await testbed.sql('SET GLOBAL read_only = 1');
      const lost = execute(db)`UPDATE audit_heads SET seq = seq`;
      await expect(lost).rejects.toMatchObject({ name: 'DatabaseLostError', why: 'read_only' });
      expect(await session()).not.toBe(before);
    },
  );

  // An old state, as of an old primary, may make the work think that its run is gone.
  it.skipIf(process.env['TEST_DATABASE_URL'])(
    'where it is read-only; the same transaction begins again also where it failed before any write',
    async () => {
      const { db } = await asGuest();
      closing.push(() => testbed.sql('SET GLOBAL read_only = 0'));
      await testbed.sql('SET GLOBAL read_only = 1');
      let attempts = 0;
      const work = async () => {
        attempts += 1;
        if (attempts === 2) await testbed.sql('SET GLOBAL read_only = 0');
        throw new LeaseLostError(7);
      };
      await expect(inTransaction(db, work)).rejects.toThrow(LeaseLostError);
      expect(attempts).toBe(2);
      await testbed.sql('SET GLOBAL read_only = 1');
      const lost = inTransaction(db, () => Promise.reject(new LeaseLostError(7)));
      await expect(lost).rejects.toMatchObject({ name: 'DatabaseLostError', why: 'read_only' });
    },
  );

  it('where it tells its flags and yet reads no table, like Galera outside its cluster; a look tells so beforehand', async () => {
    await testbed.sql('RENAME TABLE sync_runs TO elsewhere');
    closing.push(() => testbed.sql('RENAME TABLE elsewhere TO sync_runs'));
    await expect(requireWritable(testbed.bot.db)).rejects.toThrow(/sync_runs/);
  });

  it('where the account has no connection left', async () => {
    const { url, db } = await asGuest('WITH MAX_USER_CONNECTIONS 1');
    const other = await connect(url);
    closing.push(() => other.end());
    await expect(write(db)).rejects.toMatchObject({ why: 'too_many_connections' });
  });

  it('where all connections of the process are in use', async () => {
    const url = new URL(testbed.database.url);
    url.search = '?connectionLimit=1&acquireTimeout=200';
    const db = openDatabase(url.href);
    closing.push(() => db.$disconnect());
    const waiting = db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      return reaching(() => db.$queryRaw`SELECT 1`);
    });
    await expect(waiting).rejects.toMatchObject({ name: 'DatabaseLostError', why: 'busy' });
  });

  it('where it lets the account in no more', async () => {
    const { db } = await asGuest();
    await testbed.sql(`ALTER USER ${testbed.database.name} IDENTIFIED BY 'another'`);
    await expect(write(db)).rejects.toMatchObject({ name: 'DatabaseLostError', why: 'privilege' });
  });

  // In their own words. A server or proxy of such a kind is not at hand in every test run; SIGNAL says the same.
  it.each([
    ['Galera outside its cluster', '08S01', '1047', 'WSREP has not yet prepared node for application use'],
    [
      'MySQL, to a client that was silent',
      'HY000',
      '4031',
      'The client was disconnected by the server because of inactivity.',
    ],
    [
      'ProxySQL, without a server',
      'HY000',
      '9001',
      'Max connect timeout reached while reaching hostgroup 0 after 10000ms',
    ],
    ['MaxScale, whose server has died', '08S01', '1927', 'Lost connection to backend server: network error'],
    ['an older MaxScale, likewise', 'HY000', '2003', 'Lost connection to backend server.'],
  ])('where it is %s', async (_, state, number, words) => {
    const { db } = testbed.bot;
    const said = () =>
      reaching(() =>
        db.$executeRawUnsafe(
          `SIGNAL SQLSTATE '${state}' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = '${words}'`,
        ),
      );
    await expect(said()).rejects.toMatchObject({ name: 'DatabaseLostError', why: undefined });
  });

  it('and without, where there is none at all', async () => {
    const db = openDatabase('mysql://root@127.0.0.1:1/nowhere?acquireTimeout=200&connectTimeout=100');
    closing.push(() => db.$disconnect());
    const error = await reaching(() => db.$queryRaw`SELECT 1`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseLostError);
    expect(error).toMatchObject({ why: undefined });
  });
});

describe('a statement that the server refuses', () => {
  it('is refused with the server’s words and number, without the statement', async () => {
    const refused = reaching(() => testbed.bot.db.$queryRaw`SELECT nothing FROM users`);
    await expect(refused).rejects.toThrow(DatabaseRefusedError);
    await expect(refused).rejects.toMatchObject({
      refusal: 'table_missing',
      failure: { number: '1054', words: expect.stringMatching(/^Unknown column 'nothing' in/) },
    });
    await expect(refused).rejects.not.toThrow(/FROM users/);
  });

  it.each([
    ['1114', "The table 'users' is full", 'disk_full'],
    ['1021', 'Disk full (/tmp/#sql); waiting for someone to free some space', 'disk_full'],
    ['1030', 'Got error 28 "No space left on device" from storage engine InnoDB', 'disk_full'],
    ['3', 'Error writing file (Errcode: 28 "No space left on device")', 'disk_full'],
    ['1030', 'Got error 127 from storage engine', 'table_damaged'],
    ['1194', "Table 'users' is marked as crashed and should be repaired", 'table_damaged'],
    ['1153', 'Got a packet bigger than max_allowed_packet bytes', 'packet_too_large'],
    ['1301', 'Result of json_table() was larger than max_allowed_packet', 'packet_too_large'],
    ['1205', 'Lock wait timeout exceeded; try restarting transaction', 'lock_wait'],
    ['3101', 'Plugin instructed the server to rollback the current transaction.', 'lock_wait'],
    ['1040', 'Too many connections', 'too_many_connections'],
    [
      '1203',
      'User bot already has more than max_user_connections active connections',
      'too_many_connections',
    ],
    ['1290', 'The server is running with the --read-only option', 'read_only'],
    ['1792', 'Cannot execute statement in a READ ONLY transaction', 'read_only'],
    ['1665', 'Cannot execute statement: impossible to write to binary log', 'statement_logging'],
    ['3819', "Check constraint 'users_chk_1' is violated.", 'check'],
    [
      '3105',
      "The value specified for generated column 'email' in table 'users' is not allowed.",
      'generated',
    ],
    ['1969', 'Query execution was interrupted (max_statement_time exceeded)', 'time_limit'],
    ['167', "Out of range value for column 'id' at row 1", 'value_not_taken'],
    ['1467', 'Failed to read auto-increment value from storage engine', 'value_not_taken'],
    ['1785', 'Statement violates GTID consistency: Updates to non-transactional tables', 'trigger'],
    ['9999', 'Whatever comes next', 'other'],
  ])('%s (%s) is %s', (number, words, refusal) => {
    expect(refusalOf({ number, words })).toBe(refusal);
  });
});
