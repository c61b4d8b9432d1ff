import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../process/free-port.ts';
import { type GuardedProcess, startGuarded } from '../process/guarded-process.ts';
import { until } from '../process/until.ts';
import { connect, type DatabaseServer, serverAt } from './database-server.ts';
import { findServerProgram, type ServerProgram } from './mariadb-programs.ts';

const run = promisify(execFile);

const READY_WITHIN_MS = 60_000;

/** `relaxed` is fast but not safe in a power cut; `production` keeps a server's durable settings. */
const DURABILITY = {
  relaxed: [
    '--innodb-flush-log-at-trx-commit=2',
    '--innodb-doublewrite=OFF',
    '--innodb-buffer-pool-size=64M',
  ],
  production: ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=512M'],
} as const;

/** Settings for the tests' own server; a server with `stock` settings does not get them. */
const TUNED = [
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_unicode_ci',
  '--skip-log-bin',
  '--local-infile=1',
  '--performance-schema=OFF',
];

export type MariadbOptions = {
  readonly durability?: keyof typeof DURABILITY;
  /** More server settings, such as `--autocommit=0`. */
  readonly flags?: readonly string[];
  /** Stops the server when aborted. */
  readonly signal?: AbortSignal;
};

/**
 * Starts a private database server in a temporary folder and on a free port. It ends with this process at the latest. If
 * `TEST_DATABASE_URL` is set, that server is used and nothing is started. Throws `NoDatabaseServerError` if no server program is
 * available.
 */
export async function startMariadb(options: MariadbOptions = {}): Promise<DatabaseServer> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return serverAt(given);
  options.signal?.throwIfAborted();
  const program = await findServerProgram();
  const folder = await mkdtemp(join(await placeOf(options), 'usersync-db-'));
  const port = await freePort();
  await layOut(program, folder, options.flags ?? []);
  const server = startGuarded(
    program.server,
    [...serverFlags(program, folder, port, options), ...program.flags],
    folder,
  );
  const url = `mysql://root@127.0.0.1:${port}/`;
  const stop = () => server.stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  await untilReady(server, url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { ...serverAt(url), stop };
}

/** Linux's in-memory file system. */
const MEMORY = '/dev/shm';
const MEMORY_NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * The parent folder of the data. In memory, a database with all migrations is created in a fifth of the time on disk. So data
 * that need not survive a power cut is in memory, if there is enough of it: a container has only 64 MB.
 */
async function placeOf({ durability = 'relaxed' }: MariadbOptions): Promise<string> {
  if (durability === 'production') return tmpdir();
  const free = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free >= MEMORY_NEEDED_BYTES ? MEMORY : tmpdir();
}

/** MySQL keeps this setting for the life of a data folder. */
const FOR_LIFE = '--lower-case-table-names=';

async function layOut(program: ServerProgram, folder: string, flags: readonly string[]): Promise<void> {
  const kept = flags.filter((flag) => flag.startsWith(FOR_LIFE));
  const more = [ownTemporary(folder), ...asRoot(), ...kept];
  const [installer, ...args] = program.layOut(join(folder, 'data'), more);
  await run(installer, args).catch(async (cause: Error) => {
    await rm(folder, { recursive: true, force: true });
    // The message has what the program wrote to standard error.
    throw new Error(`${installer} could not lay out a data folder: ${cause.message}`, { cause });
  });
}

function serverFlags(
  { stock }: ServerProgram,
  folder: string,
  port: number,
  { durability = 'relaxed', flags = [] }: MariadbOptions,
): string[] {
  const place = [
    '--bind-address=127.0.0.1',
    `--datadir=${join(folder, 'data')}`,
    ownTemporary(folder),
    `--socket=${join(folder, 'db.sock')}`,
    `--pid-file=${join(folder, 'db.pid')}`,
    `--port=${port}`,
  ];
  const tuned = stock ? [] : TUNED;
  return ['--no-defaults', ...tuned, ...DURABILITY[durability], ...place, ...asRoot(), ...flags];
}

/**
 * A temporary folder per server: in a common one, a starting server deletes the temporary tables of running servers, which may
 * crash them.
 */
function ownTemporary(folder: string): string {
  return `--tmpdir=${folder}`;
}

/** Servers refuse to run as root without this flag. */
function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

async function untilReady(server: GuardedProcess, url: string): Promise<void> {
  const said = () => `the database server answers. It said:\n${server.output()}`;
  const outcome = await until(() => answers(url).then((yes) => (yes ? 'up' : server.hasEnded() && 'ended')), {
    timeoutMs: READY_WITHIN_MS,
    failure: said,
  });
  if (outcome === 'ended') throw new Error(`The server ended before ${said()}`);
}

async function answers(url: string): Promise<boolean> {
  return connect(url).then(
    (connection) => connection.end().then(() => true),
    () => false,
  );
}
