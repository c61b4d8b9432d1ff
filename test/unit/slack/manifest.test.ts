import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../../../docs/check/pages.ts';
import { COMMANDS } from '../../../src/config/commands.ts';
import { ConfigError } from '../../../src/config/config.ts';
import { ALL_SCOPES, EVENT_SCOPES, manifestFor } from '../../../src/slack/connect/manifest.ts';

/** Slack's limits: docs.slack.dev, "App manifest reference". */
const name = z.string().min(1).max(35);
const shape = z.object({
  display_information: z.object({ name, description: z.string().max(140) }),
  features: z.object({
    bot_user: z.object({ display_name: z.string().min(1).max(80) }),
    shortcuts: z.array(
      z.object({
        name: z.string().max(24),
        type: z.enum(['global', 'message']),
        callback_id: z.string().max(255),
        description: z.string().max(150),
      }),
    ),
    slash_commands: z.tuple([
      z.object({
        command: z.string().max(32),
        description: z.string().max(2000),
        usage_hint: z.string().max(1000),
        url: z.string().optional(),
      }),
    ]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ request_url: z.string().optional(), bot_events: z.array(z.string()) }),
    interactivity: z.object({ request_url: z.string().optional(), is_enabled: z.literal(true) }),
    socket_mode_enabled: z.boolean(),
  }),
});

const printed = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
  manifestFor(environment, args) ?? 'not understood';
const read = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
  shape.parse(parse(printed(environment, ...args)));

describe('npm run manifest', () => {
  it('prints manifest.yml where nothing is set', () => {
    expect(printed({})).toBe(readFileSync(join(ROOT, 'manifest.yml'), 'utf8'));
  });

  it('asks for the scopes and events of the table that doctor and the door go by', () => {
    const { oauth_config, settings } = read({});
    expect(oauth_config.scopes.bot.toSorted()).toEqual([...ALL_SCOPES]);
    expect(settings.event_subscriptions.bot_events).toEqual(Object.keys(EVENT_SCOPES));
  });

  it('hints at every command, whole', () => {
    const [{ usage_hint }] = read({}).features.slash_commands;
    expect(usage_hint.split(' | ').map((words) => words.split(' ')[0])).toEqual([
      'target',
      ...Object.keys(COMMANDS),
    ]);
    expect(usage_hint).toContain('users target [active|inactive] [text]');
  });

  it.each(['/usersync-staging', '/123', '/-', '/null', '/on', `/${'x'.repeat(31)}`])(
    'names app, bot and command after SLACK_COMMAND=%s',
    (command) => {
      const { display_information, features } = read({ SLACK_COMMAND: command, DEPLOYMENT_LABEL: 'staging' });
      expect(features.slash_commands[0].command).toBe(command);
      expect(display_information.name).toBe(command.slice(1));
      expect(features.bot_user.display_name).toBe(command.slice(1));
      expect(display_information.description).toContain('(staging)');
    },
  );

  it.each([
    ['SLACK_MODE=http', { SLACK_MODE: 'http' }, [], 'https://YOUR-HOST'],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: 'signing-secret' }, [], 'https://YOUR-HOST'],
    ['--address', {}, ['--address', 'https://bot.example.com/'], 'https://bot.example.com'],
  ])('is for http mode with %s', (_what, environment, args, address) => {
    const { features, settings } = read(environment, ...args);
    expect(settings.socket_mode_enabled).toBe(false);
    for (const url of [
      features.slash_commands[0].url,
      settings.event_subscriptions.request_url,
      settings.interactivity.request_url,
    ])
      expect(url).toBe(`${address}/slack/events`);
  });

  it.each([['--url'], ['--address'], ['--address', 'http://bot.example.com'], ['--address', 'https://x/y']])(
    'does not understand %s %s',
    (...args) => {
      expect(manifestFor({}, args)).toBeUndefined();
    },
  );

  it('needs no setting to be there, and names one that is wrong', () => {
    expect(() => manifestFor({ SLACK_COMMAND: 'usersync' }, [])).toThrow(ConfigError);
  });
});
