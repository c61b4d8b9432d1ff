/** Words of `/usersync help` and of the answer to a target that does not exist. */
export const help = {
  title: 'How to Use usersync',
  intro:
    'usersync compares the users of a depot server with the database and shows what a sync would change. ' +
    'Nothing changes until an admin confirms. Users are never deleted, only set inactive.',
  commands: 'Commands',
  preview: (command: string) => `${command} shows what a sync would change`,
  rollback: (command: string) => `${command} shows what taking back the newest run would change`,
  rollbackOf: (command: string) => `${command} shows the same for run 12 (its message has the number)`,
  help: (command: string) => `${command} shows this text`,
  moreTargets: (targets: string) => `Other targets: ${targets}`,
  noTargets: 'No target is set up. Whoever runs the bot must set SYNC_TARGETS.',
  unknown: (typed: string) => `There is no target ${typed}.`,
  suggestion: (command: string) => `Did you mean ${command}?`,
  targets: (targets: string, more: number) =>
    `The targets are ${targets}${more > 0 ? ` and ${more} more` : ''}.`,
  target: (target: string) => `The only target is ${target}.`,
  nothingChanged: 'Nothing was changed.',
};
