import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSlackSocket } from '../../../sandbox/strict-slack/slack-socket.ts';
import { type StrictSlackOptions, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import type { Environment } from '../../../src/config/settings.ts';
import { ALL_SCOPES } from '../../../src/slack/connect/manifest.ts';
import { type MainWorld, startMainWorld } from '../../support/main-world.ts';

let world: MainWorld;

beforeAll(async () => {
  world = await startMainWorld();
});
afterAll(() => world.stop());

/** What the start says where Slack does not let it work. Bolt's own lines of log stay on standard output. */
async function refusal(environment: Environment): Promise<string> {
  const { code, errors } = await world.run('start', world.settings(environment)).ended;
  expect(code).toBe(1);
  return errors;
}

/** The same with a Slack of its own, in Socket Mode. */
async function refusalOf(options: StrictSlackOptions, environment: Environment = {}, error?: string) {
  const slack = await startStrictSlack(options);
  if (error !== undefined) slack.fail('apps.connections.open', { error });
  const errors = await refusal({
    SLACK_API_URL: slack.apiUrl,
    SLACK_APP_TOKEN: slack.appToken,
    ...environment,
  });
  await slack.stop();
  return errors;
}

const without = (...scopes: string[]) => ALL_SCOPES.filter((scope) => !scopes.includes(scope));

describe.concurrent('the start ends in one line that names the fix', { timeout: 60_000 }, () => {
  it('where Slack refuses the bot token', async () => {
    expect(await refusal({ SLACK_BOT_TOKEN: 'xoxb-not-it' })).toBe(
      'SLACK_BOT_TOKEN: Slack says invalid_auth. Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.\n',
    );
  });

  it('where Slack cannot be reached', async () => {
    expect(await refusal({ SLACK_API_URL: 'http://127.0.0.1:1/' })).toMatch(
      /^Slack cannot be reached: [^\n]+\. See that this machine reaches SLACK_API_URL [^\n]+\n$/,
    );
  });

  it('where scopes are missing without which nobody can use the bot', async () => {
    const scopes = without('commands', 'chat:write', 'files:write');
    expect(await refusalOf({ scopes })).toBe(
      'The Slack app lacks the scopes chat:write, commands. OAuth & Permissions → Scopes, as in manifest.yml; then install the app to the workspace again.\n',
    );
  });

  it('where the app is installed to a whole organisation', async () => {
    const identity = { is_enterprise_install: true, enterprise_id: 'E0ORG', team_id: 'E0ORG', team: 'Org' };
    expect(await refusalOf({ identity })).toMatch(
      /^The Slack app is installed to a whole Enterprise Grid organisation\. Install the app to one workspace of it [^\n]+\n$/,
    );
  });

  it('where Slack refuses the app-level token', async () => {
    expect(await refusalOf({}, { SLACK_APP_TOKEN: 'xapp-not-it' })).toBe(
      'SLACK_APP_TOKEN: Slack says invalid_auth. Generate an App-Level Token with connections:write (Basic Information) for SLACK_APP_TOKEN, and see that Socket Mode is on.\n',
    );
  });

  it('where the app-level token may not open a socket', async () => {
    expect(await refusalOf({}, {}, 'missing_scope')).toMatch(
      /^SLACK_APP_TOKEN: Slack says missing_scope\. [^\n]+\n$/,
    );
  });

  it('where Socket Mode is off for the app', async () => {
    const socket = await startSlackSocket({ type: 'disconnect', reason: 'link_disabled' });
    const errors = await refusalOf({ socketUrl: socket.url });
    await socket.stop();
    expect(errors).toBe(
      'SLACK_APP_TOKEN: Slack says link_disabled. Turn Socket Mode on: https://api.slack.com/apps → the app → Socket Mode.\n',
    );
  });
});

describe.concurrent('a start that waits for Slack', { timeout: 60_000 }, () => {
  it('ends on Ctrl-C', async () => {
    // Nobody listens there, so Bolt tries again and again.
    const { apiUrl: SLACK_API_URL, appToken: SLACK_APP_TOKEN } = world.slack;
    const bot = world.run('start', world.settings({ SLACK_API_URL, SLACK_APP_TOKEN }));
    await bot.says('WebSocket error');
    bot.kill('SIGINT');
    expect(await bot.ended).toMatchObject({ code: 0, errors: '' });
  });
});
