/** Why Slack does not take a file, as the end of a sentence. */
const why = {
  off: 'files are switched off in this workspace',
  full: "the workspace's room for files is used up",
  scope: 'the Slack app lacks the scope files:write',
  forbidden: 'the workspace does not let usersync send files here',
  tooLarge: 'the workspace takes no files of this size',
  shared: 'the workspace allows no files where people of other companies read them',
  unreachable: 'the address to which Slack wants its files could not be reached',
  busy: 'Slack could not take it at the moment',
  other: (slackError: string) => `Slack answered ${slackError}`,
};

/** Words for a file that could not be sent. */
export const file = {
  why,
  planOf: (runId: number, location: string, standing: string) =>
    `The plan of run ${runId}. ${location}: ${standing}.`,
  notAttached: (reason: string) => `The file could not be attached: ${reason}.`,
  viewAll: 'Press View All on the message of the run to see every line.',
  askAgain: (command: string) => `To try the file again, type ${command}.`,
  findFewer: 'To see everybody in the window, type a longer piece of the email.',
};
