/** Words for a file that could not be sent. */
export const file = {
  planOf: (runId: number, location: string, standing: string) =>
    `The plan of run ${runId}. ${location}: ${standing}.`,
  viewAll: 'Press View All on the message of the run to see every line.',
  askAgain: (command: string) => `To try the file again, type ${command}.`,
  findFewer: 'To see everybody in the window, type a longer piece of the email.',
};
