import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'dotenv';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { runSetup } from '../../../src/cli/setup/setup.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { ENV_EXAMPLE } from '../../../src/process/runtime.ts';
import { type Script, scriptedTerminal } from '../../support/scripted-terminal.ts';
import {
  databaseAnswers,
  KEPT,
  type Parts,
  type SetupWorld,
  startSetupWorld,
} from '../../support/setup-world.ts';

let world: SetupWorld;

beforeAll(async () => {
  world = await startSetupWorld();
});
beforeEach(() => world.forget());
afterAll(() => world.stop());

const text = () => readFile(world.file, 'utf8');

describe('setup in a folder without .env', () => {
  it('asks for what has no default, tests it, and writes it among the comments of .env.example', async () => {
    const said = await world.answer();
    expect(parseConfig(await world.written()).slack).toMatchObject({
      transport: { mode: 'socket', appToken: world.slack.appToken },
      channelIds: ['C0DEVSUP01'],
      adminUserIds: ['U0ADMIN001', 'U0ADMIN002'],
    });
    const comments = (env: string) => env.split('\n').filter((line) => /^(# |$)/.test(line));
    expect(comments(await text())).toEqual(comments(await readFile(ENV_EXAMPLE, 'utf8')));
    expect(await text()).toContain('#PREVIEW_TTL_MINUTES=30\n');
    expect((await stat(world.file)).mode & 0o777).toBe(0o600);
    expect(said).not.toMatch(/ {2}(fail|warn) /);
    expect(said).toMatch(/pass {2}depot server of prod: login in .* 100 of 150 users/);
    expect(said).toMatch(/npm run doctor .*\n.*npm run build && npm start\n/);
  });

  it('shows no secret', async () => {
    const said = await world.answer();
    for (const secret of [world.slack.botToken, world.slack.appToken, 'correct_password'])
      expect(said).not.toContain(secret);
  });

  it('says where each value is found, and which locations there are', async () => {
    const said = await world.answer();
    expect(said).toContain('OAuth & Permissions → Bot User OAuth Token (xoxb-…)');
    expect(said).toContain('There are: dev (Dev), prod (Prod), test (Test)');
  });

  it('in http mode asks for the signing secret instead of the app-level token', async () => {
    const { signingSecret } = world.slack;
    const said = await world.answer({
      delivery: [
        ['SLACK_MODE [socket]', 'http'],
        ['SLACK_SIGNING_SECRET (hidden)', signingSecret],
      ],
    });
    expect(parseConfig(await world.written()).slack.transport).toEqual({ mode: 'http', signingSecret });
    expect(said).toMatch(/manifest\.yml +says which addresses/);
  });

  it.each([
    ['is a folder', '.', 'EISDIR'],
    ['is in a folder that is not there', 'gone/.env', 'ENOENT'],
  ])('asks nothing where the file %s', async (_, path, code) => {
    const terminal = scriptedTerminal([]);
    const file = join(dirname(world.file), path);
    await expect(runSetup({ environment: {}, file, terminal })).rejects.toThrow(
      `${file} cannot be written (${code}). Start setup in a folder where you may write it`,
    );
    expect(terminal.transcript()).toBe('');
  });

  it('asks nothing where only the reading of the file is refused, and says that', async () => {
    await symlink(world.file, world.file);
    const terminal = scriptedTerminal([]);
    await expect(runSetup({ environment: {}, file: world.file, terminal })).rejects.toThrow(
      `${world.file} cannot be read (ELOOP). Let this account read it, or remove it; nothing was asked.`,
    );
    expect(terminal.transcript()).toBe('');
  });

  it('writes nothing where that is not wanted', async () => {
    expect(await world.answer({ write: [['Write these settings', 'n']] })).toMatch(
      /No settings were written\.$/,
    );
    await expect(text()).rejects.toThrow('ENOENT');
  });
});

describe('setup with a .env', () => {
  const OWN = '# Ours, since 2019\nNOT_OURS="keep me"\n\n';
  const ENTER: Script = [
    'SLACK_BOT_TOKEN [kept]',
    'SLACK_MODE [socket]',
    'SLACK_APP_TOKEN [kept]',
    'SLACK_CHANNEL_IDS (- for none) [C0DEVSUP01]',
    'SLACK_ADMIN_USER_IDS (- for none) [U0ADMIN001, U0ADMIN002]',
    ...['Host [', 'Port [', 'Database [', 'User [', 'Password ('],
    'SYNC_TARGETS [dev,test,prod]',
    'EXTERNAL_API_EMAIL [admin@example.com]',
    'EXTERNAL_API_PASSWORD [kept]',
    'Write these settings',
  ].map((asked) => [asked, '']);

  let before: string;
  beforeEach(async () => {
    await world.answer();
    before = `${OWN}${await text()}`;
    await writeFile(world.file, before);
  });

  it('takes its values for Enter, and leaves it as it is then', async () => {
    await world.follow(ENTER);
    expect(await text()).toBe(before);
  });

  it('changes the lines of what is answered otherwise, and no other line', async () => {
    await world.follow(ENTER.map(([asked, answer]) => [asked, asked.startsWith('SYNC') ? 'dev' : answer]));
    expect(await text()).toBe(before.replace('SYNC_TARGETS=dev,test,prod', 'SYNC_TARGETS=dev'));
  });

  it('says what stands in the environment as well, and what is still wrong', async () => {
    await writeFile(world.file, `${before}LOG_LEVEL=loud\n`);
    const said = await world.follow(ENTER, { SYNC_TARGETS: 'dev' });
    expect(said).toContain('SYNC_TARGETS is set in the environment as well, which goes before .env');
    expect(said).toContain('Not right yet: LOG_LEVEL must be one of');
  });
});

describe('an empty database', () => {
  /** It has no users either; only the person knows whether it is the right one. */
  const answers = (url: string, apply: string, targets: Script): Partial<Parts> => ({
    database: [...databaseAnswers(url), ...KEPT, ['Apply them now? [y/N]', apply]],
    targets,
  });

  it('is laid out, gets its locations, and its depot servers are tested then', async () => {
    const empty = await freshDatabase();
    const { url } = world.depot;
    const targets: Script = [
      ['SYNC_TARGETS [dev,test,prod]', 'dev,test=tst,prod'],
      ['Address of dev', 'jkt.web.com'],
      ['Address of dev', `${url}/`],
      ['Name of dev for people [Dev]', ''],
      ['Address of test', url],
      ['Name of test for people [Test]', "Test's depot"],
      ['Address of prod', ''],
    ];
    const said = await world.answer(answers(empty.url, 'y', targets));
    const rows = await empty.connection.query(
      'SELECT location_code, location_name, online_url FROM locations ORDER BY id',
    );
    await empty.drop();
    expect(said).toContain('online_url of dev is no https address');
    expect(said).toMatch(/applied \d+_laravel_tables\n/);
    expect(rows).toEqual([
      { location_code: 'dev', location_name: 'Dev', online_url: url },
      { location_code: 'tst', location_name: "Test's depot", online_url: url },
    ]);
    expect(said).toMatch(/pass {2}depot server of dev: login in/);
    expect(said).toMatch(/pass {2}depot server of test: login in/);
    expect(said).not.toContain('npm run migrate ');
    expect(parse(await text())).toMatchObject({
      DATABASE_URL: empty.url,
      SYNC_TARGETS: 'dev,test=tst,prod',
    });
  });

  it('is left as it is where that is wanted, and migrating is the next step', async () => {
    const empty = await freshDatabase();
    const said = await world.answer(answers(empty.url, '', world.right.targets));
    const tables = await empty.connection.query<unknown[]>('SHOW TABLES');
    await empty.drop();
    expect(tables).toEqual([]);
    expect(said).toMatch(/What to do next:\n {2}npm run migrate .*backup/);
  });
});
