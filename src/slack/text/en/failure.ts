import type { GuardFacts } from '../../../sync/safety.ts';
import { count } from './count.ts';

function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

/**
 * Why a run failed: `what` is the first line, `next` says what to do. The messages before a colon are known to
 * the users from the contract: do not reword.
 */
export const failure = {
  nothingChanged: 'Nothing was changed.',
  loginFailed: {
    what: (reason: string) => `Failed to login to external API: ${reason}`,
    next: (location: string) =>
      `If the ${location} server refused the login, whoever runs the bot must correct EXTERNAL_API_EMAIL and ` +
      `EXTERNAL_API_PASSWORD. If it did not answer, ask whoever runs that server. Then press Try Again.`,
  },
  fetchFailed: {
    what: (reason: string) => `Failed to fetch users from external API: ${reason}`,
    next: (location: string) =>
      `The ${location} server did not hand over its whole user list. Wait a few minutes, then press Try Again. ` +
      'If it fails again, ask whoever runs that server.',
  },
  invalidResponse: {
    what: (reason: string) => `Invalid response format: ${reason}`,
    next: (location: string) =>
      `The ${location} server answered with something other than a user list. Ask whoever runs that server ` +
      'what changed there, then press Try Again.',
  },
  listMoved: {
    what: 'The user list changed while it was read',
    next: (location: string) =>
      `Somebody is adding or removing users at the ${location} server. Wait a few minutes, then press Try Again.`,
  },
  listLonger: {
    what: (page: number, users: number) =>
      `The user list has more after its end: ${count(users, 'user')} on page ${page}, which should be empty`,
    next: (location: string) =>
      `Who is absent cannot be told from such a list. Ask whoever runs the ${location} server why its total is lower ` +
      'than its number of users, or why a page before the last is not full. Then press Try Again.',
  },
  listEmpty: {
    what: (location: string, active: number) =>
      `The ${location} server lists no users, but ${count(active, 'user')} ${active === 1 ? 'is' : 'are'} active here`,
    next: (location: string) =>
      'An empty list is never taken as a reason to deactivate everyone. Ask whoever runs the ' +
      `${location} server to look at it, then press Try Again.`,
  },
  locationMissing: {
    what: (target: string) => `The table locations has no row for the target ${target} any more`,
    next: 'Whoever runs the bot must add the row or correct SYNC_TARGETS. Then press Try Again.',
  },
  locationUrl: {
    what: (location: string, reason: string) => `The address of ${location} cannot be used: ${reason}`,
    next: (location: string) =>
      `Whoever runs the bot must correct online_url of ${location} in the table locations; it must start with ` +
      '`https://`. Then press Try Again.',
  },
  indexInTheWay: {
    what: (index: string) => `The unique index ${index} on users(email) is in the way`,
    next: (statement: string) =>
      'It allows an email at one location only, while a sync needs it once per location. Ask whoever runs the ' +
      `database to run ${statement} (without the ADD part where that index exists already). Then press Try Again.`,
  },
  indexMissing: {
    what: 'The table users has no unique index over (email, location_id)',
    next: (statement: string) =>
      'Without it, a user could be added twice. Ask whoever runs the database to run ' +
      `${statement}. Then press Try Again.`,
  },
  stale: {
    what: (n: number) =>
      `${count(n, 'user')} of the plan changed after the preview, so the plan was not executed`,
    changed: (emails: string, more: number) => `Changed: ${emails}${more > 0 ? ` and ${more} more` : ''}.`,
    next: 'Press New Preview to see what would be changed now.',
  },
  planAltered: {
    what: 'The stored plan differs from the plan that was shown',
    next: (runId: number) =>
      `Somebody may have edited it in the database: tell whoever runs the bot to look at run ${runId} in the table ` +
      'sync_changes. Press Try Again for a new preview.',
  },
  plannedEarlier: {
    what: 'An older version of usersync made this plan, so it was not executed',
    next: 'Press New Preview for a plan of this version.',
  },
  protectedSince: {
    what: (n: number) =>
      `${count(n, 'user')} of the plan ${n === 1 ? 'is' : 'are'} protected by now, so the plan was not executed`,
    named: (emails: string, more: number) => `Protected: ${emails}${more > 0 ? ` and ${more} more` : ''}.`,
    next: 'PROTECTED_EMAILS was changed after the preview. Press New Preview to see what would be changed now.',
  },
  guardTripped: {
    what: (location: string, { deactivate, active }: GuardFacts) =>
      `${deactivate} of the ${count(active, 'user')} active at ${location} by now would have been deactivated, which needs a ` +
      'reason, so the plan was not executed',
    next: 'The location or its limits changed after the preview. Press New Preview to see how it stands now.',
  },
  secondPersonNeeded: {
    what: (target: string) =>
      `The target ${target} needs two people, and one admin asked and confirmed, so the plan was not executed`,
    next: 'Press New Preview, and have another admin confirm it.',
  },
  locationChanged: {
    what: (target: string) => `The target ${target} stands for another location by now`,
    next: 'SYNC_TARGETS or the table locations was changed, or processes have different settings. Press New Preview.',
  },
  channelUnreachable: {
    what: (reason: string) => `usersync could not post in this channel: ${reason}`,
    next: 'Type `/invite @usersync` in the channel, then press Try Again.',
  },
  databaseLost: {
    what: 'The database cannot be reached',
    next: 'Wait a minute, then press Try Again. If it fails again, tell whoever runs the bot.',
  },
  interrupted: {
    what: (attempts: number) => `The work was interrupted ${times(attempts)} and was given up`,
    next: (runId: number) =>
      'Each time the bot was stopped, crashed, or lost the database. Press Try Again. If it fails again, tell whoever ' +
      `runs the bot to look at the log for run ${runId}.`,
  },
  unexpected: {
    what: 'Something unexpected went wrong',
    next: (runId: number) =>
      `Tell whoever runs the bot to look at the log for run ${runId}. Press Try Again to start over.`,
  },
};
