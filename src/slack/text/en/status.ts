import { count } from './count.ts';

/** How the targets stand: `/usersync status` and the cards of the Home tab. `run` is `run 12`, or a link to it. */
export const status = {
  title: 'Status of the Targets',
  users: (active: number, inactive: number, leftAlone: number) =>
    `${count(active, 'active user')}, ${inactive} inactive${leftAlone === 0 ? '' : `, ${leftAlone} left alone`}`,
  manyUsers: (n: number) => `More than ${count(n, 'user')}`,
  lastSync: (when: string, what: string, run: string) => `Last sync: ${when}, ${what}, ${run}`,
  lastRollback: (when: string, what: string, run: string) =>
    `Last change: ${when}, rollback, ${what}, ${run}`,
  never: 'Never synced',
  pending: (counts: string, until: string, run: string) =>
    `Waits to be confirmed until ${until}: ${counts}, ${run}`,
  lastFailed: (when: string, what: string, run: string) => `Last error: ${when}, ${what}, ${run}`,
  changedSince: (n: number) =>
    `Since then, ${count(n, 'user')} ${n === 1 ? 'was' : 'were'} changed by something other than usersync`,
  locationMissing:
    'The table locations has no row for this target. Whoever runs the bot must add it or correct SYNC_TARGETS.',
  protected: 'Never deactivated (PROTECTED_EMAILS):',
  protects: (pattern: string, users: number) =>
    users === 0
      ? `${pattern} protects *nobody*: is it spelled right?`
      : `${pattern} protects ${count(users, 'user')}`,
  run: (runId: number) => `run ${runId}`,
  more: (n: number, command: string) => `…and ${count(n, 'more target')}. Type ${command} to see one alone.`,
};
