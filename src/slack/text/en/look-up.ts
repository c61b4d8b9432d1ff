import type { UserFilter } from '../../../sync/ports/overview.ts';
import { count } from './plan.ts';

const SEND_FILE = 'Send as File';

export const users = {
  title: 'Users',
  found: ({ total, target, status, text }: UserFilter & { readonly total: number }) => {
    const whom = count(total, status === undefined ? 'user' : `${status} user`);
    const where = target === undefined ? 'at all targets' : `at ${target}`;
    return `${whom} ${where}${text === undefined ? '' : ` with ${text} in the email`}`;
  },
  none: 'No users found.',
  noneWith: (text: string) =>
    `Type the command without ${text}, or with a shorter part of it, to see more users.`,
  more: (n: number) => `…and ${n} more. Press ${SEND_FILE} to get them all.`,
  /** Where the file cannot have all of them. */
  manyMore: (n: number) => `…and ${n} more. Press ${SEND_FILE} for a longer list.`,
  sendFile: SEND_FILE,
  sending: 'The file is on its way to your conversation with usersync.',
  sent: 'The file is in your conversation with usersync.',
  active: 'active',
  inactive: 'inactive',
  leftAlone: 'left alone: deleted, or of another status',
  rowChanged: (when: string) => `row last changed ${when}`,
  file: (found: string) => `The list you asked for: ${found}.`,
  firstOnly: (n: number) => `The file has the first ${n} of them.`,
  exported: (runId: number, location: string, state: string) =>
    `Every line of the plan of run ${runId}. ${location}: ${state}.`,
};

export const find = {
  title: 'Users Found',
  more: (n: number) => `…and ${n} more. Type a longer part of the email to see fewer.`,
  manyMore: (n: number) => `…and more than ${n} others. Type a longer part of the email to see fewer.`,
  since: (status: string, when: string) => `${status} since ${when}`,
  /** `how` is a `history.confirmed` or `applied`. */
  by: (run: string, how: string) => `by ${run}, ${how}`,
  otherwise: (run: string, how: string, when: string) =>
    `by something other than usersync; before that ${run}, ${how}, ${when}`,
  none: 'Type a shorter part of the email to find more.',
  unknown: 'by no run on record',
  /** Where older runs were not searched. */
  notSought: 'by none of the newest runs',
};

export const config = {
  title: 'Settings',
  targets: 'Targets and Their Servers',
  noLocation: 'no single row in the locations table',
  noAddress: 'the address in the locations table cannot be used',
  people: (n: number) => `needs ${n} people`,
  moreTargets: (n: number) => `…and ${count(n, 'more target')}`,
  limits: 'Limits',
  lifetime: (minutes: number) => `A preview can be confirmed for ${count(minutes, 'minute')}.`,
  scheduledLifetime: 'A scheduled one can be confirmed at least until the next is due.',
  depot: (seconds: number, page: number, atOnce: number, perSecond: number) =>
    `A depot server must answer a login within ${seconds} s. It is asked for ${count(page, 'user')} at a time, with at most ` +
    `${count(atOnce, 'request')} at once and ${perSecond} in a second.`,
  kept: (days: number) => `Changes of completed runs are kept for ${count(days, 'day')}.`,
  keptForEver: 'Changes of completed runs are kept for ever.',
  who: 'Admins and Channels',
  admins: (admins: string) => `Admins: ${admins}`,
  channels: (channels: string) => `Channels: ${channels}`,
  called: (people: string) => `Called when the bot waits for people: ${people}`,
  notCalled: 'Nobody is called when the bot waits for people (SYNC_NOTIFY).',
  anyChannel: 'Channels: any to which usersync is invited',
  times: 'Freeze and Schedule',
  freeze: (windows: string, timezone: string) => `Nothing is executed during ${windows} (${timezone}).`,
  frozen: (until: string) => `Executions are frozen until ${until}.`,
  noFreeze: 'There is no freeze (SYNC_FREEZE is not set).',
  reminder: (days: number) => `A reminder comes for targets that were not synced for ${count(days, 'day')}.`,
  digest: (cron: string, timezone: string) => `The weekly digest comes at ${cron} (${timezone}).`,
  rules: 'By Rule, and Alone',
  autoRules: (rules: string) => `Applied by rule: ${rules}`,
  noRules: 'Nothing is applied by rule (SYNC_AUTO is not set).',
  absence: (days: number) =>
    `A user must be missing on ${count(days, 'day')} before a plan deactivates them (SYNC_ABSENCE_DAYS).`,
  breakGlass: 'In an emergency, an admin can confirm alone (BREAK_GLASS).',
  noBreakGlass: 'Nobody can confirm alone (BREAK_GLASS).',
  protected: 'Never Deactivated (PROTECTED_EMAILS)',
  nobody: 'Nobody is protected.',
  morePatterns: (n: number) => `…and ${count(n, 'more pattern')}`,
  version: (version: string, language: string) => `usersync ${version}. Language: ${language}`,
};
