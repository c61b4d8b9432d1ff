import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDepotServer } from '../../../sandbox/depot/server.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { AGAIN, KEPT, type Parts, type SetupWorld, startSetupWorld } from '../../support/setup-world.ts';

let world: SetupWorld;

beforeAll(async () => {
  world = await startSetupWorld();
});
beforeEach(() => world.forget());
afterAll(() => world.stop());

type Case = { readonly what: string; readonly answers: () => Partial<Parts>; readonly explained: RegExp };

const NO_PERSON = [
  ['SLACK_CHANNEL_IDS:', ''],
  ['SLACK_ADMIN_USER_IDS:', ''],
] as const;
const ADMIN = ['SLACK_ADMIN_USER_IDS:', 'U0ADMIN001'] as const;

const CASES: readonly Case[] = [
  {
    what: 'a token of another kind',
    answers: () => ({
      token: [
        ['SLACK_BOT_TOKEN', world.slack.appToken],
        ...AGAIN,
        ['SLACK_BOT_TOKEN [kept]', world.slack.botToken],
      ],
    }),
    explained: /SLACK_BOT_TOKEN must be the bot token, .*; this is an app-level token/,
  },
  {
    what: 'a token that Slack refuses',
    answers: () => ({
      token: [['SLACK_BOT_TOKEN', 'xoxb-no'], ...AGAIN, ['SLACK_BOT_TOKEN [kept]', world.slack.botToken]],
    }),
    explained: /fail {2}Slack token: Slack says invalid_auth\. To do: Copy the Bot User OAuth Token/,
  },
  {
    what: 'an app-level token that Slack refuses',
    answers: () => ({
      delivery: [
        ['SLACK_MODE', ''],
        ['SLACK_APP_TOKEN', 'xapp-no'],
        ...AGAIN,
        ['SLACK_MODE [socket]', ''],
        ['SLACK_APP_TOKEN [kept]', world.slack.appToken],
      ],
    }),
    explained: /fail {2}Slack delivery: Slack says invalid_auth\. To do: Generate an App-Level Token/,
  },
  {
    what: 'a channel that the bot is not in',
    answers: () => ({
      people: [
        ['SLACK_CHANNEL_IDS:', 'C0NOTHERE1'],
        ...AGAIN,
        ['SLACK_CHANNEL_IDS (- for none) [C0NOTHERE1]', '-'],
        ADMIN,
      ],
    }),
    explained: /fail {2}Slack channel C0NOTHERE1: .* Type \/invite @usersync in that channel\./,
  },
  {
    what: 'an admin whom nobody knows',
    answers: () => ({
      people: [
        ['SLACK_CHANNEL_IDS:', ''],
        ['SLACK_ADMIN_USER_IDS:', 'U0NOBODY01'],
        ...AGAIN,
        ['SLACK_ADMIN_USER_IDS (- for none) [U0NOBODY01]', 'U0ADMIN001'],
      ],
    }),
    explained: /fail {2}Slack admin U0NOBODY01: Slack says user_not_found\. .*Copy member ID/,
  },
  {
    what: 'no admin at all',
    answers: () => ({
      people: [...NO_PERSON, ['SLACK_ADMIN_USERGROUP_IDS:', ''], ...AGAIN, ADMIN],
    }),
    explained: /SLACK_ADMIN_USER_IDS or SLACK_ADMIN_USERGROUP_IDS must name at least one admin/,
  },
  {
    what: 'a user group that there is not',
    answers: () => ({
      people: [...NO_PERSON, ['SLACK_ADMIN_USERGROUP_IDS:', 'S0NOBODY'], ...KEPT],
    }),
    explained: /fail {2}Slack user group S0NOBODY: Slack says no_such_subteam/,
  },
  {
    what: 'a password that the database refuses',
    answers: () => {
      const { database } = world.right;
      return {
        database: [
          ...database.slice(0, -1),
          ['Password (- for none) (hidden)', 'p@ss%'],
          ...AGAIN,
          ...database
            .slice(0, -1)
            .map(([asked, answer]) => [`${asked.split('[')[0]}[${answer}]`, ''] as const),
          ['Password (- for none) [kept]', '-'],
        ],
      };
    },
    explained: /fail {2}database: .* Access denied .* Correct user and password in DATABASE_URL/,
  },
  {
    what: 'a target without a row in locations',
    answers: () => ({
      targets: [['SYNC_TARGETS', 'dev,prod=sby'], ...AGAIN, ['SYNC_TARGETS [dev,prod=sby]', 'dev,test,prod']],
    }),
    explained: /fail {2}location of prod: locations has no single row whose location_code is sby/,
  },
  {
    what: 'a login that the depot servers refuse',
    answers: () => ({
      login: [
        ['EXTERNAL_API_EMAIL:', 'admin@example.com'],
        ['EXTERNAL_API_PASSWORD', 'wrong'],
        ...AGAIN,
        ['EXTERNAL_API_EMAIL [admin@example.com]', ''],
        ['EXTERNAL_API_PASSWORD [kept]', 'correct_password'],
      ],
    }),
    explained: /fail {2}depot server of dev: Failed to login to external API: Unauthorized/,
  },
  {
    what: 'a password that no .env can hold',
    answers: () => ({
      login: [
        ['EXTERNAL_API_EMAIL:', 'admin@example.com'],
        ['EXTERNAL_API_PASSWORD', `#all ' three " of \` them`],
        ['EXTERNAL_API_EMAIL:', 'admin@example.com'],
        ['EXTERNAL_API_PASSWORD (hidden)', 'correct_password'],
      ],
    }),
    explained: /EXTERNAL_API_PASSWORD cannot be written into \.env: /,
  },
];

describe('a wrong answer', () => {
  it.each(CASES)('is explained and asked for again: $what', async ({ answers, explained }) => {
    const said = await world.answer(answers());
    expect(said).toMatch(explained);
    expect(parseConfig(await world.written()).databaseUrl).toBe(world.database.url);
  });

  it('may be kept, as where a server is down now', async () => {
    const { token, delivery } = world.right;
    const said = await world.answer(
      { token: [...token, ...KEPT], delivery: [...delivery, ...KEPT] },
      { SLACK_API_URL: 'http://127.0.0.1:1/' },
    );
    expect(said).toMatch(/Slack cannot be reached/);
    expect(said).toMatch(/warn {2}Slack channel C0DEVSUP01: skipped, because the check "Slack token" failed/);
    expect(await world.written()).toMatchObject({ SLACK_BOT_TOKEN: world.slack.botToken });
  });
});

describe('a depot server that refuses the login which the others take', () => {
  it('gets one of its own', async () => {
    const other = await startDepotServer({ count: 3, password: 'another' });
    const moveProd = (url: string) =>
      world.database.connection.query("UPDATE locations SET online_url = ? WHERE location_code = 'prod'", [
        url,
      ]);
    await moveProd(other.url);
    await world.answer({
      login: [
        ...world.right.login,
        ...KEPT,
        ['Has prod a login of its own? [Y/n]', ''],
        ['EXTERNAL_API_EMAIL_PROD:', 'admin@example.com'],
        ['EXTERNAL_API_PASSWORD_PROD (hidden)', 'another'],
      ],
    });
    await moveProd(world.depot.url);
    await other.stop();
    const { credentialsFor } = parseConfig(await world.written()).depot;
    expect([credentialsFor('prod').password, credentialsFor('dev').password]).toEqual([
      'another',
      'correct_password',
    ]);
  });
});
