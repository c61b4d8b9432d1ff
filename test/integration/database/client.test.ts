import { createConnection } from 'mariadb';
import { describe, expect, it } from 'vitest';
import { query } from '../../../sandbox/database/database-server.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { createAudit } from '../../../src/database/audit/audit.ts';
import { inTransaction, openDatabase, reaching } from '../../../src/database/client.ts';
import { isStrayRejection } from '../../../src/database/errors.ts';
import { createRuns } from '../../../src/database/runs/runs.ts';
import { driverOptions } from '../../../src/database/session.ts';
import { DatabaseLostError } from '../../../src/sync/failures/errors.ts';
import { AYU } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

describe('a session of the bot', () => {
  it('runs in UTC, READ COMMITTED and strict, and may concatenate a thousand changes', async () => {
    const [session] = await testbed.bot.db.$queryRawUnsafe<Record<string, unknown>[]>(
      'SELECT @@session.time_zone AS zone, @@session.sql_mode AS mode, @@session.group_concat_max_len AS length',
    );
    expect(session?.['zone']).toBe('+00:00');
    expect(Number(session?.['length'])).toBeGreaterThan(1000 * 2 * 4 * 255);
    expect(String(session?.['mode']).split(',')).toEqual(
      expect.arrayContaining(['STRICT_TRANS_TABLES', 'ONLY_FULL_GROUP_BY']),
    );
    const isolation = await testbed.bot.db.$queryRawUnsafe<{ Value: string }[]>(
      "SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
    );
    expect(new Set(isolation.map(({ Value }) => Value))).toEqual(new Set(['READ-COMMITTED']));
  });

  it('keeps what the URL says itself', () => {
    const options = driverOptions('mysql://u:p@h:3306/d?acquireTimeout=10&connectionLimit=3&timezone=local');
    expect(options).toMatchObject({ acquireTimeout: 10, connectionLimit: 3, timezone: 'Z' });
    expect(driverOptions('mysql://u:p@h/d?socketTimeout=5').socketTimeout).toBe(5);
  });

  it('takes a silent connection for lost, so that no statement waits for ever', async () => {
    const { socketTimeout, keepAliveDelay } = driverOptions(testbed.database.url);
    expect([socketTimeout, keepAliveDelay]).toEqual([120_000, 10_000]);
    const url = new URL(testbed.database.url);
    url.searchParams.set('socketTimeout', '500');
    const db = openDatabase(url.href);
    await expect(reaching(() => db.$queryRaw`SELECT SLEEP(60)`)).rejects.toThrow(DatabaseLostError);
    // The next statement takes another connection.
    expect(await reaching(() => db.$queryRaw`SELECT 1 AS one`)).toHaveLength(1);
    await db.$disconnect();
  });

  it('tries a statement again that waited too long for a lock, as often within as without another attempt', async () => {
    const waiting = {
      cause: { kind: 'mysql', originalCode: '1205', originalMessage: 'Lock wait timeout exceeded' },
    };
    const attemptsOf = async (around: (work: () => Promise<never>) => Promise<never>) => {
      let attempts = 0;
      await around(async () => {
        attempts += 1;
        throw Object.assign(new Error('refused'), waiting);
      }).catch(() => {});
      return attempts;
    };
    expect(await attemptsOf(reaching)).toBe(6);
    expect(await attemptsOf((work) => reaching(() => reaching(work)))).toBe(6);
  });

  it('takes a password with every character that a URL can carry', async () => {
    const password = `p@ss/w:o?r#d%&=+ '"\\é`;
    const server = testbed.database.url;
    const guest = testbed.database.name;
    await query(server, `CREATE USER ${guest} IDENTIFIED BY ${testbed.database.connection.escape(password)}`);
    await query(server, `GRANT ALL ON ${guest}.* TO ${guest}`);
    const url = new URL(server);
    url.username = guest;
    url.password = encodeURIComponent(password);
    const db = openDatabase(url.href);
    try {
      expect(await createRuns(db, 'x').find(1)).toBeUndefined();
    } finally {
      await db.$disconnect();
      await query(server, `DROP USER ${guest}`);
    }
  });
});

describe('a transaction', () => {
  it('that a group of servers rolled back for another member’s write is done again', async () => {
    let attempts = 0;
    await inTransaction(testbed.bot.db, async (tx) => {
      attempts += 1;
      if (attempts > 1) return;
      await tx.$executeRaw`SIGNAL SQLSTATE '40000' SET MYSQL_ERRNO = 3101,
        MESSAGE_TEXT = 'Plugin instructed the server to rollback the current transaction.'`;
    });
    expect(attempts).toBe(2);
  });

  it('that the database gave up for a deadlock is done again, whole', async () => {
    const [one, other] = [await testbed.location(), await testbed.location()];
    const names: string[] = [];
    let firsts = 0;
    let bothHold: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    const rename = (name: string, ids: readonly number[]) =>
      inTransaction(testbed.bot.db, async (tx) => {
        for (const [step, id] of ids.entries()) {
          await tx.$executeRaw`UPDATE locations SET location_name = CONCAT(location_name, ${name}) WHERE id = ${id}`;
          if (step > 0) continue;
          firsts += 1;
          if (firsts === 2) bothHold();
          await held;
        }
        names.push(name);
      });
    await Promise.all([
      rename('A', [one.locationId, other.locationId]),
      rename('B', [other.locationId, one.locationId]),
    ]);
    expect(names.sort()).toEqual(['A', 'B']);
    expect(firsts).toBe(3);
    const rows = await testbed.sql<{ name: string }>(
      'SELECT location_name AS name FROM locations WHERE id IN (?, ?)',
      [one.locationId, other.locationId],
    );
    for (const { name } of rows) expect(name).toMatch(/^Location \d+(AB|BA)$/);
  });

  it('that throws leaves nothing behind', async () => {
    const target = await testbed.location();
    const failing = inTransaction(testbed.bot.db, async (tx) => {
      await tx.$executeRaw`DELETE FROM locations WHERE id = ${target.locationId}`;
      throw new Error('never mind');
    });
    await expect(failing).rejects.toThrow('never mind');
    expect(await testbed.sql('SELECT id FROM locations WHERE id = ?', [target.locationId])).toHaveLength(1);
  });
});

describe('a database that was restarted', () => {
  it('costs no transaction its answer, though the pool still holds the dead connections', async () => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
    const { db } = testbed.another({ port: proxy.port });
    const one = () => inTransaction(db, (tx) => tx.$queryRaw`SELECT 'yes' AS one`);
    try {
      await Promise.all([one(), one(), one(), one()]);
      proxy.cut();
      proxy.restore();
      expect(await one()).toEqual([{ one: 'yes' }]);
    } finally {
      await proxy.stop();
    }
  });

  it('is told of as lost where the work had begun: nothing of it is done twice', async () => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
    const { db } = testbed.another({ port: proxy.port });
    let tries = 0;
    try {
      const working = inTransaction(db, async (tx) => {
        tries += 1;
        proxy.cut();
        proxy.restore();
        await tx.$queryRaw`SELECT 1`;
      });
      await expect(working).rejects.toThrow(DatabaseLostError);
      expect(tries).toBe(1);
    } finally {
      await proxy.stop();
    }
  });
});

describe('a database that does not answer', () => {
  it('is told of as lost, by what reads and by what writes', async () => {
    const db = openDatabase(
      `mysql://root@127.0.0.1:${await freePort()}/nowhere?acquireTimeout=200&connectTimeout=100`,
    );
    try {
      await expect(createRuns(db, 'x').find(1)).rejects.toThrow(DatabaseLostError);
      const appending = createAudit(db).append({ step: 'requested', actor: AYU, outcome: 'sync' });
      await expect(appending).rejects.toThrow(DatabaseLostError);
    } finally {
      await db.$disconnect();
    }
  });

  it('is told of as lost where it ends the connection in mid-transaction, and nothing stays', async () => {
    const target = await testbed.location();
    const cut = inTransaction(testbed.bot.db, async (tx) => {
      await tx.$executeRaw`UPDATE locations SET location_name = 'half' WHERE id = ${target.locationId}`;
      const [me] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
      await testbed.sql(`KILL ${Number(me?.id)}`);
      await tx.$executeRaw`UPDATE locations SET location_name = 'whole' WHERE id = ${target.locationId}`;
    });
    await expect(cut).rejects.toMatchObject({ name: 'DatabaseLostError', committing: false });
    const [row] = await testbed.sql('SELECT location_name AS name FROM locations WHERE id = ?', [
      target.locationId,
    ]);
    expect(row).toEqual({ name: target.locationName });
    expect(await testbed.bot.runs.find(1)).toBeUndefined();
  });

  it('is told of as lost where it ends the connection before the commit', async () => {
    const target = await testbed.location();
    const cut = inTransaction(testbed.bot.db, async (tx) => {
      await tx.$executeRaw`UPDATE locations SET location_name = 'half' WHERE id = ${target.locationId}`;
      const [me] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
      await testbed.sql(`KILL ${Number(me?.id)}`);
    });
    await expect(cut).rejects.toMatchObject({ name: 'DatabaseLostError', committing: true });
    const [row] = await testbed.sql('SELECT location_name AS name FROM locations WHERE id = ?', [
      target.locationId,
    ]);
    expect(row).toEqual({ name: target.locationName });
  });
});

describe('a promise that the driver rejects for nobody', () => {
  it('is known for what it is: a connection that broke while it was opened, and nothing else', async () => {
    const broken = createConnection(driverOptions(`${testbed.database.url}?initSql=KILL%20CONNECTION_ID()`));
    expect(isStrayRejection(await broken.catch((error: unknown) => error))).toBe(true);
    const wrong = testbed.sql('SELECT nothing FROM nowhere');
    expect(isStrayRejection(await wrong.catch((error: unknown) => error))).toBe(false);
    expect(isStrayRejection(new TypeError('undefined is not a function'))).toBe(false);
  });
});
