import type { OwnCause, QuotedCause } from '../../connect/rejection-reason.ts';

const MEMBERS_ONLY = 'only some people may post there';
const NO_SHARED_FILES = 'the workspace allows no files where people of other companies read them';
const NOT_GRANTED = 'the workspace does not let usersync do that';

/** Said where Slack did not take something in its usual place. `why` is one of `slack`, `answered`, `own` and `quoted`. */
export const rejection = {
  /** By Slack's error code (docs.slack.dev, the page of each method), as the end of a sentence. */
  slack: {
    not_in_channel: 'usersync is not a member of the channel',
    channel_not_found: 'usersync cannot see the channel',
    is_archived: 'the channel is archived',
    restricted_action: MEMBERS_ONLY,
    restricted_action_read_only_channel: MEMBERS_ONLY,
    restricted_action_thread_only_channel: 'only replies in threads may be posted there',
    restricted_action_non_threadable_channel: 'threads are switched off there',
    ekm_access_denied: 'the admins of the workspace have suspended posting for now',
    no_permission: NOT_GRANTED,
    access_denied: NOT_GRANTED,
    team_access_not_granted: NOT_GRANTED,
    missing_scope: 'the Slack app lacks a scope for that',
    edit_window_closed: 'messages of that age may not be edited in this workspace',
    cant_update_message: 'it was posted by another installation of the app',
    message_not_found: 'somebody deleted the message',
    thread_not_found: 'somebody deleted the message',
    file_uploads_disabled: 'files are switched off in this workspace',
    storage_limit_reached: 'the workspace has no space left for files',
    file_upload_size_restricted: 'the workspace takes no files of this size',
    posting_to_channel_denied: NOT_GRANTED,
    slack_connect_file_upload_sharing_blocked: NO_SHARED_FILES,
    slack_connect_blocked_file_type: NO_SHARED_FILES,
  },
  /** An error code without a meaning above, shown as code. */
  answered: (shown: string) => `Slack answered ${shown}`,
  own: {
    shared_channel: 'people of another company read it',
    readers_unknown: 'Slack did not say who reads the channel',
    answer_lost: "Slack's answer was lost, and usersync may not look whether the message arrived",
    named_no_message: 'Slack named no message',
    named_no_conversation: 'Slack named no conversation for the file',
    named_no_address: 'Slack named no address for the file',
    foreign_answer: 'something else than Slack answered, such as a proxy',
    database: 'the database could not be used meanwhile',
  } satisfies Record<OwnCause, string>,
  /** `shown` is code: a library's words, or an HTTP status. */
  quoted: {
    no_answer: (shown: string) => `Slack gave no answer (${shown})`,
    file_not_taken: (shown: string) => `Slack did not take the file (${shown})`,
  } satisfies Record<QuotedCause, (shown: string) => string>,
  later: (runId: number, why: string) =>
    `Slack has not taken the message of run ${runId} yet: ${why}. It appears as soon as Slack takes it. Do not start ` +
    'another run.',
  shownLater: (runId: number, why: string) =>
    `Done. Slack has not taken the new message of run ${runId} yet: ${why}. It appears as soon as Slack takes it.`,
  notEdited: (why: string) =>
    `The message above could not be brought up to date: ${why}. Its buttons change nothing any more.`,
  replaces: (why: string) =>
    `An older message of this run could not be brought up to date: ${why}. Use this one. The old buttons change nothing any more.`,
  noThread: (run: string, why: string) =>
    `This is about ${run}. It stands here because Slack did not take it in the thread: ${why}.`,
  directly: (run: string, channel: string, why: string) =>
    `This is about ${run}. You are told directly because usersync cannot post in ${channel}: ${why}.`,
  /** Where a failure asks for a press of Try Again. */
  noButton: (command: string) => `There is no button here: type ${command} in another channel instead.`,
  notShown: (command: string) =>
    `The preview is ready, but it cannot be shown. Nothing was changed. Type ${command} in another channel.`,
  noFile: (why: string) => `The file could not be attached: ${why}.`,
  pressViewAll: 'Press View All.',
  untold: 'Slack took no message that says how these runs ended:',
  untoldRun: (label: string, run: string, state: string, why: string) =>
    `${label}, ${run}: ${state} (${why})`,
};

/** A file that could not be sent. */
export const file = {
  planOf: (runId: number, location: string, state: string) =>
    `The plan of run ${runId}. ${location}: ${state}.`,
  viewAll: 'Press View All on the message of the run to see every line.',
  askAgain: (command: string) => `To try the file again, type ${command}.`,
  findFewer: 'To see everybody in the window, type a longer part of the email.',
};
