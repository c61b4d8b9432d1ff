import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { find, installDebianPackages } from './programs.ts';

const READY_WITHIN_MS = 15_000;

/**
 * The path of tinyproxy. As root on Debian, its package is installed if needed; it starts no service. Undefined if it is not
 * available.
 */
export async function findTinyproxy(): Promise<string | undefined> {
  const installed = await find('tinyproxy');
  if (installed !== undefined) return installed;
  return installDebianPackages(['tinyproxy-bin']).then(
    () => find('tinyproxy'),
    () => undefined,
  );
}

export type Tinyproxy = { readonly port: number; output(): string; stop(): Promise<void> };

type Options = {
  /** Another proxy of this machine, which resolves every host name. */
  readonly upstreamPort: number;
  readonly user: string;
  readonly password: string;
  /** The allowed hosts. */
  readonly allowed: readonly string[];
};

/** Starts a forward proxy as companies run it, in a temporary folder and on a free port. */
export async function startTinyproxy(program: string, options: Options): Promise<Tinyproxy> {
  const { upstreamPort, user, password, allowed } = options;
  const folder = await mkdtemp(join(tmpdir(), 'usersync-tinyproxy-'));
  const [port, config, filter] = [await freePort(), join(folder, 'tinyproxy.conf'), join(folder, 'allowed')];
  // Each line is a regular expression.
  await writeFile(filter, allowed.map((host) => `^${host.replaceAll('.', '\\.')}$\n`).join(''));
  const settings = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'LogLevel Info',
    `BasicAuth ${user} ${password}`,
    `Upstream http 127.0.0.1:${upstreamPort}`,
    `Filter "${filter}"`,
    'FilterDefaultDeny Yes',
  ];
  await writeFile(config, `${settings.join('\n')}\n`);
  const server = startGuarded(program, ['-d', '-c', config], folder);
  await server.printed(/Accepting connections/, READY_WITHIN_MS);
  return { port, output: () => server.output(), stop: () => server.stop() };
}
