import { createDatabase, type DatabaseServer, query } from '../sandbox/database/database-server.ts';
import { seedLocations } from '../sandbox/database/seed-locations.ts';
import { until } from '../sandbox/process/until.ts';
import { DEV } from '../sandbox/worlds/scenarios.ts';
import { migrate } from '../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../src/process/runtime.ts';

/** A migrated database with the three locations, and what a round needs of it beside the bot. */
export type BenchDatabase = {
  readonly url: string;
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Says where Dev's server is. */
  pointDevAt(baseUrl: string): Promise<void>;
  /** Empties users, plans and staging; the runs stay. */
  reset(): Promise<void>;
  /**
   * Waits until Slack was told everything, no run is in work and no list is left of one, so that nothing of one round runs
   * into the next.
   */
  settle(): Promise<void>;
  drop(): Promise<void>;
};

export async function openBenchDatabase(
  server: DatabaseServer,
  urls: { readonly dev: string; readonly test: string },
): Promise<BenchDatabase> {
  const { url, drop } = await createDatabase(server);
  await migrate({ databaseUrl: url, directory: MIGRATIONS, log: () => {} });
  await seedLocations(url, { ...urls, prod: urls.test });
  const ask = <Row>(sql: string, values?: unknown[]) => query<Row>(url, sql, values);
  return {
    url,
    drop,
    query: ask,
    pointDevAt: async (baseUrl) => {
      await ask('UPDATE locations SET online_url = ? WHERE id = ?', [baseUrl, DEV.locationId]);
    },
    reset: async () => {
      for (const table of ['users', 'sync_changes', 'sync_staged_users'])
        await ask(`TRUNCATE TABLE ${table}`);
    },
    settle: async () => {
      await until(() => isSettled(ask), {
        timeoutMs: 300_000,
        failure: () => 'the bot is still at work, or Slack still has to be told something',
      });
    },
  };
}

async function isSettled(ask: BenchDatabase['query']): Promise<boolean> {
  const [row] = await ask<{ n: number }>(`
    SELECT (SELECT COUNT(*) FROM sync_outbox WHERE closed_at IS NULL)
         + (SELECT COUNT(*) FROM sync_runs WHERE status IN ('reading', 'executing'))
         + EXISTS (SELECT 1 FROM sync_staged_users) AS n`);
  return row?.n === 0;
}
