import type { ProxyTrouble } from './depot-reason.ts';
import { inEnglish } from './depot-reason-words.ts';
import {
  type DatabaseRefusal,
  type EngineOfTable,
  type Failure,
  type LostReason,
  lostReason,
  RunError,
  type UnfitColumn,
} from './failure.ts';

/** The list changed while it was read, so the read is not proven complete. Not a network error. */
export class ListMovedError extends RunError {
  constructor(detail: string, failure: Failure = { code: 'list_moved' }) {
    super(failure, `The user list changed while it was read: ${detail}`);
  }
}

/**
 * The page after the last one has users. A user may just have been added, so the list is read again. If every read ends like
 * this, the server reports too few users, or one of its pages is half empty.
 */
export class ListLongerError extends ListMovedError {
  constructor(page: number, users: number) {
    super(`page ${page} comes after the last one, yet it has users: ${users}`, {
      code: 'list_longer',
      page,
      users,
    });
  }
}

/** The server lists no usable user although the location has active users. Different from a list without changes. */
export class ListEmptyError extends RunError {
  constructor(active: number, listed: number) {
    super(
      { code: 'list_empty', active, listed },
      `The server lists ${listed} users, none of them usable, while ${active} are active`,
    );
  }
}

/** A unique index of `users` allows an email only once across all locations. */
export class IndexInTheWayError extends RunError {
  constructor(index: string, statement?: string) {
    super(
      { code: 'index_in_the_way', index, statement },
      `The unique index ${index} on users(email) is in the way`,
    );
  }
}

/** `locations` no longer has a row for the target, or the `SYNC_TARGETS` of this process does not name it (`unnamed`). */
export class LocationMissingError extends RunError {
  constructor(target: string, unnamed: boolean) {
    const failure = { code: 'location_missing', ...(unnamed && { unnamed }) } as const;
    super(
      failure,
      `${unnamed ? 'SYNC_TARGETS does not name' : 'There is no location for'} the target ${target}`,
    );
  }
}

/** A run was taken over too often: its work would probably end the next process too. */
export class InterruptedError extends RunError {
  constructor(attempts: number) {
    super({ code: 'interrupted', attempts }, `Interrupted ${attempts} times`);
  }
}

/** `users` has no unique index over (email, location_id), so the database would let an email be added twice. */
export class IndexMissingError extends RunError {
  constructor(statement?: string) {
    super({ code: 'index_missing', statement }, 'users has no unique index over (email, location_id)');
  }
}

/** A table that a sync writes to does not use InnoDB, so a failed sync could not be rolled back there. */
export class NotTransactionalError extends RunError {
  constructor(tables: readonly EngineOfTable[]) {
    super(
      { code: 'not_transactional', tables },
      `Not kept by InnoDB: ${tables.map(({ table, engine }) => `${table} (${engine})`).join(', ')}`,
    );
  }
}

/** The columns of `users` cannot store the values of the plan. Nothing was written. */
export class UsersUnfitError extends RunError {
  constructor(
    columns: readonly UnfitColumn[],
    message = `Columns of users: ${columns.map(unfit).join(', ')}`,
  ) {
    super({ code: 'users_unfit', columns }, message);
  }
}

const unfit = ({ column, problem }: UnfitColumn) => `${column} ${problem}`;

/** After the writes, users differed from the plan, mostly because of a trigger on `users`. The transaction was rolled back. */
export class NotAsWrittenError extends RunError {
  constructor(total: number, emails: readonly string[], triggers: readonly string[]) {
    super(
      { code: 'not_as_written', total, emails, triggers },
      `${total} users of the plan stood otherwise than written; triggers: ${triggers.join(', ') || 'none seen'}`,
    );
  }
}

/** The database server refused a statement. `words` is the server's message. The statement's transaction was rolled back. */
export class DatabaseRefusedError extends RunError {
  readonly refusal: DatabaseRefusal;
  readonly number: string;
  readonly words: string;
  readonly why: LostReason | undefined;
  constructor(
    refusal: DatabaseRefusal,
    number: string,
    words: string,
    options: ErrorOptions,
    failure: Failure = { code: 'database_refused', refusal, number, words },
  ) {
    super(failure, `The database refused: ${words} (${number})`, options);
    this.refusal = refusal;
    this.number = number;
    this.words = words;
    this.why = lostReason(refusal);
  }
}

/** The bot's database account lacks a right on a table or column (1142, 1143). Nothing was changed. */
export class PrivilegeMissingError extends DatabaseRefusedError {
  readonly table: string;
  constructor(
    number: string,
    words: string,
    missing: { readonly right: string; readonly table: string; readonly column: string | undefined },
    options: ErrorOptions,
  ) {
    super('privilege', number, words, options, { code: 'privilege_missing', ...missing });
    this.table = missing.table;
  }
}

/** The audit log's triggers are missing or altered, so its rows could be changed or deleted. Nothing is executed. */
export class AuditUnguardedError extends RunError {
  constructor(triggers: readonly string[]) {
    super({ code: 'audit_unguarded', triggers }, `The audit log lacks its triggers: ${triggers.join(', ')}`);
  }
}

type Loss = { readonly cause: unknown; readonly committing?: boolean; readonly why?: LostReason | undefined };

/**
 * The database did not answer, or the connection broke. The open transaction is rolled back. If the connection broke during the
 * commit (`committing`), only the database knows whether the commit took effect.
 */
export class DatabaseLostError extends RunError {
  readonly committing: boolean;
  /** The server's reason; undefined if the server was not reached, or gave no reason of this list. */
  readonly why: LostReason | undefined;
  constructor({ cause, committing = false, why }: Loss) {
    super({ code: 'database_lost' }, `The database cannot be reached${why === undefined ? '' : `: ${why}`}`, {
      cause,
    });
    this.committing = committing;
    this.why = why;
  }
}

export type DatabaseTrouble = DatabaseLostError | DatabaseRefusedError;
/** Whether the database failed or refused a statement. */
export function isDatabaseTrouble(error: unknown): error is DatabaseTrouble {
  return error instanceof DatabaseLostError || error instanceof DatabaseRefusedError;
}

/** Somebody cancelled the run, or another process took it over and continues the work. Not a failure of the run. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor(runId: number) {
    super(`Run ${runId} was cancelled, or taken over by another process`);
  }
}

/**
 * The forward proxy does not open a connection. The message names the proxy without its credentials. `code` is `ERR_PROXY_REFUSED`
 * where the proxy would refuse the same request again, else `ERR_PROXY_UNREACHABLE`.
 */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: 'ERR_PROXY_REFUSED' | 'ERR_PROXY_UNREACHABLE';
  readonly why: ProxyTrouble;
  constructor(why: ProxyTrouble) {
    super(inEnglish(why));
    const isFinal = why.code === 'proxy_refused' && why.status < 500;
    this.code = isFinal ? 'ERR_PROXY_REFUSED' : 'ERR_PROXY_UNREACHABLE';
    this.why = why;
  }
}
