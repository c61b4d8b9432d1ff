/** Words of the shortcuts, and of what is typed behind a mention of the bot. */
export const shortcut = {
  title: 'Preview a User Sync',
  targetLabel: 'Target',
  channelLabel: 'Channel',
  channelHint: 'The preview and its result appear there. usersync must be a member of the channel.',
  here: (channel: string) => `The preview and its result appear in ${channel}.`,
  submit: 'Show Preview',
  close: 'Close',
  inChannel: 'The preview appears in the channel, below, and not in this thread.',
  needsCommand: (command: string) =>
    `This opens a window, and Slack allows that only for the command. Type ${command} in the channel.`,
};
