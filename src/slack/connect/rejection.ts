import { z } from 'zod';
import { isDatabaseTrouble } from '../../sync/failures/errors.ts';
import { messageOf } from '../../sync/failures/failure.ts';
import { isForeignAnswer, retryAfterSeconds, slackErrorCode } from './client.ts';
import { type OwnReason, SlackUnusableError } from './rejection-reason.ts';

/**
 * Why Slack did not serve a call, and what follows.
 * - `later`: the same call may succeed later (429, 5xx, no answer, Slack's own troubles, a token that is invalid now).
 * - `refused`: the same call never succeeds.
 * - `message_gone`, `channel_gone`: no call for that message, or in that channel, succeeds.
 */
export type Rejection = {
  readonly kind: 'later' | 'refused' | 'message_gone' | 'channel_gone';
  /** Slack's error code (`is_archived`), or an `OwnReason`. It is stored so; `readReason` reads it. */
  readonly reason: string;
  readonly pauseSeconds?: number;
};

type Kind = Rejection['kind'];

/** Slack's error codes that are no final refusal (docs.slack.dev, "Web API methods"). Any other is, lest a run wait for ever. */
const KINDS: Readonly<Record<string, Kind>> = {
  ratelimited: 'later',
  rate_limited: 'later',
  message_limit_exceeded: 'later',
  internal_error: 'later',
  fatal_error: 'later',
  service_unavailable: 'later',
  request_timeout: 'later',
  team_added_to_org: 'later',
  org_login_required: 'later',
  file_update_failed: 'later',
  accesslimited: 'later',
  // The operator will set a valid token; the notice is delivered then.
  invalid_auth: 'later',
  not_authed: 'later',
  account_inactive: 'later',
  token_expired: 'later',
  token_revoked: 'later',
  message_not_found: 'message_gone',
  thread_not_found: 'message_gone',
  channel_not_found: 'channel_gone',
  not_in_channel: 'channel_gone',
  is_archived: 'channel_gone',
};

/** Codes with another meaning in calls that upload a file. */
const FILE_KINDS: Readonly<Record<string, Kind>> = {
  // Slack answers so in channels shared with another company (node-slack-sdk, issue 2301).
  internal_error: 'refused',
};

/** Reads the error of a call of the Web API. */
export function rejectionOf(error: unknown): Rejection {
  return read(error, KINDS);
}

/** Reads the error of a call that uploads a file. */
export function fileRejectionOf(error: unknown): Rejection {
  return read(error, { ...KINDS, ...FILE_KINDS });
}

function read(error: unknown, kinds: Readonly<Record<string, Kind>>): Rejection {
  const code = slackErrorCode(error);
  if (code !== undefined) return { kind: kinds[code] ?? 'refused', reason: code };
  const pauseSeconds = retryAfterSeconds(error);
  return pauseSeconds === undefined
    ? { kind: 'later', reason: ownReasonOf(error) }
    : { kind: 'later', reason: 'ratelimited', pauseSeconds };
}

function ownReasonOf(error: unknown): OwnReason {
  if (error instanceof SlackUnusableError) return error.reason;
  if (isDatabaseTrouble(error)) return 'database';
  if (isForeignAnswer(error)) return 'foreign_answer';
  return `no_answer: ${messageOf(error)}`;
}

const brokenConnection = z.object({ original: z.object({ cause: z.object({ code: z.string() }) }) });
const httpError = z.object({ code: z.literal('slack_webapi_http_error'), statusCode: z.number() });

/** Codes of connections over which nothing was sent. */
const NEVER_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_PROXY_REFUSED',
  'ERR_PROXY_UNREACHABLE',
];

/** By these, "some aspect of the operation" may have succeeded (docs.slack.dev, chat.postMessage); by a gateway's, any. */
const HALF_DONE = ['internal_error', 'fatal_error'];
const GATEWAY = [500, 502, 504];

/** Whether Slack may have done what a failed call asked for: its answer was lost, or does not say. */
export function mayBeDone(error: unknown): boolean {
  const code = slackErrorCode(error);
  if (code !== undefined) return HALF_DONE.includes(code);
  if (retryAfterSeconds(error) !== undefined || isForeignAnswer(error)) return false;
  const status = httpError.safeParse(error).data?.statusCode;
  if (status !== undefined) return GATEWAY.includes(status);
  return !NEVER_SENT.includes(brokenConnection.safeParse(error).data?.original.cause.code ?? '');
}

/** With these codes, Slack never lets the bot read a conversation (docs.slack.dev, conversations.history). */
const BLIND = [
  'access_denied',
  'channel_is_limited_access',
  'enterprise_is_restricted',
  'method_not_supported_for_channel_type',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
];

/** Whether the bot may never look for its messages in a conversation, though it may post there. */
export function isBlind(error: unknown): boolean {
  return BLIND.includes(slackErrorCode(error) ?? '');
}
