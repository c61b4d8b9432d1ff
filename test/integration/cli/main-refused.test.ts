import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { startTcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { runMain } from '../../support/main-process.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';

let world: MainWorld;

beforeAll(async () => {
  world = await startMainWorld();
});
afterAll(() => world.stop());

/** What the start says where it gives up. */
async function refusal(environment: Environment): Promise<string> {
  const { code, output, errors } = await world.run('start', environment).ended;
  expect({ code, output }).toEqual({ code: 1, output: '' });
  return errors;
}

const withDatabase = (change: (url: URL) => void) => {
  const url = new URL(world.migrated.url);
  change(url);
  return refusal(world.settings({ DATABASE_URL: url.href }));
};

describe.concurrent('without settings the start', { timeout: 60_000 }, () => {
  it('says what to do first, and has one line for each setting that is missing', async () => {
    const [title, ...lines] = (await refusal({ PORT: '3000' })).trim().split('\n');
    const said = (from: number, to?: number) => lines.slice(from, to).map((line) => line.trim());
    expect(title).toBe('usersync is not set up yet. What to do:');
    expect(said(0, 5).map((line) => line.split(/ {2,}/)[0])).toEqual([
      'npm run demo',
      'manifest.yml',
      'npm run setup',
      'npm run doctor',
      'npm start',
    ]);
    expect(lines[6]).toMatch(/^usersync cannot start\. Set these in the environment or in \.env/);
    expect(said(7).map((line) => line.split(' ')[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'DATABASE_URL',
      'EXTERNAL_API_EMAIL',
      'EXTERNAL_API_PASSWORD',
      'SLACK_SIGNING_SECRET',
      'SLACK_ADMIN_USER_IDS',
    ]);
  });

  it('has nothing but the lines for what is wrong once anything is set', async () => {
    const errors = await refusal(world.settings({ EXTERNAL_API_EMAIL: undefined, LOG_LEVEL: 'loud' }));
    expect(errors).toMatch(
      /^usersync cannot start\. [^\n]+\n {2}EXTERNAL_API_EMAIL is not set: it must be [^\n]+\n {2}LOG_LEVEL must be [^\n]+\n$/,
    );
  });

  it('says of a token of the wrong kind where it belongs', async () => {
    const { slack } = world;
    const errors = await refusal(
      world.settings({ SLACK_BOT_TOKEN: slack.appToken, SLACK_APP_TOKEN: slack.botToken }),
    );
    expect(errors).toContain('SLACK_BOT_TOKEN must be the bot token, which begins with xoxb-; this is an');
    expect(errors).toContain('this is a bot token, which belongs in SLACK_BOT_TOKEN\n');
    expect(errors).not.toContain(slack.appToken);
  });

  it('names the command that needs the setting, where that is another', async () => {
    const { code, errors } = await world.run('migrate', { LOG_LEVEL: 'info' }).ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^npm run migrate cannot start\. [^\n]+\n {2}DATABASE_URL must be mysql:/);
  });

  it.each(['migrate', 'audit:verify'])(
    'says to %s that quotes around the address do not belong',
    async (word) => {
      const { errors } = await world.run(word, { DATABASE_URL: `'${world.migrated.url}'` }).ended;
      expect(errors).toMatch(/\n {2}DATABASE_URL must be written without quotes around it\n$/);
    },
  );

  it('says once what is wrong with the setting that another command needs', async () => {
    const { errors } = await world.run('migrate', { DATABASE_URL: 'here' }).ended;
    expect(errors.match(/DATABASE_URL must be/g)).toHaveLength(1);
  });

  it('names the known commands where it is given a word that it does not know', async () => {
    const { code, errors } = await world.run('start', world.settings(), 'doctor').ended;
    expect(code).toBe(1);
    expect(errors).toMatch(/^start takes no options\. Commands: start, setup, migrate/);
  });

  it.each(['strat', 'constructor'])(
    'names the known commands where it is given another: %s',
    async (word) => {
      const { code, errors } = await world.run(word, world.settings()).ended;
      expect(code).toBe(1);
      expect(errors).toMatch(/^Unknown command\. Known: start, setup, migrate/);
    },
  );
});

describe.concurrent('whoever asks for help', { timeout: 60_000 }, () => {
  it.each([
    ['start', /^start takes no options/],
    ['setup', /^setup takes no options/],
    ['migrate', /^migrate knows one option: --repair/],
    ['doctor', /^doctor knows one option: --json/],
    ['audit:verify', /^audit:verify knows three options: --expect PLACE/],
    ['manifest', /^manifest knows one option: --address/],
    ['sync', /preview TARGET/],
  ])('is told what %s takes, and nothing else happens', async (command, usage) => {
    const answers = await Promise.all(['--help', '-h'].map((word) => world.run(command, {}, word).ended));
    for (const answer of answers)
      expect(answer).toEqual({ code: 0, output: expect.stringMatching(usage), errors: '' });
  });

  it('of no command is told which there are', async () => {
    const { code, output } = await world.run('--help', {}).ended;
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^Commands: start, setup/) });
  });
});

describe.concurrent('without its database the start ends in one line', { timeout: 60_000 }, () => {
  const line = (what: string, todo: string) =>
    new RegExp(`^The database at DATABASE_URL cannot be used: [^\\n]*${what}[^\\n]*\\. ${todo}[^\\n]*\\n$`);

  it('where nothing listens, without the password', async () => {
    const port = await freePort();
    const errors = await withDatabase((url) => Object.assign(url, { port, password: 'db-password' }));
    expect(errors).toMatch(line('ECONNREFUSED', 'Start the database server'));
    expect(errors).not.toContain('db-password');
  });

  it('where the server never answers, within seconds', async () => {
    const proxy = await startTcpProxy(1);
    proxy.freeze();
    const errors = await withDatabase((url) => Object.assign(url, { port: proxy.port }));
    await proxy.stop();
    expect(errors).toMatch(line('timeout', 'Start the database server'));
  });

  it('where user or password are wrong, without the password', async () => {
    const errors = await withDatabase((url) =>
      Object.assign(url, { username: 'nobody', password: 'db-password' }),
    );
    expect(errors).toMatch(line('Access denied', 'Correct user and password in DATABASE_URL'));
    expect(errors).not.toContain('db-password');
  });

  it('where there is no such database, with the statement that makes one', async () => {
    const errors = await withDatabase((url) => Object.assign(url, { pathname: '/usersync_nowhere' }));
    expect(errors).toMatch(line("Unknown database 'usersync_nowhere'", 'Correct the database'));
    expect(errors).toContain('CREATE DATABASE `usersync_nowhere`');
  });
});

describe.concurrent('with other migrations than its own the start', { timeout: 60_000 }, () => {
  it('names those that are missing, and the command; so does audit:verify', async () => {
    const empty = await freshDatabase();
    const errors = await refusal(world.settings({ DATABASE_URL: empty.url }));
    const verified = await world.run('audit:verify', { DATABASE_URL: empty.url }).ended;
    await empty.drop();
    expect(errors).toMatch(
      /^The database lacks the migrations \d+_laravel_tables, .*\. Run: npm run migrate\n$/,
    );
    expect(verified).toEqual({ code: 1, output: '', errors });
  });

  it('says that .env cannot be read, before it says what is not set', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usersync-env-'));
    await mkdir(join(folder, '.env'));
    const { code, errors } = await runMain('start', { PORT: '3000' }, folder, []).ended;
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(errors.split('\n')[0]).toBe('.env cannot be read (EISDIR), so its settings do not count.');
    expect(errors).toContain('DATABASE_URL');
  });

  it('names the settings of .env that end at a #, without what stands before it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usersync-env-'));
    const lines = [
      'EXTERNAL_API_PASSWORD=zz#secret',
      'export REDIS_URL=redis://localhost#1',
      'SLACK_SIGNING_SECRET=#zzsecret',
      'EXTERNAL_API_EMAIL=admin@dkm # of the depots',
      'LOG_LEVEL= # as it is',
      "DEPLOYMENT_LABEL='zz#1'",
      "SLACK_ADMIN_USER_IDS=it's#zz",
      'SLACK_BOT_TOKEN="a',
      'PROTECTED_EMAILS=zz#1"',
      'SYNC_TARGETS=dev#1',
    ];
    await writeFile(join(folder, '.env'), lines.join('\n'));
    const { errors } = await runMain('migrate', { SYNC_TARGETS: 'dev' }, folder, []).ended;
    await rm(folder, { recursive: true });
    expect(errors.split('\n').slice(0, 5)).toEqual([
      ...['EXTERNAL_API_PASSWORD', 'REDIS_URL', 'SLACK_SIGNING_SECRET', 'SLACK_ADMIN_USER_IDS'].map(
        (name) => `.env: ${name} ends before the first #, where a comment begins. Quote its value: '…'`,
      ),
      expect.stringContaining('npm run migrate cannot start.'),
    ]);
    expect(errors).not.toMatch(/zz|secret/);
  });

  it('reads from .env what is empty in the environment, as Docker Compose passes what is not set', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usersync-env-'));
    await writeFile(join(folder, '.env'), 'SLACK_COMMAND=/usersync-file\nDEPLOYMENT_LABEL=file\nPORT=1#2\n');
    const environment = { SLACK_COMMAND: '', DEPLOYMENT_LABEL: 'shell', PORT: ' ' };
    const { output, errors } = await runMain('manifest', environment, folder, []).ended;
    await rm(folder, { recursive: true });
    expect(output).toContain('/usersync-file');
    expect(output).toContain('shell');
    expect(errors).toMatch(/^\.env: PORT ends before the first #/);
  });

  it('says that .env is not in UTF-8, as where an editor saved it as UTF-16', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usersync-env-'));
    await writeFile(join(folder, '.env'), 'PORT=3000\n', 'utf16le');
    const { errors } = await runMain('start', {}, folder, []).ended;
    await rm(folder, { recursive: true });
    expect(errors.split('\n').slice(0, 2)).toEqual([
      '.env is not in UTF-8, so its settings do not count.',
      'Save it as UTF-8.',
    ]);
  });

  it.each([
    [
      'one that was edited',
      "UPDATE _prisma_migrations SET checksum = REPEAT('0', 64) ORDER BY migration_name LIMIT 1",
      /^The migration \w+ was edited after it was applied\. Restore its file [^\n]+\n$/,
    ],
    [
      'one that it does not know',
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('1', '', '29990101000000_new', NOW())",
      /^The database has the migration 29990101000000_new, [^\n]+ Run the newer version, [^\n]+\n$/,
    ],
  ])('names %s, and what to do', async (_what, statement, said) => {
    const database = await freshDatabase({ migrated: true });
    await database.connection.query(statement);
    const errors = await refusal(world.settings({ DATABASE_URL: database.url }));
    await database.drop();
    expect(errors).toMatch(said);
  });
});

describe.concurrent('on a database that would turn a sync around the start', { timeout: 60_000 }, () => {
  it('names an own table that could not undo its part, and the statement that mends it', async () => {
    const database = await freshDatabase({ migrated: true });
    await database.connection.query('ALTER TABLE sync_outbox ENGINE = MyISAM');
    const errors = await refusal(world.settings({ DATABASE_URL: database.url }));
    await database.drop();
    expect(errors).toBe(
      'tables of usersync: sync_outbox is kept by MyISAM, not InnoDB. To do: A sync could not be undone there. ' +
        'Run, on a copy first: ALTER TABLE sync_outbox ENGINE = InnoDB\n',
    );
  });

  it('names what of its session is otherwise than it must be', async () => {
    const errors = await withDatabase((url) => {
      url.search = '?initSql=SET%20SESSION%20tx_isolation%20%3D%20%27SERIALIZABLE%27';
    });
    expect(errors).toMatch(
      /^database session: tx_isolation is SERIALIZABLE.* To do: Take initSql out of DATABASE_URL/,
    );
  });
});

describe.concurrent('on a port that is taken the start', { timeout: 60_000 }, () => {
  it.each(['http', 'socket'])('names it, in %s mode', async (SLACK_MODE) => {
    const taken = createServer();
    taken.listen(0);
    await once(taken, 'listening');
    const address = taken.address();
    const PORT = String(typeof address === 'object' ? address?.port : '');
    const errors = await refusal(world.settings({ PORT, SLACK_MODE, SLACK_APP_TOKEN: 'xapp-1' }));
    taken.close();
    expect(errors).toBe(`PORT ${PORT} is in use by another program. Stop that one, or set another PORT.\n`);
  });
});

describe('npm start before npm run build', () => {
  it('says so in one line', async () => {
    const ended = await new Promise((resolve) => {
      execFile('sh', ['-c', packageFile.scripts.prestart], { cwd: tmpdir() }, (error, stdout, stderr) =>
        resolve({ code: error?.code, stdout, stderr }),
      );
    });
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'usersync is not built yet. Run: npm run build\n',
    });
  });
});
