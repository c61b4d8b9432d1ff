import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/strict-slack/faults.ts';
import { type StrictSlack, startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { boltLogger } from '../../../src/process/logger.ts';
import { createSlackClient, isUnanswered, type SlackClient } from '../../../src/slack/connect/client.ts';
import { DIRECT } from '../../../src/slack/connect/network.ts';
import {
  fileRejectionOf,
  isBlind,
  mayBeDone,
  type Rejection,
  rejectionOf,
} from '../../../src/slack/connect/rejection.ts';
import { SlackUnusableError } from '../../../src/slack/connect/rejection-reason.ts';
import { DatabaseLostError, DatabaseRefusedError } from '../../../src/sync/failures/errors.ts';

const silent = boltLogger(pino({ level: 'silent' }));
let slack: StrictSlack;
let client: SlackClient;
/** Waits for an answer that does not come, and for no other. */
let impatient: SlackClient;

beforeAll(async () => {
  slack = await startStrictSlack();
  client = createSlackClient({ ...slack, logger: silent, timeoutMs: 30_000 });
  impatient = createSlackClient({ ...slack, logger: silent, timeoutMs: 200 });
});
afterAll(() => slack.stop());

const later = (error: string): [string, Rejection['kind']] => [error, 'later'];

/** What Slack's client throws where a post meets this. */
async function thrownBy(fault: Fault, by = client): Promise<unknown> {
  slack.fail('chat.postMessage', fault);
  return by.chat.postMessage({ channel: 'C0DEVSUPP1', text: 'x' }).then(
    () => {
      throw new Error('Slack took the message');
    },
    (error: unknown) => error,
  );
}

describe('an answer of Slack', () => {
  it.each<[string, Rejection['kind']]>([
    ['restricted_action', 'refused'],
    ['restricted_action_read_only_channel', 'refused'],
    ['restricted_action_thread_only_channel', 'refused'],
    ['ekm_access_denied', 'refused'],
    ['no_permission', 'refused'],
    ['edit_window_closed', 'refused'],
    ['cant_update_message', 'refused'],
    ['missing_scope', 'refused'],
    ['a_word_of_next_year', 'refused'],
    ['message_not_found', 'message_gone'],
    ['thread_not_found', 'message_gone'],
    ['channel_not_found', 'channel_gone'],
    ['not_in_channel', 'channel_gone'],
    ['is_archived', 'channel_gone'],
    ['internal_error', 'later'],
    ['fatal_error', 'later'],
    ['service_unavailable', 'later'],
    ['request_timeout', 'later'],
    ['team_added_to_org', 'later'],
    ['token_revoked', 'later'],
    ...['ratelimited', 'rate_limited', 'message_limit_exceeded', 'accesslimited'].map(later),
    ...['invalid_auth', 'not_authed', 'account_inactive', 'token_expired'].map(later),
    ...['org_login_required', 'file_update_failed'].map(later),
  ])('that says %s is read as %s, with that word', async (error, kind) => {
    expect(rejectionOf(await thrownBy({ error }))).toEqual({ kind, reason: error });
  });

  it('that asks to wait says for how long', async () => {
    const rejection = rejectionOf(await thrownBy({ retryAfter: 7 }));
    expect(rejection).toEqual({ kind: 'later', reason: 'ratelimited', pauseSeconds: 7 });
  });

  it('that asks to wait, but not for how long, is one too', async () => {
    const rejection = rejectionOf(await thrownBy({ status: 429 }));
    expect(rejection).toEqual({ kind: 'later', reason: 'ratelimited', pauseSeconds: 10 });
  });

  it.each<[string, Fault]>([
    ['is an error of its own server', { status: 503 }],
    ['breaks off', { dropResponse: true }],
  ])('that %s may be another one later', async (_what, fault) => {
    expect(rejectionOf(await thrownBy(fault)).kind).toBe('later');
  });

  it('that names no error is not one of Slack', async () => {
    const network = { ...DIRECT, fetch: async () => new Response('{"ok":false}') };
    const asked = createSlackClient({ ...slack, logger: silent, network }).chat.postMessage({
      channel: 'C1',
      text: 'x',
    });
    const error = await asked.catch((thrown: unknown) => thrown);
    expect(rejectionOf(error)).toEqual({ kind: 'later', reason: 'foreign_answer' });
    expect(isUnanswered(error)).toBe(true);
  });

  it.each(['<html>Please log in to the proxy</html>', 'OK', 'Forbidden', 'ok', 'forbidden', ''])(
    'is none where something else comes in its place, and another one may come later: %j',
    async (page) => {
      for (const read of [rejectionOf, fileRejectionOf])
        expect(read(await thrownBy({ error: page }))).toEqual({ kind: 'later', reason: 'foreign_answer' });
    },
  );

  it('to a file is a refusal where a message may be told later', async () => {
    expect(fileRejectionOf(await thrownBy({ error: 'internal_error' })).kind).toBe('refused');
    expect(fileRejectionOf(await thrownBy({ error: 'fatal_error' })).kind).toBe('later');
  });

  it('that does not come may be another one later', async () => {
    const silence = { until: new Promise(() => {}) };
    expect(rejectionOf(await thrownBy(silence, impatient)).kind).toBe('later');
  });
});

describe('a call that failed', () => {
  it.each<[string, boolean, Fault]>([
    ['the answer was lost', true, { dropResponse: true }],
    ['Slack did not answer in time', true, { until: new Promise(() => {}) }],
    ['Slack failed at it', true, { error: 'internal_error' }],
    ['Slack broke down over it', true, { error: 'fatal_error' }],
    ['its server failed', true, { status: 500 }],
    ['a gateway got no good answer', true, { status: 502 }],
    ['a gateway got no answer in time', true, { status: 504 }],
    ['Slack was not there', false, { status: 503 }],
    ['Slack wants fewer calls', false, { retryAfter: 1 }],
    ['somebody wants fewer calls', false, { status: 429 }],
    ['Slack refused it', false, { error: 'is_archived' }],
    ['a proxy refused it', false, { status: 403 }],
    ['a proxy answered it', false, { error: 'forbidden' }],
  ])('where %s may be done: %s', async (_what, may, fault) => {
    expect(mayBeDone(await thrownBy(fault, impatient))).toBe(may);
  });

  it('is not done where there was no connection', async () => {
    const gone = await startStrictSlack();
    await gone.stop();
    const nowhere = createSlackClient({ ...gone, logger: silent });
    const error = await nowhere.chat
      .postMessage({ channel: 'C1', text: 'x' })
      .catch((thrown: unknown) => thrown);
    expect(mayBeDone(error)).toBe(false);
  });

  it.each([
    ['ENOTFOUND', false],
    ['EAI_AGAIN', false],
    ['EHOSTUNREACH', false],
    ['ENETUNREACH', false],
    ['UND_ERR_CONNECT_TIMEOUT', false],
    ['ERR_PROXY_REFUSED', false],
    ['ERR_PROXY_UNREACHABLE', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])('by %s on its way may be done: %s', async (code, may) => {
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: { code } }));
    const broken = createSlackClient({ ...slack, logger: silent, network: { ...DIRECT, fetch } });
    const error = await broken.chat
      .postMessage({ channel: 'C1', text: 'x' })
      .catch((thrown: unknown) => thrown);
    expect(mayBeDone(error)).toBe(may);
  });
});

describe('an error of another kind', () => {
  it.each<[unknown, string]>([
    [new SlackUnusableError('answer_lost', 'The message may have arrived'), 'answer_lost'],
    [new DatabaseLostError({ cause: 'gone' }), 'database'],
    [new DatabaseRefusedError('lock_wait', '1205', 'Lock wait timeout exceeded', {}), 'database'],
    [new Error('fetch failed'), 'no_answer: fetch failed'],
    ['a text', 'no_answer: a text'],
  ])('%o may pass, and is told as %s', (error, reason) => {
    expect(rejectionOf(error)).toEqual({ kind: 'later', reason });
  });
});

describe('a look for its own messages', () => {
  it.each([
    ['access_denied', true],
    ['channel_is_limited_access', true],
    ['enterprise_is_restricted', true],
    ['method_not_supported_for_channel_type', true],
    ['missing_scope', true],
    ['no_permission', true],
    ['not_allowed_token_type', true],
    ['not_in_channel', false],
    ['internal_error', false],
  ])('that Slack refuses by %s is refused for ever: %s', async (error, blind) => {
    expect(isBlind(await thrownBy({ error }))).toBe(blind);
  });
});
