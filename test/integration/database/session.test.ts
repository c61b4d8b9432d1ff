import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { session } from '../../../src/cli/doctor/server-checks.ts';
import { inTransaction, openDatabase } from '../../../src/database/client.ts';
import { openInspection } from '../../../src/database/schema/inspect.ts';
import { connect as connectAsBot } from '../../../src/database/schema/single-connection.ts';
import { sessionDeviations } from '../../../src/database/session.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { someoneWaits } from './support/lock-wait.ts';
import { listOf } from './support/rows.ts';
import { apply, claim, draftRun, readyRun, rolledBack } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed({ flags: ['--log-bin=binlog', '--server-id=1'] });

/** A microsecond: the shortest time limit of MariaDB. The shortest of MySQL is a millisecond. */
const SHORTEST = '0.000001';

/** What a server may have for every session, each of which turned a statement of the bot into something else. */
const TURNED: readonly (readonly [variable: string, value: string])[] = [
  ['autocommit', '0'],
  ['binlog_format', "'STATEMENT'"],
  ['tx_isolation', "'SERIALIZABLE'"],
  ['tx_read_only', '1'],
  ['sql_mode', "'ANSI,NO_ZERO_DATE,NO_ZERO_IN_DATE,TRADITIONAL'"],
  ['foreign_key_checks', '0'],
  ['unique_checks', '0'],
  ['sql_auto_is_null', '1'],
  ['sql_safe_updates', '1'],
  ['sql_big_selects', '0'],
  ['sql_select_limit', '1'],
  ['max_statement_time', SHORTEST],
  ['time_zone', "'+07:00'"],
  ['character_set_client', "'latin1'"],
  ['character_set_connection', "'latin1'"],
  ['character_set_results', "'latin1'"],
  ['collation_connection', "'latin1_swedish_ci'"],
  ['group_concat_max_len', '4'],
  ['innodb_lock_wait_timeout', '1'],
  ['lock_wait_timeout', '1'],
  ['completion_type', "'RELEASE'"],
  ['default_storage_engine', "'MyISAM'"],
  ['lc_messages', "'de_DE'"],
  // MariaDB turns it on by default from 11.6.2. MySQL and older servers do not know it.
  ['innodb_snapshot_isolation', "'ON'"],
  ['default_regex_flags', "'MULTILINE,UNGREEDY'"],
  ['max_recursive_iterations', '1'],
  ['optimizer_switch', "'subquery_to_derived=on'"],
];

const beyond = async () => {
  const inspection = await openInspection(testbed.database.url);
  try {
    return await sessionDeviations(inspection.ask);
  } finally {
    inspection.close();
  }
};

/** What MySQL calls the variables that it has under another name; its time limit counts milliseconds. */
const OF_MYSQL: Readonly<Record<string, string>> = {
  tx_isolation: 'transaction_isolation',
  tx_read_only: 'transaction_read_only',
  max_statement_time: 'max_execution_time',
  max_recursive_iterations: 'cte_max_recursion_depth',
};

const isMysql = async () =>
  !/mariadb/i.test((await testbed.sql<{ v: string }>('SELECT VERSION() AS v'))[0]?.v ?? '');

const SNAPSHOTS = 'innodb_snapshot_isolation';

/** Whether the server has the variable at all. */
const knows = async (variable: string) =>
  (await testbed.sql(`SHOW GLOBAL VARIABLES LIKE '${variable}'`)).length > 0;

/** Sets it for sessions to come, and returns what sets it back. */
async function turn(variable: string, value: string): Promise<string> {
  const mysql = await isMysql();
  const name = (mysql ? OF_MYSQL[variable] : undefined) ?? variable;
  // MariaDB has other switches.
  if (!(await knows(name)) || (name === 'optimizer_switch' && !mysql)) return 'DO 0';
  const [was] = await testbed.sql<{ value: string }>(`SELECT CAST(@@GLOBAL.${name} AS CHAR) AS value`);
  await testbed.sql(`SET GLOBAL ${name} = ${mysql && value === SHORTEST ? '1' : value}`);
  const back = /^[\d.]+$/.test(was?.value ?? '') ? was?.value : `'${was?.value}'`;
  return `SET GLOBAL ${name} = ${back}`;
}

/** A sync that a rule might apply, its rollback, and the rollback of that. */
async function syncs(): Promise<void> {
  const target = await testbed.location();
  await testbed.addUsers(target, { '  ändert@dkm': 'inactive', 'gone@dkm': 'active', 'stays@dkm': 'active' });
  const bot = testbed.another();
  const ready = await readyRun(bot, target, listOf('new@dkm', 'ändert@dkm', 'stays@dkm'));
  await testbed.sql("UPDATE sync_runs SET auto_rule = 'any' WHERE id = ?", [ready.id]);
  expect(await bot.runs.awaitingRule()).toMatchObject([{ run: { id: ready.id } }]);
  const run = await apply(bot, await claim(bot, ready));
  await rolledBack(bot, target, await rolledBack(bot, target, run));
  expect(await testbed.usersAt(target)).toEqual({
    '  ändert@dkm': 'active',
    'gone@dkm': 'inactive',
    'stays@dkm': 'active',
    'new@dkm': 'active',
  });
}

describe('where the server’s settings turn sessions around', () => {
  const undo: string[] = [];
  afterEach(async () => {
    for (const statement of undo.splice(0)) await testbed.sql(statement);
  });

  it.each(TURNED)(
    '%s = %s: the bot’s session is as it needs it, and a sync goes well',
    async (variable, value) => {
      undo.push(await turn(variable, value));
      if (variable === 'binlog_format' && (await isMysql())) {
        // Whoever starts a session there cannot know whether it may choose: the server's own setting must be right.
        expect(await beyond()).toEqual([{ variable, value: 'STATEMENT' }]);
        return;
      }
      expect(await beyond()).toEqual([]);
      await syncs();
    },
  );

  it('all of it at once changes nothing either', async () => {
    const mysql = await isMysql();
    const turned = TURNED.filter(([variable]) => !mysql || variable !== 'binlog_format');
    for (const [variable, value] of turned) undo.push(await turn(variable, value));
    expect(await beyond()).toEqual([]);
    await syncs();
  });

  // An ALTER TABLE of the application, or a backup, holds a table rather than a row: by default, a statement waits a day for it.
  it('a statement waits for a table no longer than for a row', async () => {
    const connection = await connectAsBot(testbed.database.url);
    try {
      const [row] = await connection.query(
        'SELECT @@lock_wait_timeout AS t, @@innodb_lock_wait_timeout AS r',
      );
      expect(row.t).toEqual(row.r);
    } finally {
      await connection.end();
    }
  });

  // A process that is paused, or whose machine lost its power, says no goodbye: its transaction would keep its locks for eight hours.
  it('the server gives up a session after two minutes of silence, and what it has locked', async () => {
    const connection = await connectAsBot(testbed.database.url);
    try {
      const [row] = await connection.query('SELECT @@wait_timeout AS own, @@GLOBAL.wait_timeout AS usual');
      expect(Number(row.own)).toBe(Math.min(120, Number(row.usual)));
    } finally {
      await connection.end();
    }
  });

  it('what the URL asks for stands, but for what the bot relies on', async () => {
    const url = new URL(testbed.database.url);
    url.searchParams.set('timezone', 'local');
    url.searchParams.set('sessionVariables', '{"sql_mode":"ANSI","autocommit":0,"wait_timeout":77}');
    const connection = await connectAsBot(url.href);
    try {
      expect(await sessionDeviations((sql) => connection.query(sql))).toEqual([]);
      expect(await connection.query('SELECT @@wait_timeout AS seconds')).toEqual([{ seconds: 77n }]);
    } finally {
      await connection.end();
    }
  });

  it('what an initSql of the URL undoes is found, and the doctor says what to do', async () => {
    const url = new URL(testbed.database.url);
    const variable = (await isMysql()) ? 'transaction_isolation' : 'tx_isolation';
    url.searchParams.set('initSql', `SET SESSION ${variable} = 'SERIALIZABLE'`);
    const inspection = await openInspection(url.href);
    try {
      const verdict = await session(inspection);
      expect(verdict).toMatchObject({ status: 'fail', todo: expect.stringContaining('initSql') });
      expect(verdict.detail).toMatch(/^(tx|transaction)_isolation is SERIALIZABLE/);
    } finally {
      inspection.close();
    }
  });
});

describe('where the server refuses rows that changed since a statement began', () => {
  let back = '';
  beforeEach(async () => {
    back = await turn(SNAPSHOTS, "'ON'");
  });
  afterEach(() => testbed.sql(back));

  /** Does the work while the application has renamed the location and not yet committed. */
  async function duringRename<T>({ locationId }: Target, work: () => Promise<T>): Promise<T> {
    const application = await connect(testbed.database.url);
    try {
      await application.beginTransaction();
      await application.query("UPDATE locations SET location_name = 'moved' WHERE id = ?", [locationId]);
      const working = work();
      await someoneWaits(testbed).finally(() => application.commit());
      return await working;
    } finally {
      await application.end();
    }
  }

  it('a preview is drafted, although the application renamed its location meanwhile', async () => {
    const target = await testbed.location();
    const bot = testbed.another();
    const { facts } = await duringRename(target, () => draftRun(bot, target, [listOf('new@dkm')]));
    expect(facts.counts).toMatchObject({ add: 1 });
  });

  it('a transaction is done again, where an initSql of the URL leaves the server’s setting', async () => {
    const target = await testbed.location();
    const url = new URL(testbed.database.url);
    url.searchParams.set('initSql', 'DO 0');
    const db = openDatabase(url.href);
    let tries = 0;
    try {
      const locked = await duringRename(target, () =>
        inTransaction(db, (tx) => {
          tries += 1;
          return tx.$queryRaw`
            SELECT location_name AS name FROM locations
            WHERE id = (SELECT l.id FROM locations l WHERE l.id = ${target.locationId}) FOR UPDATE`;
        }),
      );
      expect(locked).toEqual([{ name: 'moved' }]);
      expect(tries).toBe((await knows(SNAPSHOTS)) ? 2 : 1);
    } finally {
      await db.$disconnect();
    }
  });
});

describe('where the account may not choose how its statements are logged', () => {
  it('the session is told of as such, with both ways out, and each of them works', async () => {
    const { name } = testbed.database;
    const back = await turn('binlog_format', "'STATEMENT'");
    await testbed.sql(`CREATE USER ${name} IDENTIFIED BY 'guest'`);
    await testbed.sql(`GRANT ALL ON ${name}.* TO ${name}`);
    const url = new URL(testbed.database.url);
    [url.username, url.password] = [name, 'guest'];
    const verdict = async () => {
      const inspection = await openInspection(url.href);
      return session(inspection).finally(() => inspection.close());
    };
    try {
      expect(await verdict()).toEqual({
        status: 'fail',
        detail: 'binlog_format is STATEMENT',
        todo: expect.stringMatching(/SET GLOBAL binlog_format = 'ROW'.*GRANT BINLOG ADMIN/),
      });
      if (!(await isMysql())) {
        await testbed.sql(`GRANT BINLOG ADMIN ON *.* TO ${name}`);
        expect(await verdict()).toMatchObject({ status: 'pass' });
        await testbed.sql(`REVOKE BINLOG ADMIN ON *.* FROM ${name}`);
      }
      await testbed.sql("SET GLOBAL binlog_format = 'MIXED'");
      expect(await verdict()).toMatchObject({ status: 'pass' });
    } finally {
      await testbed.sql(back);
      await testbed.sql(`DROP USER ${name}`);
    }
  });
});
