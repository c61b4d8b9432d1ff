import { type DatabaseServer, query } from '../sandbox/database/database-server.ts';
import { startMariadb } from '../sandbox/database/mariadb.ts';
import { type StrictSlack, startStrictSlack } from '../sandbox/strict-slack/strict-slack.ts';
import { type Depot, startDepot } from './depot.ts';

/** What every measurement stands on. The bot and the depot servers are processes of their own; Slack's double is not. */
export type BenchWorld = {
  readonly server: DatabaseServer;
  readonly serverVersion: string;
  readonly depot: Depot;
  readonly slack: StrictSlack;
  stop(): Promise<void>;
};

export async function startBenchWorld(): Promise<BenchWorld> {
  const server = await startMariadb({ durability: 'production' });
  const [version] = await query<{ version: string }>(server.url(''), 'SELECT VERSION() AS version');
  const depot = await startDepot(2);
  const slack = await startStrictSlack();
  return {
    server,
    serverVersion: version?.version ?? 'unknown',
    depot,
    slack,
    stop: async () => {
      await Promise.all([slack.stop(), depot.stop()]);
      await server.stop();
    },
  };
}

/** Forgets what the bot told Slack, so that the double does not grow from round to round. */
export function forget({ workspace }: StrictSlack): void {
  for (const list of [workspace.messages, workspace.calls, workspace.violations]) list.length = 0;
  for (const map of [workspace.files, workspace.triggers, workspace.responseUrls]) map.clear();
}
