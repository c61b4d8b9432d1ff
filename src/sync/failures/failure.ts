import type { GuardFacts } from '../rules/rules.ts';
import type { DepotReason } from './depot-reason.ts';

export type EngineOfTable = { readonly table: string; readonly engine: string };

/** Why a column of `users` cannot store a value of the plan. */
export const UNFIT_PROBLEMS = [
  'demands_value',
  'unknown',
  'generated',
  'too_short',
  'lacks_status',
  'not_numbered',
  'not_whole',
  'not_a_time',
  'missing',
  'says_deleted',
  'not_utf8mb4',
] as const;

/** A column of `users` that cannot store a value of the plan. `type`: such as `varchar(100)`; for `not_utf8mb4`, the collation. */
export type UnfitColumn = {
  readonly problem: (typeof UNFIT_PROBLEMS)[number];
  readonly column: string;
  readonly type: string;
};

/** Why a database server refuses a statement: one code per remedy. */
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

/** What may hold a confirmed plan back. */
export const HELD_BACK_BY = ['freeze', 'pause', 'late', 'rule'] as const;
export type HeldBackBy = (typeof HELD_BACK_BY)[number];

/** Refusals after which no process can use a server. Waiting work continues as soon as the cause is gone. */
const LOST_REASONS = ['read_only', 'too_many_connections', 'disk_full', 'privilege'] as const;
/** Why a server cannot be used although it answers. `busy`: all connections of this process are in use. */
export type LostReason = (typeof LOST_REASONS)[number] | 'busy';

/** The refusal as a reason why nobody can use the server; undefined if it concerns only one statement. */
export function lostReason(refusal: DatabaseRefusal): LostReason | undefined {
  return LOST_REASONS.find((reason) => reason === refusal);
}

/**
 * A reason as a short English phrase, free of secrets, and as data for every other language. Both may quote the depot server, so
 * treat them as data, never as markup. Runs of older versions have no `why`, nor have those whose code only a newer version knows.
 */
export type WordedReason = { readonly reason: string; readonly why?: DepotReason | undefined };

/** Whether a depot server still refused for too many requests, by HTTP 429, after all attempts. */
export function isLimited({ why }: WordedReason): boolean {
  const answer = why?.code === 'on_page' ? why.why : why;
  return answer !== undefined && 'status' in answer && answer.status === 429;
}

/** Why a run failed, as stored on the run and shown to admins. */
export type Failure =
  /** `unauthorized`: the server refused the login. `unanswered`: no answer came. Runs of older versions have neither field. */
  | (WordedReason & {
      readonly code: 'login_failed';
      readonly unauthorized?: boolean | undefined;
      readonly unanswered?: boolean | undefined;
    })
  | (WordedReason & { readonly code: 'fetch_failed' })
  | (WordedReason & { readonly code: 'invalid_response' })
  | { readonly code: 'list_moved' }
  /** Page `page` has `users` users, although the server says that the list ends before it. */
  | { readonly code: 'list_longer'; readonly page: number; readonly users: number }
  /** `listed`: users on the list, each inactive there, of an unclear status, or without a usable email. Runs of older versions have no such number. */
  | { readonly code: 'list_empty'; readonly active: number; readonly listed?: number | undefined }
  /** `unnamed`: the `SYNC_TARGETS` of the process that was to read the list does not name the target. */
  | { readonly code: 'location_missing'; readonly unnamed?: boolean | undefined }
  | (WordedReason & { readonly code: 'location_url' })
  /** `statement`: the ALTER that mends it. Runs of older versions have none. */
  | { readonly code: 'index_in_the_way'; readonly index: string; readonly statement?: string | undefined }
  | { readonly code: 'index_missing'; readonly statement?: string | undefined }
  /** Tables that could not roll back their part of a sync. */
  | { readonly code: 'not_transactional'; readonly tables: readonly EngineOfTable[] }
  | { readonly code: 'users_unfit'; readonly columns: readonly UnfitColumn[] }
  /** After the writes, `total` users differed from the plan. `triggers`: the triggers on `users` that the account can see. */
  | {
      readonly code: 'not_as_written';
      readonly total: number;
      readonly emails: readonly string[];
      readonly triggers: readonly string[];
    }
  /** `words`: the server's message, without the statement. `number`: its error number. `triggers`: as above, if one may be the cause. */
  | {
      readonly code: 'database_refused';
      readonly refusal: DatabaseRefusal;
      readonly number: string;
      readonly words: string;
      readonly triggers?: readonly string[] | undefined;
    }
  /** `right`: for example UPDATE. `column`: set only if the right on a single column is missing. */
  | {
      readonly code: 'privilege_missing';
      readonly right: string;
      readonly table: string;
      readonly column?: string | undefined;
    }
  /** Triggers of the audit log that are missing or altered: its rows could be changed unnoticed. */
  | { readonly code: 'audit_unguarded'; readonly triggers: readonly string[] }
  | { readonly code: 'stale'; readonly total: number; readonly emails: readonly string[] }
  | { readonly code: 'plan_altered' }
  /** Another version made the plan: the hash does not cover everything that would be executed, or the rules are unknown here. */
  | { readonly code: 'planned_earlier' }
  | { readonly code: 'protected_since'; readonly total: number; readonly emails: readonly string[] }
  /** The guard passed the plan before, or stopped it for a lesser reason, and stops it at the execution. */
  | ({ readonly code: 'guard_tripped' } & GuardFacts)
  /** `people` people asked, approved and confirmed; `needed` are required. */
  | { readonly code: 'second_person_needed'; readonly people: number; readonly needed: number }
  /**
   * A freeze began, or the rules were paused, between Confirm and the execution; or a rule confirmed the plan, which was over an hour
   * old at the execution (`late`), or was changed or removed since (`rule`). Nothing is wrong with the plan or its rule.
   */
  | { readonly code: 'held_back'; readonly by: HeldBackBy }
  /** `otherServer`: the location is the same, but `online_url` is another address than the one whose list was read. */
  | { readonly code: 'location_changed'; readonly otherServer?: boolean | undefined }
  | { readonly code: 'channel_unreachable'; readonly reason: string }
  | { readonly code: 'database_lost' }
  | { readonly code: 'interrupted'; readonly attempts: number }
  | { readonly code: 'unexpected' };

type Coded = { readonly code: string };

/** The members of a union by their codes. */
type ByCode<Of extends Coded> = { readonly [Each in Of as Each['code']]: Each };

/** A function for each code of a union. The compiler asks for every one. */
export type Cases<Of extends Coded, Result> = {
  readonly [Code in keyof ByCode<Of>]: (of: ByCode<Of>[Code]) => Result;
};

/** Calls the function for the code of `of`. */
export function inCase<Of extends Coded, Result, Code extends keyof ByCode<Of> = keyof ByCode<Of>>(
  of: ByCode<Of>[Code] & { readonly code: Code },
  cases: Cases<Of, Result>,
): Result {
  const { code }: { readonly code: Code } = of;
  return cases[code](of);
}

/** An error that ends a run with a failure that an admin can act on. Each failure has its own subclass. */
export abstract class RunError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.failure = failure;
  }
}

/**
 * The message of an error; anything else as text. A connection that failed at each address of a name has no message but theirs.
 */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
