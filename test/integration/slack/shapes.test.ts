import nock from 'nock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { commandBody, interactionBody, postSigned } from '../../../sandbox/strict-slack/signed-request.ts';
import { messageAction, slashCommand, viewSubmission } from '../../../sandbox/strict-slack/slack-payloads.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { viewValues } from '../../../sandbox/strict-slack/view-values.ts';
import { issueResponseUrl, issueTrigger } from '../../../sandbox/strict-slack/workspace.ts';
import { boltLogger, createLogger } from '../../../src/process/logger.ts';
import { createSlackClient } from '../../../src/slack/connect/client.ts';
import { createMembers, disqualification, nameOf } from '../../../src/slack/connect/people-and-channels.ts';
import { createSlackInspection } from '../../../src/slack/connect/token-facts.ts';
import { findRunMessage } from '../../../src/slack/tell/own-messages.ts';
import {
  buttons,
  CHANNEL,
  modal,
  preview,
  reply,
  sees,
  settled,
  shown,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';
import { useNock } from '../../support/use-nock.ts';
import { aRun } from '../../support/view-fixtures.ts';

/**
 * What Slack sends is read as far as it is needed: what decides must be there, what decorates may be missing or null.
 * Fields and what may be left out: the types of @slack/web-api, @slack/types and @slack/bolt.
 */

const TEAM = 'T0USERSYNC';
const logger = boltLogger(createLogger('silent'));

type Fields = Readonly<Record<string, unknown>>;

describe('what users.info says of somebody', () => {
  let slack: StrictSlack;
  beforeAll(async () => {
    slack = await startStrictSlack({ members: [{ id: 'U0USERSYNC', name: 'usersync', is_bot: true }] });
  });
  afterAll(() => slack.stop());

  let people = 0;
  const said = async (fields: Fields) => {
    people += 1;
    const id = `U0PERSON${people}`;
    slack.workspace.members.set(id, { id, name: 'siti', shown: fields });
    const client = createSlackClient({ apiUrl: slack.apiUrl, botToken: slack.botToken, logger });
    return createMembers(client)(id);
  };

  /** The answer of Enterprise Grid for somebody of these workspaces. */
  const grid = (...teams: readonly unknown[]) => ({
    team_id: undefined,
    enterprise_id: 'E0ORG',
    enterprise_user: { id: 'W0SITI', enterprise_id: 'E0ORG', enterprise_name: 'Org', teams, is_admin: false },
  });
  const NO_FLAGS = {
    deleted: null,
    is_bot: null,
    is_restricted: null,
    is_ultra_restricted: null,
    is_stranger: null,
  };

  it.each<[string, Fields, ReturnType<typeof disqualification> | 'no answer']>([
    ['of our workspace', {}, undefined],
    ['of another workspace', { team_id: 'T0OTHER' }, 'stranger'],
    ['of no workspace at all', { team_id: undefined }, 'no answer'],
    ['whose workspace is null', { team_id: null }, 'no answer'],
    ['whose workspace is no text', { team_id: 7 }, 'no answer'],
    ['of Grid, in our workspace', grid(TEAM), undefined],
    ['of Grid, in ours and others', grid('T0OTHER', TEAM), undefined],
    ['of Grid, in others alone', grid('T0OTHER'), 'stranger'],
    ['of Grid, in none', grid(), 'no answer'],
    ['of Grid, whose workspaces are null', { team_id: null, enterprise_user: { teams: null } }, 'no answer'],
    ['of Grid, whose workspaces are no list', { enterprise_user: { teams: TEAM } }, 'no answer'],
    ['of Grid, whose own workspace is another', { ...grid(TEAM), team_id: 'T0OTHER' }, undefined],
    ['of Grid, whose workspace is the organisation', { ...grid(TEAM), team_id: 'E0ORG' }, undefined],
    ['of the organisation, in none of its workspaces', { ...grid(), team_id: 'E0ORG' }, 'stranger'],
    ['of Grid, named by team_id alone', { ...grid(), team_id: TEAM }, undefined],
    ['whose enterprise_user is null', { enterprise_user: null }, undefined],
    ['whose enterprise_user has no workspaces', { enterprise_user: {} }, undefined],
    ['of Grid, who is a guest', { ...grid(TEAM), is_restricted: true }, 'guest'],
    ['of Grid, who is a guest of one channel', { ...grid(TEAM), is_ultra_restricted: true }, 'guest'],
    ['of Grid, who is deactivated', { ...grid(TEAM), deleted: true }, 'deleted'],
    ['of Grid, who is a bot', { ...grid(TEAM), is_bot: true }, 'bot'],
    ['of Grid, who is a stranger', { ...grid(TEAM), is_stranger: true }, 'stranger'],
    ['with no flag set', NO_FLAGS, undefined],
    [
      'with no flags',
      { ...NO_FLAGS, deleted: undefined, is_bot: undefined, is_restricted: undefined },
      undefined,
    ],
    ['whose flag is no yes or no', { is_restricted: 'true' }, 'no answer'],
    ['without an id', { id: undefined }, 'no answer'],
    ['whose id is null', { id: null }, 'no answer'],
    ['without a language', { locale: undefined }, undefined],
    ['whose language is null', { locale: null }, undefined],
    ['without a profile', { profile: undefined }, undefined],
    ['whose profile is null', { profile: null }, undefined],
    ['whose names are null', { name: null, profile: { display_name: null, real_name: null } }, undefined],
    [
      'with what nobody knows yet',
      { who_can_share_contact_card: 'EVERYONE', next: { new: [null] } },
      undefined,
    ],
  ])('%s', async (_, fields, decision) => {
    const decided = await said(fields).then(
      (who) => disqualification(who, TEAM),
      () => 'no answer',
    );
    expect(decided).toBe(decision);
  });

  it.each<[Fields, string | undefined]>([
    [{ profile: { display_name: 'Siti', real_name: 'Siti Nur' } }, 'Siti'],
    [{ profile: { display_name: '', real_name: 'Siti Nur' } }, 'Siti Nur'],
    [{ profile: { display_name: null, real_name: 'Siti Nur' } }, 'Siti Nur'],
    [{ profile: null }, 'siti'],
    [{ profile: null, name: null }, undefined],
  ])('names them (%o)', async (fields, name) => {
    expect(nameOf(await said(fields))).toBe(name);
  });

  it('has their language where Slack tells it', async () => {
    expect((await said({ locale: 'id-ID' })).locale).toBe('id-ID');
    expect((await said({ locale: null })).locale).toBeUndefined();
  });
});

describe('what auth.test says of the bot', () => {
  const whoami = async (identity: Fields) => {
    const slack = await startStrictSlack({ identity });
    try {
      return await createSlackInspection({ apiUrl: slack.apiUrl, botToken: slack.botToken, logger }).whoami();
    } finally {
      await slack.stop();
    }
  };

  it.each<[string, Fields, object]>([
    ['no name of the workspace', { team: null }, { team: TEAM }],
    ['no name of its own', { user: null }, { botName: 'U0USERSYNC' }],
    ['no address', { url: undefined }, { teamUrl: undefined }],
    ['null for an address', { url: null }, { teamUrl: undefined }],
    [
      'nothing of an organisation',
      { is_enterprise_install: undefined, enterprise_id: null },
      { orgWide: false },
    ],
    ['the organisation of its workspace', { enterprise_id: 'E0ORG' }, { orgWide: false, teamId: TEAM }],
    ['that it is installed to an organisation', { is_enterprise_install: true }, { orgWide: true }],
  ])('is an answer with %s', async (_, identity, answer) => {
    expect(await whoami(identity)).toMatchObject({ outcome: 'answered', answer });
  });

  it.each([['team_id'], ['user_id'], ['bot_id']])('is none without %s', async (field) => {
    for (const value of [undefined, null]) {
      expect(await whoami({ [field]: value })).toMatchObject({ outcome: 'unreachable' });
    }
  });
});

describe('what a channel holds', () => {
  const found = async (answer: Fields) => {
    nock('http://127.0.0.1:9')
      .post('/api/conversations.history')
      .reply(200, { ok: true, ...answer });
    const client = createSlackClient({ apiUrl: 'http://127.0.0.1:9/api/', botToken: 'xoxb-1', logger });
    return findRunMessage({ client, showing: { me: ME } }, aRun(), undefined);
  };
  const OURS = { ts: '5.5', blocks: [{ type: 'header', block_id: 'run:12:ready:header' }] };
  const ME = { botId: 'B1', botUserId: 'U1' };
  useNock();

  it.each<[string, Fields, string | undefined]>([
    ['our message', { messages: [OURS] }, '5.5'],
    ['our message under our user', { messages: [{ ...OURS, user: 'U1', bot_id: null }] }, '5.5'],
    ['our message under our bot', { messages: [{ ...OURS, user: null, bot_id: 'B1' }] }, '5.5'],
    ["another bot's, by its user", { messages: [{ ...OURS, user: 'U2' }] }, undefined],
    ["another bot's, by its bot", { messages: [{ ...OURS, bot_id: 'B2' }] }, undefined],
    [
      "another bot's before ours",
      { messages: [{ ...OURS, ts: '6.6', user: 'U2', bot_id: 'B2' }, OURS] },
      '5.5',
    ],
    [
      'messages of others without blocks or files',
      { messages: [{ ts: '1.1', blocks: null, files: null }, OURS] },
      '5.5',
    ],
    [
      'blocks without an id',
      { messages: [{ ts: '1.1', blocks: [{ type: 'x', block_id: null }] }, OURS] },
      '5.5',
    ],
    ['files without a name', { messages: [{ ts: '1.1', files: [{ id: 'F1', name: null }] }, OURS] }, '5.5'],
    ['a message that nobody knows', { messages: [{ blocks: 'x' }, null, OURS] }, '5.5'],
    ['no next page', { messages: [] }, undefined],
    ['null for a next page', { messages: [], response_metadata: { next_cursor: null } }, undefined],
  ])('is searched: %s', async (_, answer, ts) => {
    expect(await found(answer)).toBe(ts);
  });

  it('is no answer without messages: whether ours is there stays unknown', async () => {
    await expect(found({})).rejects.toThrow();
    await expect(found({ messages: null })).rejects.toThrow();
  });
});

describe('an admin of an Enterprise Grid workspace', () => {
  let world: StrictWorld;
  beforeAll(async () => {
    const shownAs = {
      team_id: undefined,
      locale: null,
      is_stranger: null,
      profile: null,
      enterprise_user: { id: 'W0AYU', enterprise_id: 'E0ORG', teams: [TEAM, 'T0OTHER'] },
    };
    world = await startStrictWorld({
      slack: {
        members: [
          { id: AYU.id, name: 'ayu', shown: shownAs },
          { id: 'U0USERSYNC', name: 'usersync', is_bot: true },
        ],
        identity: { enterprise_id: 'E0ORG' },
      },
    });
  });
  afterAll(async () => {
    await world.stop();
  });

  const send = (body: string) =>
    postSigned({
      url: `http://127.0.0.1:${world.bot.port}/slack/events`,
      signingSecret: world.slack.signingSecret,
      body,
    });
  const origin = () => {
    const { workspace } = world.slack;
    return {
      teamId: workspace.teamId,
      appId: workspace.appId,
      user: { id: AYU.id, name: 'ayu' },
      triggerId: issueTrigger(workspace, AYU.id),
    };
  };
  const inChannel = (messageTs?: string) => ({
    channel: { id: CHANNEL, name: 'dev-support' },
    responseUrl: issueResponseUrl(world.slack.workspace, { user: AYU.id, channel: CHANNEL, messageTs }),
  });

  /** How Slack writes where somebody acts: their workspace, the organisation of it, or the organisation alone. */
  const PLACES: readonly (readonly [string, Fields])[] = [
    [
      'from the workspace',
      {
        team: { id: TEAM, domain: 'ours', enterprise_id: 'E0ORG' },
        enterprise: { id: 'E0ORG', name: 'Org' },
      },
    ],
    [
      'from the workspace, whose organisation is null',
      { team: { id: TEAM, domain: 'ours' }, enterprise: null },
    ],
    [
      'with the organisation alone',
      { team: null, enterprise: { id: 'E0ORG', name: 'Org' }, is_enterprise_install: false },
    ],
    [
      'from another workspace of the organisation',
      { team: { id: 'T0OTHER', domain: 'other', enterprise_id: 'E0ORG' } },
    ],
    ['with nothing of either', { team: undefined, enterprise: undefined }],
  ];

  it.each(PLACES)('types, presses and submits %s', async (_, place) => {
    const before = world.slack.messages(CHANNEL);
    const command = slashCommand(origin(), inChannel(), { command: '/usersync', text: 'dev' });
    const fields = { ...command, enterprise_id: 'E0ORG', enterprise_name: 'Org' };
    expect((await send(commandBody(fields))).status).toBe(200);
    const message = await sees(world, 'the preview', () =>
      world.slack
        .messages(CHANNEL)
        .find((each) => !before.includes(each) && buttons(each).includes('cancel_run')),
    );
    await settled(world);

    const value = String(await newestRun());
    const press = (actionId: string) => {
      const action = { actionId, blockId: 'x', value };
      const pressed = messageAction(origin(), inChannel(message.ts), { ...message, type: 'message' }, action);
      return send(interactionBody({ ...pressed, ...place, user: { id: AYU.id, name: null, team_id: null } }));
    };
    world.slack.workspace.views.clear();
    await press('adjust_run');
    const view = await modal(world, 'adjust:plan');
    const blocks = view.view['blocks'];
    if (!Array.isArray(blocks)) throw new Error('The modal has no blocks');
    const submitted = viewSubmission(
      origin(),
      { id: view.id, ...view.view },
      viewValues(blocks, { emails: 'dev_user1@dkm' }),
    );
    expect((await send(interactionBody({ ...submitted, ...place }))).status).toBe(200);
    await sees(world, 'the shorter plan', () => shown(message).includes('24 users will be added'));
    await settled(world);
    const cancel = { actionId: 'cancel_run', blockId: 'x', value: String(await newestRun()) };
    const pressed = messageAction(origin(), inChannel(message.ts), { ...message, type: 'message' }, cancel);
    await send(interactionBody({ ...pressed, ...place }));
    await sees(world, 'the end', () => shown(message).includes('Sync Cancelled'));
  });

  const newestRun = async () => {
    const [row] = await world.sql<{ id: number }>('SELECT MAX(id) AS id FROM sync_runs');
    return row?.id;
  };

  it('has the plan executed', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toContain('Sync completed successfully!');
  });
});
