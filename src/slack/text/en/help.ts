/** Words of `/usersync help` and of the answer to a target or command that does not exist. */
export const help = {
  title: 'How to Use usersync',
  intro:
    'usersync compares the users of a depot server with the database and shows what a sync would change. ' +
    'Nothing changes until an admin confirms. Users are never deleted, only set inactive.',
  commands: 'Commands',
  preview: (command: string) => `${command} shows what a sync would change`,
  all: (command: string) => `${command} shows that for every target at once`,
  rollback: (command: string) => `${command} shows what taking back the newest run would change`,
  rollbackOf: (command: string) => `${command} shows the same for run 12 (its message has the number)`,
  lookUp: 'To Look Something Up',
  status: (all: string, one: string) => `${all} shows how the targets stand, ${one} just one of them`,
  history: (all: string, one: string) => `${all} lists the latest runs, ${one} those of one target`,
  users: (all: string, some: string) =>
    `${all} lists the users of a target, ${some} only the inactive ones with “vendor” in the email`,
  inactive: (all: string, one: string) =>
    `${all} lists inactive users and since when, ${one} those of one target`,
  export: (command: string) => `${command} sends you the plan of run 12 as a CSV file`,
  help: (command: string) => `${command} shows this text`,
  moreTargets: (targets: string) => `Other targets: ${targets}`,
  noTargets: 'No target is set up. Whoever runs the bot must set SYNC_TARGETS.',
  unknown: (typed: string) => `There is no target ${typed}.`,
  unclear: (typed: string) => `usersync cannot read ${typed}.`,
  suggestion: (command: string) => `Did you mean ${command}?`,
  seeHelp: (command: string) => `Type ${command} to see all commands.`,
  targets: (targets: string, more: number) =>
    `The targets are ${targets}${more > 0 ? ` and ${more} more` : ''}.`,
  target: (target: string) => `The only target is ${target}.`,
  nothingChanged: 'Nothing was changed.',
};
