import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillIn, syncOnce, useBotAccount } from './bot.ts';
import { commandsOf, statementsOf } from './commands.ts';
import { NOT_RUN } from './not-run.ts';
import type { Block, Page } from './pages.ts';
import { type Ended, type Place, type Running, run, start } from './shell.ts';
import type { World } from './world.ts';

export type Done = { readonly place: string; readonly command: string; readonly what: string };

/** Commands that do the same each time: the second time is left out. */
const ONCE = ['npm ci', 'npm run build', 'npm run demo'];

type Reader = {
  readonly page: Page;
  readonly folder: string;
  readonly world: World;
  /** What was run in this copy before. */
  readonly before: Set<string>;
  /** Called with each command once it is done. */
  readonly tell: (done: Done) => void;
  /** Lines that change the environment of what follows on this page. */
  readonly exported: string[];
  /** A bot that the page started and that still runs. */
  bot: Running | undefined;
};

/** Does what a page says, from its top to its end, in one copy of the project. Throws at the first thing that fails. */
export async function playPage(
  page: Page,
  parts: Pick<Reader, 'folder' | 'world' | 'before' | 'tell'>,
): Promise<void> {
  const reader: Reader = { page, ...parts, exported: [], bot: undefined };
  try {
    for (const block of page.blocks) await playBlock(reader, block);
  } catch (error) {
    await reader.bot?.end('SIGKILL');
    throw error;
  }
  await stopBot(reader);
}

async function stopBot(reader: Reader): Promise<void> {
  const ended = await reader.bot?.end('SIGTERM');
  reader.bot = undefined;
  // npm itself ends by the signal that it has handed on.
  if (ended?.output.includes('usersync has stopped') === false) throw new Error(ended.output);
}

async function playBlock(reader: Reader, block: Block): Promise<void> {
  if (block.language === 'sql')
    await told(reader, block, block.text.split('\n')[0] ?? '', () => carryOutSql(reader, block));
  if (block.language !== 'sh') return;
  for (const command of commandsOf(block))
    await told(reader, block, command, () => carryOut(reader, command));
}

async function told(
  reader: Reader,
  block: Block,
  command: string,
  work: () => Promise<string>,
): Promise<void> {
  const place = `${reader.page.path}:${block.line}`;
  try {
    reader.tell({ place, command, what: await work() });
  } catch (error) {
    throw new Error(`${place}: ${command}\n${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function carryOut(reader: Reader, command: string): Promise<string> {
  const { world, before } = reader;
  const rule = NOT_RUN.find((each) => each.command.test(command));
  if (rule !== undefined) return `not run: ${rule.why}. Looked at instead: ${await rule.instead(command)}`;
  if (ONCE.includes(command) && before.has(command)) return 'as above';
  before.add(command);
  const own = [...reader.exported, world.withOwn(command)].join('\n');
  if (/^(export|unset) /.test(command)) reader.exported.push(world.withOwn(command));
  if (command === 'npm run setup') return setUp(reader);
  if (command === 'npm start') return startBot(reader);
  if (command === 'npm run demo') return untilInterrupted(reader);
  return afterwards(reader, command, await run(own, placeOf(reader)));
}

function placeOf({ folder, world }: Reader): Place {
  return { folder, env: world.env };
}

async function afterwards({ exported }: Reader, command: string, ended: Ended): Promise<string> {
  // Some registries do not answer this question at all.
  if (command.startsWith('npm audit') && ended.output.includes('audit endpoint returned an error'))
    return 'ran: the registry that is set up here does not answer it';
  const rehearsing = exported.at(-1)?.startsWith('export DATABASE_URL=') === true;
  // The rehearsal begins with a database that is not ready yet.
  if (command === 'npm run doctor' && rehearsing && ended.code === 1)
    return `ran: it ends with 1, and says what is to be done (${lastLine(ended)})`;
  expectZero(command, ended);
  return command.includes('doctor') ? `ran: ${lastLine(ended)}` : 'ran';
}

/** The questions have tests of their own (test/integration/cli/setup.test.ts). */
async function setUp({ folder, world }: Reader): Promise<string> {
  await copyFile(join(folder, '.env.example'), join(folder, '.env'));
  await fillIn(folder, world);
  return 'not run: it asks questions. Done instead: .env was made of .env.example, as its answers would';
}

async function startBot(reader: Reader): Promise<string> {
  reader.bot = start('npm start', placeOf(reader));
  await reader.bot.says('usersync is ready');
  return `ran: it is ready, and after /usersync dev and Confirm the thread says: ${await syncOnce(reader.world)}`;
}

async function untilInterrupted(reader: Reader): Promise<string> {
  const demo = start('npm run demo', placeOf(reader));
  await demo.says('Ctrl-C ends it');
  const { output } = await demo.end('SIGINT');
  const [url] = /http:\/\/\S+/.exec(output) ?? [];
  if (url === undefined || !output.includes('Stopping')) throw new Error(output);
  return 'ran: it printed its URL, and ended at Ctrl-C';
}

async function carryOutSql(reader: Reader, block: Block): Promise<string> {
  const { world, folder } = reader;
  // The way back begins with that.
  if (block.name.startsWith('back:')) await stopBot(reader);
  const rows = await world.sql(['USE laravel', ...statementsOf(block).map(world.withOwn)]);
  if (block.text.includes("'usersync'@'%' IDENTIFIED BY")) await useBotAccount(folder, world, block.text);
  return Array.isArray(rows) ? `ran: ${rows.length} rows` : 'ran';
}

function expectZero(command: string, { code, output }: Ended): void {
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output.slice(-4_000)}`);
}

function lastLine({ output }: Ended): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
