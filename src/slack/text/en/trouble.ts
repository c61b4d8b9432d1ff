/** Short messages about the bot itself, shown to the person who typed or clicked. */
export const trouble = {
  loading: 'Loading…',
  close: 'Close',
  channelUnreachable:
    'usersync cannot post in this channel, because it is not a member. Nothing was changed. Type ' +
    '`/invite @usersync` here, then type your command again.',
  databaseLost:
    'The database cannot be reached. Nothing was changed by this request. Try again in a minute. If it happens again, ' +
    'tell whoever runs the bot.',
  databaseLostDuringRun: (runId: number) =>
    `The database cannot be reached, so run ${runId} is on hold. It goes on by itself when the database is ` +
    'back: do not start another one. If that takes long, tell whoever runs the bot.',
  shuttingDown: 'usersync is restarting. Nothing was changed by this request. Try again in a minute.',
  unexpected: (runId: number | undefined) =>
    'Something unexpected went wrong. Tell whoever runs the bot to look at the log' +
    `${runId === undefined ? '' : ` for run ${runId}, and look at its message before you try again`}.`,
};
