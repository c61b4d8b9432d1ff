import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connect } from '../../sandbox/database/database-server.ts';
import { loadLaravel } from '../../sandbox/database/laravel-dump.ts';
import { exitWith, readCommandLine } from '../../sandbox/process/usage.ts';
import { useBotAccount } from './bot.ts';
import { statementsOf } from './commands.ts';
import { carryOutDockerfile } from './container.ts';
import { cloneProject } from './copy.ts';
import { type Page, readPage, readPages } from './pages.ts';
import { type Done, playPage } from './play.ts';
import { startWorld, type World } from './world.ts';

/** Pages whose commands build on what the README has done come after it. */
const FIRST = ['README.md', 'CONTRIBUTING.md'];

/** `npm run docs:check`: runs every command of the pages in a fresh clone, and says what was done with each. */
async function main(): Promise<number> {
  readCommandLine('npm run docs:check', () => parseArgs({ options: {} }));
  const began = performance.now();
  const [world, folder] = await Promise.all([startWorld(), cloneProject()]);
  let done = 0;
  const tell = ({ place, command, what }: Done) => {
    done += 1;
    console.log(`${place}  ${command}\n    ${what}`);
  };
  // Beside the pages: most of it is waiting for packages.
  const container = carryOutDockerfile(world);
  container.catch(() => {});
  try {
    const before = new Set<string>();
    for (const page of pagesInOrder()) {
      await prepareDatabase(page, world, folder);
      await playPage(page, { folder, world, before, tell });
    }
    tell({ place: 'Dockerfile', command: 'docker build, docker run', what: await container });
  } finally {
    await container.catch(() => {});
    await Promise.all([world.stop(), rm(folder, { recursive: true, force: true })]);
  }
  console.log(
    `\n${done} commands in ${((performance.now() - began) / 1000).toFixed(0)} s: all as the pages say.`,
  );
  return 0;
}

function pagesInOrder(): readonly Page[] {
  const others = readPages().filter(({ path }) => !FIRST.includes(path));
  const withCommands = others.filter(({ blocks }) => blocks.some(({ language }) => language === 'sh'));
  return [...FIRST.map(readPage), ...withCommands];
}

/** What a page expects to find: nothing yet, the Laravel application's database, or one that the bot has used. */
async function prepareDatabase({ path }: Page, world: World, folder: string): Promise<void> {
  const existing = path === 'docs/existing-database.md';
  await world.resetDatabase({ migrated: !FIRST.includes(path) && !existing });
  if (FIRST.includes(path)) return;
  if (existing) await loadApplication(world);
  else await makeAccounts(world, folder);
}

async function loadApplication({ server, depotUrl }: World): Promise<void> {
  const connection = await connect(server.url('laravel'));
  await loadLaravel(connection, {
    columns: '`name` varchar(255) NOT NULL, `password` varchar(255) NOT NULL,',
    onlineUrl: depotUrl,
  });
  await connection.end();
}

/** The accounts that docs/existing-database.md makes: other pages name them, and the bot has its own in .env. */
async function makeAccounts(world: World, folder: string): Promise<void> {
  const statements = readPage('docs/existing-database.md').blocks.flatMap(statementsOf);
  const accounts = statements.filter((statement) => /^(CREATE USER|GRANT) /.test(statement));
  await world.sql(['USE laravel', ...accounts]);
  await useBotAccount(folder, world, accounts.join('\n'));
}

exitWith(main());
