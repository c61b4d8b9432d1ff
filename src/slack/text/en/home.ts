/** Words of the app's Home tab. */
export const home = {
  title: 'User Sync of the Depot Servers',
  channel: (channel: string) => `A preview that you start here appears in ${channel}.`,
  noChannel:
    'No preview can be started here, because no channel is set for it: whoever runs the bot must set SLACK_CHANNEL_IDS.',
  preview: 'Preview',
  previewOf: (target: string) => `Preview of ${target}`,
  recent: 'Latest Runs',
  commands: (command: string) => `Type ${command} in a channel to see all commands.`,
  visitor:
    'Only admins of usersync may use it, and you are not one of them. If you should be, ask whoever runs the bot to add you to ' +
    'SLACK_ADMIN_USER_IDS or to the user group of its admins.',
};
