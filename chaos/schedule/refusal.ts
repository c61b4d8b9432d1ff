import type { Random } from '../random.ts';

/** Calls of Slack's Web API that Slack refuses alike. `channel gone`: every call there. */
export type Calls = 'files' | 'edits' | 'thread' | 'channel' | 'direct' | 'channel gone';

/** What Slack refuses, and its word for that. */
export type Refusal = { readonly calls: Calls; readonly error: string };

/** Slack's words for a refusal that lasts, from the pages of its methods (docs.slack.dev, "Web API methods"). */
const WORDS: Readonly<Record<Calls, readonly string[]>> = {
  files: [
    'file_uploads_disabled',
    'storage_limit_reached',
    'missing_scope',
    'restricted_action',
    'internal_error',
  ],
  edits: ['edit_window_closed', 'cant_update_message', 'is_inactive', 'external_channel_migrating'],
  thread: [
    'restricted_action_non_threadable_channel',
    'restricted_action_thread_locked',
    'message_not_found',
  ],
  channel: [
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'ekm_access_denied',
    'no_permission',
    'access_denied',
    'team_access_not_granted',
  ],
  direct: ['messages_tab_disabled', 'user_not_found'],
  'channel gone': ['channel_not_found', 'is_archived', 'not_in_channel'],
};

/** Refusals that belong together: further down, nothing is tried before what stands above was refused. */
const TOGETHER: readonly (readonly [weight: number, readonly Calls[]])[] = [
  [22, ['edits']],
  [18, ['files']],
  [14, ['thread']],
  [8, ['channel']],
  [18, ['channel gone']],
  [5, ['edits', 'thread']],
  [5, ['thread', 'channel']],
  [4, ['channel gone', 'direct']],
  [3, ['edits', 'files', 'thread', 'channel']],
  [3, ['edits', 'files', 'thread', 'channel', 'direct']],
];

export function drawRefusals(random: Random): readonly Refusal[] {
  return random.weighted(TOGETHER).map((calls) => ({ calls, error: random.pick(WORDS[calls]) }));
}
