import { beforeAll, describe, expect, it } from 'vitest';
import type { SignedRequest } from '../../../sandbox/strict-slack/signed-request.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { audited, CHANNEL, everything, preview, settled } from '../../support/strict-conversation.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

let message: StoredMessage;

const world = useStrictWorld();

beforeAll(async () => {
  message = await preview(world, world.ayu, 'dev');
  await settled(world);
});

const now = () => Math.floor(Date.now() / 1000);

const FORGERIES: [string, () => Partial<SignedRequest>][] = [
  ['a signature of another secret', () => ({ signingSecret: 'guessed' })],
  ['a signature that is none', () => ({ signature: 'v0=' })],
  ['no signature', () => ({ headers: { 'X-Slack-Signature': '' } })],
  ['a signature of another version', () => ({ signature: 'v1=abc' })],
  ['a time more than five minutes ago', () => ({ timestamp: now() - 301 })],
  ['no time', () => ({ headers: { 'X-Slack-Request-Timestamp': '' } })],
  ['a body changed on its way', () => ({ tamper: (body: string) => `${body}&channel_id=C0OTHER` })],
  [
    'another user in the body',
    () => ({ tamper: (body: string) => body.replace('U0MEMBER01', 'U0ADMIN001') }),
  ],
  ['ssl_check smuggled in', () => ({ signature: 'v0=', tamper: (body: string) => `${body}&ssl_check=1` })],
];

describe.each(FORGERIES)('a request with %s', (what, forgery) => {
  it.each([
    ['a command', () => world.citra.command('test', CHANNEL, forgery())],
    ['a click', () => world.citra.click(message, 'confirm_run', forgery())],
  ])('is refused, and nothing happens: %s', async (_kind, send) => {
    const before = await everything(world);
    const said = world.slack.calls.length;
    const trail = await audited(world);
    const { status, body } = await send();
    expect(body).toBe('');
    // ssl_check alone is answered: https://docs.slack.dev/interactivity/implementing-slash-commands
    expect(status).toBe(what === 'ssl_check smuggled in' ? 200 : 401);
    expect(await everything(world)).toEqual(before);
    expect(await audited(world)).toEqual(trail);
    expect(world.slack.calls).toHaveLength(said);
    expect(world.slack.ephemerals('U0MEMBER01')).toEqual([]);
  });
});

describe('a request that is nothing of Slack', () => {
  it.each([
    ['GET /slack/events', 'GET', '/slack/events', 404],
    ['POST /', 'POST', '/', 404],
    ['POST /slack/events without anything', 'POST', '/slack/events', 401],
  ])('is refused: %s', async (_what, method, path, status) => {
    const response = await fetch(`http://127.0.0.1:${world.bot.port}${path}`, { method });
    expect(response.status).toBe(status);
    await response.text();
  });
});
