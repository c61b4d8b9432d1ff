import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';

/** What stopped a file: Slack's own word, or that nothing answered where it was to be sent. */
export type FileRefusal = string | 'unreachable';

type Why = Exclude<keyof Texts['file']['why'], 'other'>;

const CODE_LIMIT = 100;

const WHY: Readonly<Record<string, Why>> = {
  unreachable: 'unreachable',
  file_uploads_disabled: 'off',
  storage_limit_reached: 'full',
  missing_scope: 'scope',
  restricted_action: 'forbidden',
  posting_to_channel_denied: 'forbidden',
  access_denied: 'forbidden',
  no_permission: 'forbidden',
  ekm_access_denied: 'forbidden',
  team_access_not_granted: 'forbidden',
  file_upload_size_restricted: 'tooLarge',
  slack_connect_file_upload_sharing_blocked: 'shared',
  slack_connect_blocked_file_type: 'shared',
  ratelimited: 'busy',
  internal_error: 'busy',
  fatal_error: 'busy',
  service_unavailable: 'busy',
  request_timeout: 'busy',
};

/** Says that a file is missing, and why, in mrkdwn. */
export function fileRefusalText(t: Texts, refusal: FileRefusal): string {
  const known = WHY[refusal];
  const why = known === undefined ? t.file.why.other(code(refusal, CODE_LIMIT)) : t.file.why[known];
  return t.file.notAttached(why);
}
