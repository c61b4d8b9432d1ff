import type { GuardFacts } from '../rules/guard.ts';

export type EngineOfTable = { readonly table: string; readonly engine: string };

/** A column of `users` that cannot take what a plan would write. `type` is the database's, such as `varchar(100)`. */
export type UnfitColumn = {
  readonly problem: 'demands_value' | 'unknown' | 'generated' | 'too_short' | 'lacks_status';
  readonly column: string;
  readonly type: string;
};

/** Why a database server refuses a statement: one word for each remedy. */
export const DATABASE_REFUSALS = [
  'value_missing',
  'duplicate',
  'foreign_key',
  'check',
  'trigger',
  'too_long',
  'value_not_taken',
  'generated',
  'privilege',
  'read_only',
  'disk_full',
  'packet_too_large',
  'lock_wait',
  'too_many_connections',
  'table_damaged',
  'table_missing',
  'statement_logging',
  'time_limit',
  'other',
] as const;
export type DatabaseRefusal = (typeof DATABASE_REFUSALS)[number];

/** Why a server that answers is of no use to anybody for now; whatever waits for it goes on when that is over. */
const LOST_REASONS = ['read_only', 'too_many_connections', 'disk_full', 'privilege'] as const;
export type LostReason = (typeof LOST_REASONS)[number];

/** Undefined where the refusal is of one statement alone. */
export function lostReason(refusal: DatabaseRefusal): LostReason | undefined {
  return LOST_REASONS.find((reason) => reason === refusal);
}

/**
 * Why a run failed, as stored on the run and told to admins. `reason` is a short English phrase for people,
 * free of secrets; it may quote the depot server, so it is data, never markup.
 */
export type Failure =
  /**
   * `unauthorized` where the server does not take the login, `unanswered` where no answer of the server came; runs of older
   * versions have neither.
   */
  | {
      readonly code: 'login_failed';
      readonly reason: string;
      readonly unauthorized?: boolean | undefined;
      readonly unanswered?: boolean | undefined;
    }
  | { readonly code: 'fetch_failed'; readonly reason: string }
  | { readonly code: 'invalid_response'; readonly reason: string }
  | { readonly code: 'list_moved' }
  /** `users` stand on page `page`, though the server says that the list ends before it. */
  | { readonly code: 'list_longer'; readonly page: number; readonly users: number }
  | { readonly code: 'list_empty'; readonly active: number }
  | { readonly code: 'location_missing' }
  | { readonly code: 'location_url'; readonly reason: string }
  | { readonly code: 'index_in_the_way'; readonly index: string }
  | { readonly code: 'index_missing' }
  /** Tables that could not undo their part of a sync. */
  | { readonly code: 'not_transactional'; readonly tables: readonly EngineOfTable[] }
  | { readonly code: 'users_unfit'; readonly columns: readonly UnfitColumn[] }
  /** After the writes, rows of users differed from the plan. `triggers` are the triggers of `users` that the account may see. */
  | {
      readonly code: 'not_as_written';
      readonly total: number;
      readonly emails: readonly string[];
      readonly triggers: readonly string[];
    }
  /** `words` are the server's, without the statement; `number` is its error number. */
  | {
      readonly code: 'database_refused';
      readonly refusal: DatabaseRefusal;
      readonly number: string;
      readonly words: string;
    }
  /** `right` is such as UPDATE; `column` only where the right on one column of the table is missing. */
  | {
      readonly code: 'privilege_missing';
      readonly right: string;
      readonly table: string;
      readonly column?: string | undefined;
    }
  /** Triggers of the audit log that are not there, or not ours: its rows could be changed unseen. */
  | { readonly code: 'audit_unguarded'; readonly triggers: readonly string[] }
  | { readonly code: 'stale'; readonly total: number; readonly emails: readonly string[] }
  | { readonly code: 'plan_altered' }
  /** A version of the bot made the plan that did not yet bind an approval to all that is executed. */
  | { readonly code: 'planned_earlier' }
  | { readonly code: 'protected_since'; readonly total: number; readonly emails: readonly string[] }
  /** The guard stops the plan at its execution, although it passed it before, or now has a graver reason. */
  | ({ readonly code: 'guard_tripped' } & GuardFacts)
  /** So many people asked, approved and confirmed where more are needed. */
  | { readonly code: 'second_person_needed'; readonly people: number; readonly needed: number }
  | { readonly code: 'location_changed' }
  | { readonly code: 'channel_unreachable'; readonly reason: string }
  | { readonly code: 'database_lost' }
  | { readonly code: 'interrupted'; readonly attempts: number }
  | { readonly code: 'unexpected' };

/** An error that ends a run with a failure an admin can act on. Each meaning is a subclass. */
export abstract class RunError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.failure = failure;
  }
}
