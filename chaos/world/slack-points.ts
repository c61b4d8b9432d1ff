/** Which point a call of Slack's Web API is. Posts and edits of runs are told apart by the ids of their blocks. */
export function slackPoint(path: string, body: string): string {
  const method = path.replace(/^\/api\//, '').replace(/\?.*$/, '');
  const args = new URLSearchParams(body);
  switch (method) {
    case 'chat.postMessage':
      return args.has('thread_ts') ? 'slack reply' : 'slack post';
    case 'chat.update':
      return `slack show ${args.get('blocks')?.match(/"run:\d+:(\w+):/)?.[1] ?? 'something'}`;
    case 'conversations.history':
    case 'conversations.replies':
      return 'slack look for own message';
    case 'files.getUploadURLExternal':
    case 'files.completeUploadExternal':
      return 'slack upload';
    default:
      return `slack ${method}`;
  }
}

export const SLACK_POINTS = [
  'slack post',
  'slack reply',
  'slack show ready',
  'slack show executing',
  'slack show completed',
  'slack show failed',
  'slack show cancelled',
  'slack show superseded',
  'slack show expired',
  'slack look for own message',
  'slack upload',
  'slack users.info',
  'slack views.open',
  'slack views.update',
] as const;
