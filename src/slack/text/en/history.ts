/** Words of the list of runs. */
export const history = {
  title: 'Latest Runs',
  titleOf: (target: string) => `Latest Runs: ${target}`,
  none: 'There are no runs to show. Type `/usersync help` to see how to start one.',
  requested: (actor: string, when: string) => `Requested by ${actor} at ${when}`,
  confirmed: (actor: string) => `confirmed by ${actor}`,
  plan: (counts: string) => `plan: ${counts}`,
  took: (duration: string) => `took ${duration}`,
  details: 'Details',
  detailsOf: (runId: number) => `Details of run ${runId}`,
  older: 'Older Runs',
};
