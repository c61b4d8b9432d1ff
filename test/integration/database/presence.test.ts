import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { until } from '../../../sandbox/process/until.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { takeNamedLock } from '../../../src/database/presence/named-lock.ts';
import { createPresence } from '../../../src/database/presence/presence.ts';
import { bury, register, type SettingMarks } from '../../../src/database/presence/processes.ts';
import type { Presence } from '../../../src/sync/ports/ports.ts';
import { listOf } from './support/rows.ts';
import { claimedRun, openRun, runDraft, step, takingUp } from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');
const PLACES = { thread: 5, message: 5, list: 5, summary: 5, call: 5, digest: 5 };

let lines: string[] = [];
const say = (_: object, line: string) => void lines.push(line);
const logger = { debug: () => {}, info: say, warn: say, error: say };

const present: Presence[] = [];
/** The presence of a process that lives, and has looked once. */
async function living(
  { db, owner }: BotProcess,
  databaseUrl = testbed.database.url,
  settings: SettingMarks = {},
): Promise<Presence> {
  const presence = createPresence({ db, databaseUrl, owner, settings, logger });
  present.push(presence);
  await presence.look();
  return presence;
}

afterEach(async () => {
  await Promise.all(present.splice(0).map((presence) => presence.leave()));
  await testbed.sql('DELETE FROM sync_processes');
  await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE status IN ('reading', 'executing')");
  await testbed.sql('DELETE FROM sync_outbox');
  lines = [];
});

/** A process that dies when told: the server sees its connection end. */
async function mortal(process: BotProcess) {
  const lock = await takeNamedLock(testbed.database.url, () => {});
  await register(process.db, process.owner, { ...lock, settings: {} }, false);
  return { ...process, lockName: lock.name, die: () => lock.end() };
}

/** The same address, through a proxy; the driver's own patience is five seconds. */
function at(port: number, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = String(port);
  for (const name of ['acquireTimeout', 'connectTimeout']) url.searchParams.set(name, '1000');
  return url.href;
}

const processes = () =>
  testbed.sql<{ owner: string; lock_name: string; free_since: Date | null }>('SELECT * FROM sync_processes');
const isFree = async (name: string) => {
  const [row] = await testbed.sql<{ free: number }>('SELECT IS_USED_LOCK(?) IS NULL AS free', [name]);
  return Number(row?.free) === 1;
};
const breakConnection = async (lockName: string) => {
  const [row] = await testbed.sql<{ id: number }>('SELECT IS_USED_LOCK(?) AS id', [lockName]);
  await testbed.sql(`KILL ${Number(row?.id)}`);
};
const lockOf = async (owner: string) => {
  const row = (await processes()).find((each) => each.owner === owner);
  if (row === undefined) throw new Error('The process is not known');
  return row.lock_name;
};

/** Looks until `seen`, and returns everybody who was found dead. */
async function looking(presence: Presence, seen: (gone: readonly string[]) => boolean | Promise<boolean>) {
  const gone: string[] = [];
  await until(
    async () => {
      gone.push(...(await presence.look()));
      return seen(gone);
    },
    { failure: () => `found dead: ${gone.join(', ')}. Said: ${lines.join('\n')}` },
  );
  return gone;
}

/** Looks for longer than it takes to find somebody dead. */
async function lookingInVain(presence: Presence): Promise<void> {
  const end = Date.now() + 2_500;
  expect(await looking(presence, () => Date.now() > end)).toEqual([]);
}

const takenBy = async (process: BotProcess) => {
  const taken = await process.runs.takeOver(takingUp());
  return taken.map(({ run }) => run.id);
};

describe('a process that dies', () => {
  it('is missed within seconds: its runs and its notices are free, and nobody else’s', async () => {
    const other = testbed.another();
    const dying = await mortal(testbed.another());
    const presence = await living(other);
    const reading = await openRun(dying, await testbed.location());
    const executing = await claimedRun(dying, await testbed.location(), LIST);
    const told = await dying.runs.request(runDraft(await testbed.location()), step('requested', ['thread']));
    const [notice] = await dying.outbox.claimDue(PLACES, []);
    const third = await openRun(testbed.bot, await testbed.location());
    expect(await takenBy(other)).toEqual([]);
    expect(await other.outbox.claimDue(PLACES, [])).toEqual([]);

    await dying.die();
    expect(await looking(presence, (gone) => gone.length > 0)).toEqual([dying.owner]);
    const ids = [executing.run.id, reading.run.id, told.outcome === 'requested' ? told.run.id : 0];
    expect((await takenBy(other)).sort()).toEqual(ids.sort());
    const again = (await other.outbox.claimDue(PLACES, [])).find(({ id }) => id === notice?.id);
    expect(again).toMatchObject({ attempts: 2 });
    expect(await testbed.bot.runs.renew(third.lease)).toBe(true);
    expect((await processes()).map(({ owner }) => owner)).toEqual([other.owner]);
    expect(lines).toContain('a process has died; what it held is free');
  });

  it('is missed by a process that came after its death', async () => {
    const dying = await mortal(testbed.another());
    const { run } = await openRun(dying, await testbed.location());
    await dying.die();
    const other = testbed.another();
    await looking(await living(other), (gone) => gone.includes(dying.owner));
    expect(await takenBy(other)).toEqual([run.id]);
  });

  it('is told of by each process that looks, whichever was quicker', async () => {
    const dying = await mortal(testbed.another());
    const looks = await Promise.all([living(testbed.another()), living(testbed.another())]);
    await dying.die();
    await Promise.all(looks.map((presence) => looking(presence, (gone) => gone.includes(dying.owner))));
    expect(lines.filter((line) => line.startsWith('a process has died'))).toHaveLength(1);
  });

  it('stays known until what its last transaction locks is free too', async () => {
    const dying = await mortal(testbed.another());
    const { run } = await claimedRun(dying, await testbed.location(), LIST);
    const other = testbed.another();
    const presence = await living(other);
    await testbed.database.connection.beginTransaction();
    try {
      await testbed.sql('SELECT id FROM sync_runs WHERE id = ? FOR UPDATE', [run.id]);
      await dying.die();
      await lookingInVain(presence);
    } finally {
      await testbed.database.connection.rollback();
    }
    await looking(presence, (gone) => gone.includes(dying.owner));
    expect(await takenBy(other)).toEqual([run.id]);
  });
});

describe('a process that lives', () => {
  it('is not taken for dead because its connection broke: it takes another lock at once', async () => {
    const bot = testbed.another();
    const other = await living(testbed.another());
    const presence = await living(bot);
    const { lease } = await openRun(bot, await testbed.location());
    const before = await lockOf(bot.owner);
    await breakConnection(before);
    await until(async () => (await lockOf(bot.owner)) !== before, {
      failure: () => 'another lock is taken',
    });
    expect(await isFree(await lockOf(bot.owner))).toBe(false);
    await lookingInVain(other);
    expect(presence.liveness.doubt().aborted).toBe(false);
    expect(presence.liveness.returning()).toBe(true);
    expect(await bot.runs.renew(lease)).toBe(true);
  });

  it('is not taken for dead where it locked at another server, or before this one restarted', async () => {
    const there = await mortal(testbed.another());
    const then = await mortal(testbed.another());
    const presence = await living(testbed.another());
    await there.die();
    await then.die();
    await testbed.sql("UPDATE sync_processes SET server = 'another' WHERE owner = ?", [there.owner]);
    await testbed.sql(
      'UPDATE sync_processes SET server_started_at = server_started_at - INTERVAL 10 SECOND WHERE owner = ?',
      [then.owner],
    );
    await lookingInVain(presence);
    expect(await processes()).toHaveLength(3);
  });

  it('is not taken for dead where it took another lock after it had been seen without', async () => {
    const bot = await mortal(testbed.another());
    const presence = await living(testbed.another());
    await bot.die();
    await looking(presence, async () => (await processes()).some((row) => row.free_since !== null));
    const again = await takeNamedLock(testbed.database.url, () => {});
    expect(await register(bot.db, bot.owner, { ...again, settings: {} }, true)).toBe(true);
    await lookingInVain(presence);
    await again.end();
  });

  it('that never had a lock is left to its leases', async () => {
    const bot = testbed.another();
    await openRun(bot, await testbed.location());
    await lookingInVain(await living(testbed.another()));
  });

  it('and was taken for dead all the same learns it, and has lost what it held', async () => {
    const bot = testbed.another();
    await living(bot);
    const name = await lockOf(bot.owner);
    const { lease } = await openRun(bot, await testbed.location());
    await bury(bot.db, { owner: bot.owner, lockName: name, marked: true, due: true });
    expect(await processes()).toHaveLength(1);
    await testbed.sql('UPDATE sync_processes SET free_since = UTC_TIMESTAMP(3) - INTERVAL 2 SECOND');
    expect(await bury(bot.db, { owner: bot.owner, lockName: name, marked: true, due: true })).toBe(true);
    expect(await takenBy(testbed.another())).toEqual([lease.runId]);
    await breakConnection(name);
    await until(() => lines.some((line) => line.startsWith('another process took this one for dead')), {
      failure: () => lines.join('\n'),
    });
    expect(await bot.runs.renew(lease)).toBe(false);
  });

  it('is in doubt before others can find it dead, for as long as it has no lock', async () => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
    const through = openDatabase(at(proxy.port, testbed.database.url));
    const bot = { ...testbed.another(), db: through };
    try {
      const presence = await living(bot, at(proxy.port, testbed.database.url));
      const other = await living(testbed.another());
      const doubtful = presence.liveness.doubt();
      proxy.cut();
      expect(await looking(other, (gone) => gone.length > 0)).toEqual([bot.owner]);
      expect(doubtful.aborted).toBe(true);
      proxy.restore();
      await looking(presence, () => !presence.liveness.doubt().aborted);
      expect(presence.liveness.returning()).toBe(true);
      expect(lines).toContain('another process took this one for dead; its work goes on elsewhere');
    } finally {
      await Promise.all(present.splice(0).map((each) => each.leave()));
      await through.$disconnect();
      await proxy.stop();
    }
  });

  it('is in doubt where the network drops what its lock sends and gets, though the other connections go on', async () => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
    const presence = await living(
      testbed.another(),
      `${at(proxy.port, testbed.database.url)}&socketTimeout=300`,
    );
    const doubtful = presence.liveness.doubt();
    proxy.freeze();
    const looks = looking(presence, () => doubtful.aborted);
    // The server itself ends the connection after a minute.
    await until(() => doubtful.aborted, { timeoutMs: 30_000, failure: () => 'it is not in doubt' });
    proxy.restore();
    await looks;
    await looking(presence, () => !presence.liveness.doubt().aborted);
    await presence.leave();
    await proxy.stop();
  });

  it('has its lock though its address sets no limit of silence', async () => {
    await living(testbed.another(), `${testbed.database.url}?socketTimeout=0`);
    expect(await processes()).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  it('and can have no lock any more, though the database is there, is left to its leases', async () => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port));
    const bot = testbed.another();
    const presence = await living(bot, at(proxy.port, testbed.database.url));
    const { lease } = await openRun(bot, await testbed.location());
    proxy.cut();
    await looking(presence, async () => (await processes()).length === 0);
    await lookingInVain(await living(testbed.another()));
    expect(presence.liveness.doubt().aborted).toBe(false);
    expect(await bot.runs.renew(lease)).toBe(true);
    await presence.leave();
    await proxy.stop();
  });
});

describe('a database that gives no lock', () => {
  /** Words of the bot's statements, and others of the same length: what the server then says. */
  const instead = (word: string, other: string) => (sent: Buffer) =>
    Buffer.from(sent.toString('latin1').replaceAll(word, other), 'latin1');

  it.each([
    ['as behind a proxy that shares connections among clients', instead('IS_USED_LOCK', 'IS_FREE_LOCK')],
    ['as in a cluster that refuses GET_LOCK', instead('GET_LOCK', 'GOT_LOCK')],
  ])('leaves a process to its leases, %s', async (_, rewrite) => {
    const proxy = await startTcpProxy(Number(new URL(testbed.database.url).port), rewrite);
    const bot = testbed.another();
    const presence = await living(bot, at(proxy.port, testbed.database.url));
    const { lease } = await openRun(bot, await testbed.location());
    expect(await processes()).toEqual([]);
    expect(lines).toEqual([
      'no named lock can be had: should this process die, its leases must run out first',
    ]);
    await lookingInVain(await living(testbed.another()));
    expect(presence.liveness.doubt().aborted).toBe(false);
    expect(await bot.runs.renew(lease)).toBe(true);
    await presence.leave();
    await proxy.stop();
  });
});

describe('a process that leaves', () => {
  it('frees what it could not hand back, and is known no more', async () => {
    const bot = testbed.another();
    const presence = await living(bot);
    const { run } = await openRun(bot, await testbed.location());
    const name = await lockOf(bot.owner);
    await presence.leave();
    expect(await processes()).toEqual([]);
    await until(() => isFree(name), { failure: () => 'the lock is free' });
    expect(await takenBy(testbed.another())).toEqual([run.id]);
  });
});

describe('processes that should be alike', () => {
  const SETTINGS = 'processes of the bot have other settings';
  const SERVER = 'processes of the bot use another database server';
  const alike = { settings: [], differing: 0, elsewhere: 0 };
  const elsewhere = (seen: string) =>
    testbed.sql(
      `INSERT INTO sync_processes (owner, lock_name, server, server_started_at, seen_at)
       VALUES (?, 'there', 'another', '2025-01-01', ${seen})`,
      [randomUUID()],
    );

  it('are told apart by the settings that both know, at the start and while they run', async () => {
    const [first, same] = [
      await living(testbed.another(), undefined, { SYNC_AUTO: 'a', PORT: 'p' }),
      await living(testbed.another(), undefined, { SYNC_AUTO: 'a', NEW_ONE: 'n' }),
    ];
    expect(await same.differences()).toEqual({ ...alike, others: 1 });
    expect(lines).not.toContain(SETTINGS);
    const other = await living(testbed.another(), undefined, { SYNC_AUTO: 'b', NEW_ONE: 'n' });
    expect(lines.filter((line) => line === SETTINGS)).toHaveLength(1);
    expect(await other.differences()).toEqual({ ...alike, settings: ['SYNC_AUTO'], differing: 2, others: 2 });
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
    for (let look = 0; look < 2; look += 1) await first.look();
    later.mockRestore();
    expect(lines.filter((line) => line === SETTINGS)).toHaveLength(2);
  });

  it('are not told apart by one of an older version, nor by one that is dead', async () => {
    const presence = await living(testbed.another(), undefined, { SYNC_AUTO: 'a' });
    const dead = await mortal(testbed.another());
    await testbed.sql('UPDATE sync_processes SET settings = NULL WHERE owner = ?', [dead.owner]);
    expect(await presence.differences()).toEqual({ ...alike, others: 1 });
    await dead.die();
    await until(() => isFree(dead.lockName), { failure: () => 'the lock is free' });
    expect(await presence.differences()).toEqual({ ...alike, others: 0 });
  });

  it('are told where they are at several database servers, as long as they are heard of', async () => {
    await elsewhere('UTC_TIMESTAMP(3) - INTERVAL 12 MINUTE');
    const presence = await living(testbed.another());
    expect(lines).not.toContain(SERVER);
    await elsewhere('UTC_TIMESTAMP(3)');
    expect(await presence.differences()).toEqual({ ...alike, elsewhere: 1, others: 1 });
    await living(testbed.another());
    expect(lines).toContain(SERVER);
  });
});

describe('rows of processes', () => {
  it('that nobody can judge go after an hour', async () => {
    await testbed.sql(
      `INSERT INTO sync_processes (owner, lock_name, server, server_started_at, seen_at)
       VALUES (?, 'gone', 'another', '2025-01-01', UTC_TIMESTAMP(3) - INTERVAL 61 MINUTE)`,
      [randomUUID()],
    );
    await living(testbed.another());
    expect(await processes()).toHaveLength(1);
  });
});
