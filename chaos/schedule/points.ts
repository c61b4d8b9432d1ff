/**
 * The points that moves of a kind come to, some of them more than once, as often as they are to be chosen.
 * `world/statements.ts` and `world/slack-points.ts` name them.
 */

export const READING_POINTS = [
  'sql request',
  'commit request',
  'slack post',
  'sql remember the message',
  'depot login',
  'depot page',
  'depot page',
  'depot page',
  'depot page',
  'sql stage a page',
  'sql clear the staging',
  'sql draft',
  'commit draft',
  'sql present',
  'commit present',
  'slack show ready',
  'slack look for own message',
  'slack upload',
  'slack take the file',
] as const;

export const EXECUTION_POINTS = [
  'sql claim',
  'commit claim',
  'slack show executing',
  'sql execute',
  'sql change users',
  'sql change users',
  'sql add users',
  'sql add users',
  'commit execute',
  'commit execute',
  'commit execute',
  'slack show completed',
  'slack reply',
  'slack reply',
  'slack reply',
  'sql close a notice',
  'slack views.open',
] as const;

export const CANCEL_POINTS = ['sql cancel', 'commit cancel', 'slack show cancelled'] as const;

/** Wherever anything happens. */
export const COMMON_POINTS = [
  'slack users.info',
  'slack direct',
  'sql audit',
  'sql queue a notice',
  'sql claim a notice',
  'sql close a notice',
  'sql take over',
  'commit take over',
  'sql fail',
  'commit fail',
] as const;

/** Where a process that took another's place must not be disturbed when that one wakes. */
export const DELICATE_POINTS = [
  'sql clear the staging',
  'sql stage a page',
  'sql draft',
  'commit draft',
  'commit present',
  'slack show ready',
  'sql execute',
  'sql change users',
  'commit execute',
  'slack show completed',
  'slack reply',
] as const;

export const ALL_POINTS: readonly string[] = [
  ...READING_POINTS,
  ...EXECUTION_POINTS,
  ...CANCEL_POINTS,
  ...COMMON_POINTS,
];
