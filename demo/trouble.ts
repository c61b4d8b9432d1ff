import { insertLocations } from '../sandbox/database/seed-locations.ts';
import { type DepotServer, startDepotServer } from '../sandbox/depot/server.ts';
import { makeDepotUsers } from '../sandbox/depot/users.ts';
import { startTcpProxy, type TcpProxy } from '../sandbox/process/tcp-proxy.ts';
import type { BotSettings } from '../sandbox/worlds/bot.ts';
import type { World } from '../sandbox/worlds/world.ts';

/** Ids beside those of the scenarios. */
const IDS = { wrong: 21, dead: 22, mass: 23, stale: 24, pair: 25 } as const;

/** What each target shows. */
export const TROUBLES: Readonly<Record<keyof typeof IDS, string>> = {
  wrong: 'a wrong password: the login is refused',
  dead: 'a dead server: it takes the connection and never answers; the error comes after 30 s',
  mass: '35 of 40 users are gone: the guard asks for a reason',
  stale: 'another program adds one of its users after the preview: Confirm changes nothing',
  pair: 'needs two people: choose Budi at the top of the page to confirm what Ayu asked for',
};

/** The settings that the bot needs for them, over those of the demo. */
export const TROUBLE_SETTINGS: BotSettings = {
  SYNC_TARGETS: ['dev', 'test', 'prod', ...Object.keys(IDS)].join(','),
  SYNC_APPROVALS: 'pair=2',
};

/** How often it is looked for a preview behind which a user is added. */
const LOOK_EVERY_MS = 300;

export type Troubles = { stop(): Promise<void> };

/** Starts the servers of these targets, and the program that changes users behind a preview. */
export async function startTroubles(databaseUrl: string, { sql }: Pick<World, 'sql'>): Promise<Troubles> {
  const [wrong, mass, stale, pair] = await Promise.all([
    startDepotServer({ users: makeDepotUsers(5), password: 'another password' }),
    startDepotServer({ users: makeDepotUsers(5) }),
    startDepotServer({ users: makeDepotUsers(8) }),
    startDepotServer({ users: makeDepotUsers(4) }),
  ]);
  const dead = await startTcpProxy(0);
  dead.freeze();
  const urls = { wrong, mass, stale, pair, dead: { url: `http://127.0.0.1:${dead.port}` } };
  await insertLocations(
    databaseUrl,
    (Object.keys(IDS) as (keyof typeof IDS)[]).map((code) => {
      const name = `${code.charAt(0).toUpperCase()}${code.slice(1)}`;
      return { id: IDS[code], code, name, url: urls[code].url };
    }),
  );
  await seedUsers(sql, IDS.mass, 40);
  const intruder = setInterval(() => void addBehindPreview(sql).catch(() => {}), LOOK_EVERY_MS);
  return { stop: () => stopAll(intruder, dead, [wrong, mass, stale, pair]) };
}

async function stopAll(
  intruder: NodeJS.Timeout,
  dead: TcpProxy,
  servers: readonly DepotServer[],
): Promise<void> {
  clearInterval(intruder);
  await Promise.all([dead.stop(), ...servers.map((server) => server.stop())]);
}

async function seedUsers(sql: World['sql'], locationId: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => [`user${n + 1}@dkm`, locationId]);
  await sql(
    `INSERT INTO users (email, location_id, status, created_at, updated_at)
     VALUES ${rows.map(() => "(?, ?, 'active', NOW(), NOW())").join(', ')}`,
    rows.flat(),
  );
}

/** Adds the first new user of a preview of `stale` that waits to be confirmed, as the Laravel application may. */
async function addBehindPreview(sql: World['sql']): Promise<void> {
  await sql(
    `INSERT IGNORE INTO users (email, location_id, status, created_at, updated_at)
     SELECT c.email, r.location_id, 'active', NOW(), NOW() FROM sync_runs r
     JOIN sync_changes c ON c.run_id = r.id AND c.seq = (
       SELECT MIN(m.seq) FROM sync_changes m WHERE m.run_id = r.id AND m.action = 'add')
     WHERE r.location_id = ? AND r.status = 'ready'`,
    [IDS.stale],
  );
}
