import type { UnfitColumn, WordedReason } from '../../../sync/failures/failure.ts';
import type { GuardFacts } from '../../../sync/rules/rules.ts';
import { are, count, listUnusable, times, were } from './plan.ts';
import { databaseRemedies, heldBack, locationChanged, serverChanged } from './refusals.ts';

const CORRECT_LOGIN =
  "The operator must correct EXTERNAL_API_EMAIL and EXTERNAL_API_PASSWORD, or this target's own login, and restart the bot.";

/** Why a run failed: `what` is the first line, `next` says what to do. The words before a colon are the contract's. */
export const failure = {
  nothingChanged: 'Nothing was changed.',
  /** The reason of a failure. Not escaped. */
  reason: ({ reason }: WordedReason) => reason,
  loginFailed: {
    what: (reason: string) => `Failed to login to external API: ${reason}`,
    /** The server said that the login is wrong. */
    refused: (location: string) =>
      `The ${location} server does not take this login. ${CORRECT_LOGIN} Then press Try Again.`,
    unreachable: (location: string) =>
      `The bot could not reach the ${location} server. Wait a few minutes, then press Try Again. If it fails again, ` +
      'contact the administrator of that server.',
    next: (location: string) =>
      `Ask the administrator of the ${location} server what this answer means. If it refuses the login: ` +
      `${CORRECT_LOGIN} Then press Try Again.`,
  },
  fetchFailed: {
    what: (reason: string) => `Failed to fetch users from external API: ${reason}`,
    next: (location: string) =>
      `The ${location} server did not hand over its whole user list. Wait a few minutes, then press Try Again. ` +
      'If it fails again, contact the administrator of that server.',
  },
  limited: (location: string) =>
    `The ${location} server gets more requests than it allows. The operator must lower EXTERNAL_API_REQUESTS_PER_SECOND and restart the bot. ` +
    'Then press Try Again.',
  invalidResponse: {
    what: (reason: string) => `Invalid response format: ${reason}`,
    next: (location: string) =>
      `The ${location} server sent no user list that usersync can read. Ask the administrator of that server ` +
      'what changed there, then press Try Again.',
  },
  listMoved: {
    what: 'The user list changed while it was read',
    next: (location: string) =>
      `Somebody may be adding or removing users on the ${location} server, or it counts them wrongly. Wait a few minutes, then ` +
      'press Try Again. If it fails again, contact the administrator of that server.',
  },
  listLonger: {
    what: (page: number, users: number) =>
      `The user list continues after its end: ${count(users, 'user')} on page ${page}, which should be empty`,
    next: (location: string) =>
      `Such a list cannot show who is absent. Ask the administrator of the ${location} server why its total is lower ` +
      'than its number of users, or why a page before the last is not full. Then press Try Again.',
  },
  listEmpty: {
    what: (location: string, active: number) =>
      `The ${location} server lists no users, but ${count(active, 'user')} ${are(active)} active here`,
    next: (location: string) =>
      `An empty list is no reason to deactivate everyone. Ask the administrator of the ${location} server to look at it, then press Try Again.`,
  },
  listUnusable,
  locationMissing: {
    what: (target: string) => `The locations table has no single row for the target ${target} any more`,
    next: 'The operator must see that it has exactly one, or correct SYNC_TARGETS. Then press Try Again.',
  },
  targetUnnamed: {
    what: (target: string) => `SYNC_TARGETS does not name the target ${target} where the list should be read`,
    next: 'The operator must give every process of the bot the same SYNC_TARGETS. Then press Try Again.',
  },
  locationUrl: {
    what: (location: string, reason: string) => `The address of ${location} cannot be used: ${reason}`,
    next: (location: string) =>
      `The operator must correct online_url of ${location} in the locations table. Then press Try Again.`,
  },
  indexInTheWay: {
    what: (index: string) => `The unique index ${index} on users(email) is in the way`,
    next: (statement: string) =>
      'It allows an email at one location only, while a sync needs it once per location. Ask the ' +
      `database administrator to run ${statement}. Then press Try Again.`,
  },
  indexMissing: {
    what: 'The users table has no unique index over (email, location_id)',
    next: (statement: string) =>
      `Without it, a user could be added twice. Ask the database administrator to run ${statement}. It fails while an email ` +
      'stands twice at a location: npm run doctor says how to find those. Then press Try Again.',
  },
  notTransactional: {
    what: (tables: string) =>
      `A sync could not be undone, because not every table is kept by InnoDB: ${tables}`,
    next: (statements: string) =>
      `Ask the database administrator to run, on a copy first, ${statements}. Then press Try Again.`,
    view: 'A view cannot be synced, only the table itself. Ask the operator to run npm run doctor. Then press Try Again.',
  },
  usersUnfit: {
    what: (columns: string) => `The users table cannot take what the plan would write: ${columns}`,
    problem: {
      demands_value: (column: string) => `${column} requires a value`,
      unknown: (column: string) => `NEW_USER_DEFAULTS names ${column}, which cannot be given a value`,
      generated: (column: string) => `${column} is generated by the database`,
      too_short: (column: string) => `${column} is too short for an email in the plan`,
      lacks_status: (column: string) => `${column} does not know both active and inactive`,
      not_numbered: (column: string) => `${column} is not numbered by the database (AUTO_INCREMENT)`,
      not_whole: (column: string) => `${column} is no whole number`,
      not_a_time: (column: string) => `${column} cannot hold a date and time`,
      missing: (column: string) => `${column} is missing`,
      says_deleted: (column: string) => `${column} would mark a new user as deleted`,
      not_utf8mb4: (column: string) => `${column} is not utf8mb4, which can hold every email`,
    } satisfies Record<UnfitColumn['problem'], (column: string) => string>,
    next: (demandsValue: boolean) =>
      `Ask the operator to run npm run doctor, which says what to change${
        demandsValue ? ', or to name the value in NEW_USER_DEFAULTS' : ''
      }. Then press Try Again.`,
  },
  notAsWritten: {
    what: (n: number) =>
      `${count(n, 'user')} of the plan ${were(n)} not stored as written, so everything was undone`,
    named: (emails: string) => `Not as written: ${emails}.`,
    next: (triggers: string) =>
      'The likely cause is a trigger on the users table that changes what is written' +
      `${triggers === '' ? '' : ` (it has ${triggers})`}. Ask the application developers to let status be written. ` +
      'Then press Try Again.',
  },
  databaseRefused: {
    what: (words: string, number: string) => `The database refused: ${words} (${number})`,
    remedy: databaseRemedies,
    next: (remedy: string, triggers: string) =>
      `${remedy}${triggers === '' ? '' : ` Triggers of users: ${triggers}.`} Then press Try Again.`,
  },
  privilegeMissing: {
    what: (right: string, where: string) =>
      `The bot's account in the database lacks the ${right} privilege on ${where}`,
    next: 'Ask the database administrator to grant it: npm run doctor prints the statement. Then press Try Again.',
  },
  auditUnguarded: {
    what: (triggers: string) =>
      `The audit log could be changed unnoticed, because its triggers are missing: ${triggers}`,
    next:
      'A backup that was restored without them is the usual cause. Ask the operator to run ' +
      'npm run migrate -- --repair, then press Try Again.',
  },
  stale: {
    what: (n: number) =>
      `${count(n, 'user')} of the plan changed after the preview, so the plan was not executed`,
    changed: (emails: string) => `Changed: ${emails}.`,
    next: 'Press New Preview to see what would change now.',
  },
  planAltered: {
    what: 'The stored plan differs from the plan that was shown',
    next: (runId: number) =>
      `Somebody may have edited it in the database: ask the operator to look at run ${runId} in the table ` +
      'sync_changes. Press Try Again for a new preview.',
  },
  plannedEarlier: {
    what: 'Another version of usersync made this plan, so it was not executed',
    next: 'Press New Preview for a plan of this version.',
  },
  protectedSince: {
    what: (n: number) =>
      `${count(n, 'user')} of the plan ${are(n)} protected now, so the plan was not executed`,
    named: (emails: string) => `Protected: ${emails}.`,
    next: 'PROTECTED_EMAILS was changed after the preview. Press New Preview to see what would change now.',
  },
  guardTripped: {
    what: (location: string, { deactivate, active }: GuardFacts) =>
      `${deactivate} of the ${count(active, 'user')} now active at ${location} would have been deactivated, which needs a ` +
      'reason, so the plan was not executed',
    next: 'The location or its limits changed after the preview. Press New Preview to see how it stands now.',
  },
  secondPersonNeeded: {
    what: (target: string, people: number, needed: number) =>
      `The target ${target} needs ${needed} people, but only ${people === 1 ? 'one admin' : `${people} admins`} asked and ` +
      'confirmed, so the plan was not executed',
    next: 'Press New Preview, and have enough other admins confirm.',
  },
  heldBack,
  locationChanged,
  serverChanged,
  channelUnreachable: {
    what: (channel: string, reason: string) => `usersync could not post in ${channel}: ${reason}`,
    next: (invitation: string, command: string) =>
      `Type ${invitation} in the channel, then type ${command} there.`,
    /** Where being a member is not what is missing. */
    otherwise: (command: string) =>
      `Ask an admin of the workspace to let usersync post there, or type ${command} in another channel.`,
  },
  databaseLost: {
    what: 'The database cannot be reached',
    next: 'Wait a minute, then press Try Again. If it fails again, tell the operator.',
  },
  interrupted: {
    what: (attempts: number) => `The run was interrupted ${times(attempts)} and was given up`,
    next: (runId: number) =>
      'Each time the bot was stopped, crashed, or lost the database. Press Try Again. If it fails again, ask the ' +
      `operator to check the log for run ${runId}.`,
  },
  unexpected: {
    what: 'Something unexpected went wrong',
    next: (run: number) => `Ask the operator to check the log for run ${run}. Press Try Again to start over.`,
  },
};
