import type { StrictSlack } from '../sandbox/strict-slack/strict-slack.ts';
import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { type BenchDatabase, openBenchDatabase } from './database.ts';
import { type BenchWorld, forget } from './world.ts';

const WARM_UPS = 15;
const LONGEST = 110;

/** `of` is the database's connection, or Slack. */
type Entry = { readonly at: number; readonly of: string; readonly text: string };

/**
 * Where the time of a run goes: every statement that the database gets and every call that Slack gets, in order, with the
 * milliseconds since the command or the click. The server's own log tells the statements, so they take longer here than
 * without it.
 */
export async function profile(
  { server, depot, slack }: BenchWorld,
  users: number,
): Promise<readonly string[]> {
  const database = await openBenchDatabase(server, { dev: depot.url(users, 0), test: depot.url(users, 0) });
  const bot = await startBotProcess(slack, database.url);
  const admin = createAdmin(slack, bot.eventsUrl);
  const lines: string[] = [];
  for (let round = 0; round <= WARM_UPS; round += 1) {
    await database.reset();
    const preview = await logged(database, slack, () => admin.preview());
    await database.settle();
    const confirm = await logged(database, slack, () => admin.confirm(preview.result.message));
    await database.settle();
    if (round === WARM_UPS)
      lines.push(
        ...linesOf(`from the command to the preview, ${preview.result.ms.toFixed(1)} ms`, preview),
        ...linesOf(`from the click to the thread, ${confirm.result.toFixed(1)} ms`, confirm),
      );
    forget(slack);
  }
  await bot.stop();
  await database.drop();
  return lines;
}

async function logged<T>(database: BenchDatabase, { calls }: StrictSlack, work: () => Promise<T>) {
  await database.query("SET GLOBAL log_output = 'TABLE'");
  await database.query('TRUNCATE TABLE mysql.general_log');
  await database.query('SET GLOBAL general_log = ON');
  const [clock] = await database.query<{ at: number }>('SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS at');
  const begun = Number(clock?.at);
  const called = calls.length;
  const result = await work();
  await database.query('SET GLOBAL general_log = OFF');
  const statements = await database.query<Entry>(`
    SELECT UNIX_TIMESTAMP(event_time) * 1000 - ${begun} AS at, CONVERT(thread_id, CHAR) AS of,
           CONVERT(argument USING utf8mb4) AS text
    FROM mysql.general_log WHERE command_type IN ('Query', 'Execute')`);
  const told = calls.slice(called).map(({ at, method }) => ({ at: at - begun, of: 'Slack', text: method }));
  const entries = [...statements, ...told].toSorted((one, other) => Number(one.at) - Number(other.at));
  return { result, entries };
}

function linesOf(title: string, { entries }: { readonly entries: readonly Entry[] }): readonly string[] {
  const trips = entries.filter(({ text }) => !/general_log|UNIX_TIMESTAMP\(NOW|^SET time_zone/.test(text));
  return [
    `\n${title}, ${trips.length} round trips`,
    ...trips.map(
      ({ at, of, text }) =>
        `${Number(at).toFixed(1).padStart(7)}  ${of.padEnd(5)}  ${text.replace(/\s+/g, ' ').trim().slice(0, LONGEST)}`,
    ),
  ];
}
