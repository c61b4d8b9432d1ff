/** A call of Slack's Web API, as far as it is told apart from others. */
export type SlackCall = {
  /** `upload` for the address that takes a file. */
  readonly method: string;
  /** Undefined where the call is about no place. A member's id stands for the conversation with them. */
  readonly channel: string | undefined;
  readonly inThread: boolean;
  /** The state that a run's message is to show, by the ids of its blocks. */
  readonly state: string | undefined;
};

export function slackCall(path: string, body: string): SlackCall {
  const [, part, method = ''] = new URL(path, 'http://slack').pathname.split('/');
  if (part === 'upload') return { method: 'upload', channel: undefined, inThread: false, state: undefined };
  const args = new URLSearchParams(body);
  return {
    method,
    channel: args.get('channel') ?? args.get('channel_id') ?? undefined,
    inThread: args.has('thread_ts'),
    state: args.get('blocks')?.match(/"run:\d+:(\w+):/)?.[1],
  };
}

/** Whether a call is about a person instead of a channel. */
export function isDirect({ channel = 'C' }: SlackCall): boolean {
  return !channel.startsWith('C');
}

/** Which point a call is. */
export function slackPoint(call: SlackCall): string {
  switch (call.method) {
    case 'chat.postMessage':
      if (isDirect(call)) return 'slack direct';
      return call.inThread ? 'slack reply' : 'slack post';
    case 'chat.update':
      return `slack show ${call.state ?? 'something'}`;
    case 'conversations.history':
    case 'conversations.replies':
      return 'slack look for own message';
    case 'files.getUploadURLExternal':
    case 'files.completeUploadExternal':
      return 'slack upload';
    case 'upload':
      return 'slack take the file';
    default:
      return `slack ${call.method}`;
  }
}

export const SLACK_POINTS = [
  'slack post',
  'slack reply',
  'slack direct',
  'slack show ready',
  'slack show executing',
  'slack show completed',
  'slack show failed',
  'slack show cancelled',
  'slack show superseded',
  'slack show expired',
  'slack look for own message',
  'slack upload',
  'slack take the file',
  'slack users.info',
  'slack views.open',
  'slack views.update',
] as const;
