import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { until } from '../../../sandbox/process/until.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { runMain } from '../../support/main-process.ts';
import { runInTerminal, type TerminalProcess } from '../../support/pseudo-terminal.ts';
import type { Script } from '../../support/scripted-terminal.ts';
import { databaseAnswers, KEPT, type SetupWorld, startSetupWorld } from '../../support/setup-world.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CTRL_C = '\x03';

let world: SetupWorld;

beforeAll(async () => {
  world = await startSetupWorld();
});
beforeEach(() => world.forget());
afterAll(() => world.stop());

/** What `npm run setup` runs, in the folder of the file. */
function startSetup(): TerminalProcess {
  const [program = '', script = '', ...words] = packageFile.scripts.setup.split(' ');
  const command = [`${ROOT}node_modules/.bin/${program}`, `${ROOT}${script}`, ...words];
  return runInTerminal(command, { cwd: dirname(world.file), env: { SLACK_API_URL: world.slack.apiUrl } });
}

describe('npm run setup in a terminal', () => {
  it('asks, tests and writes, and never shows a secret', async () => {
    const setup = startSetup();
    for (const [asked, answer] of Object.values(world.right).flat()) {
      await setup.shows(asked);
      setup.type(`${answer}\r`);
    }
    expect(await setup.ended).toBe(0);
    expect(parseConfig(await world.written())).toMatchObject({ databaseUrl: world.database.url });
    expect(setup.screen()).toMatch(/pass {2}depot server of prod: .*What to do next:/s);
    for (const secret of [world.slack.botToken, world.slack.appToken, 'correct_password'])
      expect(setup.screen()).not.toContain(secret);
  });

  it('writes nothing where it is ended by Ctrl-C', async () => {
    const setup = startSetup();
    await setup.shows('SLACK_BOT_TOKEN');
    setup.type(`${world.slack.botToken}\r`);
    await setup.shows('SLACK_MODE');
    setup.type(CTRL_C);
    expect(await setup.ended).toBe(1);
    expect(setup.screen()).toMatch(/\r?\nStopped\. No settings were written\.\r?\n$/);
    expect(await readdir(dirname(world.file))).toEqual([]);
  });

  it('ends between two migrations on Ctrl-C, says what is left to do, and does not say that nothing was written', async () => {
    const empty = await freshDatabase();
    // The migrations wait for this lock until the person has pressed Ctrl-C.
    const lock = `usersync migrate ${empty.name}`;
    await empty.connection.query('SELECT GET_LOCK(?, 10)', [lock]);
    const { token, delivery, people } = world.right;
    const setup = startSetup();
    const apply: Script = [['Apply them now? [y/N]', 'y']];
    for (const [asked, answer] of [token, delivery, people, databaseAnswers(empty.url), KEPT, apply].flat()) {
      await setup.shows(asked);
      setup.type(`${answer}\r`);
    }
    const waiting =
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT GET_LOCK(%'";
    await until(async () => (await empty.connection.query<unknown[]>(waiting)).length === 1, {
      failure: () => `setup does not migrate:\n${setup.screen()}`,
    });
    setup.type(CTRL_C);
    await setup.shows('Stopping, as soon as nothing is left half-done.');
    await empty.connection.query('SELECT RELEASE_LOCK(?)', [lock]);
    expect(await setup.ended).toBe(1);
    const tables = await empty.connection.query<unknown[]>("SHOW TABLES LIKE 'sync%'");
    await empty.drop();
    expect(tables).toEqual([]);
    expect(setup.screen()).toMatch(
      /\nStopped before the migration \w+\. None is half-done\. For the rest, run: npm run migrate\r?\nStopped\. No settings were written\.\r?\n$/,
    );
    expect(await readdir(dirname(world.file))).toEqual([]);
  });
});

describe('npm run setup without a terminal', () => {
  it('says so in one line', async () => {
    const { code, output, errors } = await runMain('setup', {}, dirname(world.file)).ended;
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(
      /^setup asks its questions in a terminal, and here is none\. Fill in \.env [^\n]+\n$/,
    );
  });
});
