import { retryAfterSeconds, slackErrorCode } from './client.ts';

/**
 * The fate of a call that Slack did not serve.
 * `later`: the same call may be served in a while (429, 5xx, no answer, Slack's own troubles, a token that is not valid
 * at the moment). `refused`: the same call is never served. `message_gone` and `channel_gone`: nor is any other call at
 * that message, or in that channel.
 */
export type Rejection = {
  readonly kind: 'later' | 'refused' | 'message_gone' | 'channel_gone';
  /** Slack's own word (`is_archived`), or in English why there was no answer. */
  readonly reason: string;
  /** For how many seconds Slack asks to be left alone. */
  readonly pauseSeconds?: number;
};

type Kind = Rejection['kind'];

/**
 * Slack's words that are no plain refusal, from the error lists of its method pages (docs.slack.dev, "Web API methods").
 * A word that is not here is a refusal for good: Slack adds words, and nobody should wait for the outcome of a run because of a
 * call that is never served.
 */
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
  // The operator gives the bot a valid token: the same notice is told then.
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

/** Words that mean something else where a file is handed in. */
const FILE_KINDS: Readonly<Record<string, Kind>> = {
  // Slack's answer in channels that are shared with another company (node-slack-sdk, issue 2301).
  internal_error: 'refused',
};

/** Reads the error of a call of the Web API. */
export function rejectionOf(error: unknown): Rejection {
  return read(error, KINDS);
}

/** The same for the calls that upload a file. */
export function fileRejectionOf(error: unknown): Rejection {
  return read(error, { ...KINDS, ...FILE_KINDS });
}

function read(error: unknown, kinds: Readonly<Record<string, Kind>>): Rejection {
  const code = slackErrorCode(error);
  if (code !== undefined) return { kind: kinds[code] ?? 'refused', reason: code };
  const reason = error instanceof Error ? error.message : String(error);
  const pauseSeconds = retryAfterSeconds(error);
  return pauseSeconds === undefined
    ? { kind: 'later', reason }
    : { kind: 'later', reason: 'ratelimited', pauseSeconds };
}
