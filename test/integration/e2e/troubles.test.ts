import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DepotReply, htmlPage, redirectTo, truncatedBody } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUser } from '../../../sandbox/depot/users.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  newMessage,
  reply,
  sees,
  settled,
  shown,
} from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';

type Trouble = {
  readonly name: string;
  readonly what: string;
  /** What its depot server answers to a login, or to a page; undefined where it answers as it should. */
  readonly onLogin?: DepotReply;
  readonly onPage?: (page: number, server: DepotServer) => DepotReply | undefined;
  readonly empty?: boolean;
  readonly says: string | RegExp;
};

const only = (number: number, answer: DepotReply) => (page: number) => (page === number ? answer : undefined);

/** Whoever reads along sees the list grow with every page. */
const growing: Trouble['onPage'] = (_page, { users }) => {
  users.push(makeDepotUser(1000 + users.length));
  return undefined;
};

const LOGIN = 'Failed to login to external API: ';
const FETCH = 'Failed to fetch users from external API: ';
const FORMAT = 'Invalid response format: ';

const TROUBLES: readonly Trouble[] = [
  { name: 'wrongpass', what: 'a wrong password', says: `${LOGIN}Unauthorized` },
  { name: 'hang', what: 'no answer at all', onLogin: 'hang', says: `${LOGIN}Connection timeout` },
  { name: 'refused', what: 'no server', says: `${LOGIN}Connection refused` },
  {
    name: 'login-html',
    what: 'HTML in answer to the login',
    onLogin: htmlPage,
    says: `${LOGIN}the server sent HTML instead of JSON`,
  },
  {
    name: 'redirect',
    what: 'a redirect',
    onLogin: redirectTo('https://evil.example/'),
    says: `${LOGIN}HTTP 302: redirects are not followed`,
  },
  {
    name: 'notoken',
    what: 'a login without a token',
    onLogin: { json: { status: 'success' } },
    says: `${LOGIN}the server sent no access token`,
  },
  {
    name: 'html',
    what: 'HTML for a page',
    onPage: only(1, htmlPage),
    says: `${FORMAT}HTML instead of JSON on page 1`,
  },
  {
    name: 'nolist',
    what: 'an answer without the list',
    onPage: only(1, { json: { status: 'success' } }),
    says: `${FORMAT}users data not found`,
  },
  {
    name: 'page3',
    what: 'HTTP 500 for ever on page 3',
    onPage: only(3, { status: 500 }),
    says: `${FETCH}HTTP 500 on page 3 (4 attempts)`,
  },
  {
    name: 'hang3',
    what: 'silence for ever on page 3',
    onPage: only(3, 'hang'),
    says: `${FETCH}Connection timeout on page 3 (4 attempts)`,
  },
  {
    name: 'broken',
    what: 'half a page',
    onPage: only(2, truncatedBody),
    says: `${FETCH}Connection closed before the answer was complete on page 2 (4 attempts)`,
  },
  {
    name: 'moving',
    what: 'a list that moves',
    onPage: growing,
    says: 'The user list changed while it was read',
  },
  {
    name: 'empty',
    what: 'an empty list',
    empty: true,
    says: 'The Empty server lists no users, but 3 users are active here',
  },
  { name: 'badurl', what: 'an address without https', says: /^The address of Badurl cannot be used: / },
];

const servers = new Map<string, DepotServer>();
let world: StrictWorld;
let before: unknown;

const users = () => world.sql('SELECT * FROM users ORDER BY id');

beforeAll(async () => {
  world = await startStrictWorld({
    settings: {
      SYNC_TARGETS: TROUBLES.map(({ name }) => name).join(),
      EXTERNAL_API_PASSWORD_WRONGPASS: 'not it',
      // Twice as long as a login waits between its attempts in all, or one that is refused would end as a timeout.
      EXTERNAL_API_TIMEOUT_MS: '4000',
      EXTERNAL_API_PAGE_SIZE: '10',
    },
  });
  for (const [index, trouble] of TROUBLES.entries()) await lay(100 + index, trouble);
  before = await users();
  for (const { name } of TROUBLES) await world.ayu.command(name);
});

afterAll(async () => {
  await world.stop();
  await Promise.all([...servers.values()].map((server) => server.stop()));
  expect(world.slack.violations).toEqual([]);
});

/** A location with three active users of its own, and the depot server with the trouble. */
async function lay(id: number, { name, onLogin, onPage, empty = false }: Trouble): Promise<void> {
  const server = await startDepotServer({ count: empty ? 0 : 40 });
  servers.set(name, server);
  server.faults.onRequest = ({ page }) => (page === undefined ? onLogin : onPage?.(page, server));
  const title = name[0]?.toUpperCase() + name.slice(1);
  const url = name === 'badurl' ? 'jkt.web.com' : server.url;
  await world.sql('INSERT INTO locations VALUES (?, ?, ?, ?, NULL, NULL)', [id, name, title, url]);
  for (const user of ['user1@dkm', 'gone1@dkm', 'gone2@dkm']) {
    await world.sql("INSERT INTO users (email, location_id, status) VALUES (?, ?, 'active')", [user, id]);
  }
  if (name === 'refused') await server.stop();
}

/** The message of the trouble's run, once the run has failed and all was told. */
async function failedMessage(name: string): Promise<StoredMessage> {
  const ts = await sees(world, `the failure of ${name}`, async () => {
    const [run] = await world.sql<{ message_ts: string; status: string }>(
      'SELECT message_ts, status FROM sync_runs WHERE target = ? ORDER BY id',
      [name],
    );
    return run?.status === 'failed' && run.message_ts;
  });
  const message = world.slack.messages(CHANNEL).find((each) => each.ts === ts);
  if (message === undefined) throw new Error(`There is no message ${ts}`);
  await sees(world, 'Try Again', () => buttons(message).length > 0);
  return message;
}

describe('a depot server', () => {
  it.each(TROUBLES)('with $what ends the run, says why, and changes nobody', async ({ name, says }) => {
    const message = await failedMessage(name);
    expect(buttons(message)).toEqual(['retry_run']);
    const [first, second] = (await reply(world, message)).text.split('\n');
    if (typeof says === 'string') expect(first).toBe(says);
    else expect(first).toMatch(says);
    expect(second).toBe('Nothing was changed.');
    expect(shown(message)).toContain(`Requested by <@${AYU.id}>`);
    const [run] = await world.sql<{ id: number }>('SELECT id FROM sync_runs WHERE target = ?', [name]);
    const trail = (await audited(world)).filter(({ run_id }) => run_id === run?.id);
    expect(trail.map(({ step }) => step)).toEqual(['requested', 'failed']);
  });

  it('with any of these changes nothing in users and plans nothing', async () => {
    await settled(world);
    expect(await users()).toEqual(before);
    expect(await world.sql('SELECT * FROM sync_changes')).toEqual([]);
  });

  it('that works again is read by Try Again', async () => {
    const message = await failedMessage('page3');
    const server = servers.get('page3');
    if (server !== undefined) server.faults.onRequest = undefined;
    const shownBefore = world.slack.messages(CHANNEL);
    await world.budi.click(message, 'retry_run');
    const next = await newMessage(world, shownBefore);
    expect(shown(next)).toContain('39 users will be added to Page3; 2 users will be deactivated.');
  });
});
