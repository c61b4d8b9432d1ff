import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commandsOf } from '../../../docs/check/commands.ts';
import { parseArguments, parseCopy, readDockerfile } from '../../../docs/check/dockerfile.ts';
import { ROOT, readPages } from '../../../docs/check/pages.ts';
import { healthRoutes } from '../../../src/monitoring/health.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** A stop takes about 10 s (`TIMING` in src/bot/app.ts and what comes after it); half as much again is allowed for. */
const STOP_SECONDS = 15;

const ignored = read('.dockerignore').trim().split('\n');

/** The last pattern that fits decides, as Docker has it. */
function isSent(path: string): boolean {
  const fits = (pattern: string) => pattern === '*' || path === pattern || path.startsWith(`${pattern}/`);
  const last = ignored.findLast((pattern) => fits(pattern.replace(/^!/, '')));
  return last === undefined || last.startsWith('!');
}

describe('what is sent to be built', () => {
  const copied = readDockerfile()
    .flatMap(({ instructions }) => instructions)
    .filter(({ name }) => name === 'COPY')
    .map(({ rest }) => parseCopy(rest))
    .filter(({ from }) => from === undefined)
    .flatMap(({ sources }) => sources);

  it('holds everything that the Dockerfile copies', () => {
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !isSent(path))).toEqual([]);
  });

  it.each(['.env', '.git', 'node_modules', 'src/database/generated', 'test', 'dist'])(
    'holds no %s',
    (path) => {
      expect(isSent(path)).toBe(false);
    },
  );
});

describe('the image', () => {
  const last = readDockerfile().at(-1)?.instructions ?? [];
  const restOf = (name: string) => last.find((each) => each.name === name)?.rest ?? '';

  it('runs the bot without rights', () => {
    expect(restOf('USER')).toBe('node');
    expect(parseArguments(restOf('CMD'))).toEqual(['node', 'dist/main.js', 'start']);
  });

  it('is healthy where the process lives', () => {
    const routes = healthRoutes(async () => []);
    const [, path] = /'(\/\w+)'/.exec(restOf('HEALTHCHECK')) ?? [];
    expect(routes.map((route) => route.path)).toContain(path);
    expect(path).toBe('/healthz');
  });
});

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      build: z.string().optional(),
      command: z.array(z.string()).optional(),
      depends_on: z.record(z.string(), z.unknown()).default({}),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
    }),
  ),
});

describe('compose.yaml', () => {
  const { services } = composeFile.parse(parse(read('compose.yaml')));
  const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

  it('gives our processes no rights and nothing to write to', () => {
    expect(ours.map(([name]) => name)).toEqual(['bot', 'migrate']);
    for (const [, service] of ours)
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  it('starts nothing before what it needs', () => {
    for (const [, { depends_on }] of Object.entries(services))
      for (const needed of Object.keys(depends_on)) expect(Object.keys(services)).toContain(needed);
  });

  it('takes its own database where .env leaves DATABASE_URL empty', () => {
    for (const [, { environment }] of ours)
      expect(environment['DATABASE_URL']).toMatch(/^\$\{DATABASE_URL:-mysql:\/\/.*@db:3306\//);
  });

  it('is told by the pages to migrate only where they say so', () => {
    const commands = readPages().flatMap(({ blocks }) => blocks.flatMap(commandsOf));
    const single = commands.filter((command) => command.startsWith('docker compose run'));
    expect(single).not.toEqual([]);
    expect(single.filter((command) => !command.includes('--no-deps'))).toEqual([]);
  });

  it('opens no port to other machines', () => {
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports).not.toEqual([]);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('lets a stop come to its end', () => {
    expect(Number.parseInt(String(services['bot']?.['stop_grace_period']), 10)).toBeGreaterThan(STOP_SECONDS);
  });
});

describe('the systemd unit', () => {
  const unit = read('deploy/usersync.service');
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];

  it('starts what the image starts', () => {
    expect(value('ExecStart')).toBe('/usr/bin/node dist/main.js start');
  });

  it('lets a stop come to its end', () => {
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(STOP_SECONDS);
  });

  it('does not migrate: the account of the bot may not, and nobody has made a backup', () => {
    expect(unit).not.toContain('ExecStartPre');
  });
});
