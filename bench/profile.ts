import { createAdmin } from './admin.ts';
import { startBotProcess } from './bot.ts';
import { type BenchDatabase, openBenchDatabase } from './database.ts';
import { type BenchWorld, forget } from './world.ts';

const USERS = 25;
const WARM_UPS = 15;
const LONGEST = 110;

type Entry = { readonly at: number; readonly thread: number; readonly text: string };

/**
 * Where the time of 25 users goes: every statement that the database gets, in order, with the milliseconds since the
 * command or the click. The server's own log tells them, so they take longer here than without it.
 */
export async function profile({ server, depot, slack }: BenchWorld): Promise<readonly string[]> {
  const database = await openBenchDatabase(server, { dev: depot.url(USERS, 0), test: depot.url(USERS, 0) });
  const bot = await startBotProcess(slack, database.url);
  const admin = createAdmin(slack, bot.eventsUrl);
  const lines: string[] = [];
  for (let round = 0; round <= WARM_UPS; round += 1) {
    await database.reset();
    const preview = await logged(database, () => admin.preview());
    await database.settle();
    const confirm = await logged(database, () => admin.confirm(preview.result.message));
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

async function logged<T>(database: BenchDatabase, work: () => Promise<T>) {
  await database.query("SET GLOBAL log_output = 'TABLE'");
  await database.query('TRUNCATE TABLE mysql.general_log');
  await database.query('SET GLOBAL general_log = ON');
  const [begun] = await database.query<{ at: number }>('SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS at');
  const result = await work();
  await database.query('SET GLOBAL general_log = OFF');
  const entries = await database.query<Entry>(`
    SELECT UNIX_TIMESTAMP(event_time) * 1000 - ${Number(begun?.at)} AS at, thread_id AS thread,
           CONVERT(argument USING utf8mb4) AS text
    FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') ORDER BY event_time`);
  return { result, entries };
}

function linesOf(title: string, { entries }: { readonly entries: readonly Entry[] }): readonly string[] {
  const statements = entries.filter(
    ({ text }) => !/general_log|UNIX_TIMESTAMP\(NOW|^SET time_zone/.test(text),
  );
  return [
    `\n${title}, ${statements.length} statements`,
    ...statements.map(
      ({ at, thread, text }) =>
        `${Number(at).toFixed(1).padStart(7)}  ${thread}  ${text.replace(/\s+/g, ' ').trim().slice(0, LONGEST)}`,
    ),
  ];
}
