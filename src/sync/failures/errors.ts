import {
  type DatabaseRefusal,
  type EngineOfTable,
  type Failure,
  type LostReason,
  RunError,
  type UnfitColumn,
} from './failure.ts';

/** The list changed during each read, so no read is provably whole. Not a network error. */
export class ListMovedError extends RunError {
  constructor(detail: string, failure: Failure = { code: 'list_moved' }) {
    super(failure, `The user list changed while it was read: ${detail}`);
  }
}

/**
 * There are users on the page after the last one. A user may just have been added, so the list is read again. If it happens
 * each time, the server's number of users is too low, or one of its pages is half empty.
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

/** The server lists no usable user while the location has active ones. Not the same as "nothing changed". */
export class ListEmptyError extends RunError {
  constructor(active: number) {
    super({ code: 'list_empty', active }, `The server lists no users while ${active} are active`);
  }
}

/** The database holds a unique index that allows an email only once across locations. */
export class IndexInTheWayError extends RunError {
  constructor(index: string) {
    super({ code: 'index_in_the_way', index }, `The unique index ${index} on users(email) is in the way`);
  }
}

/** `locations` has no row for the target any more, or `SYNC_TARGETS` does not name it. */
export class LocationMissingError extends RunError {
  constructor(target: string) {
    super({ code: 'location_missing' }, `There is no location for the target ${target}`);
  }
}

/** A run was taken over too often: whatever ends the processes that work on it would end the next one too. */
export class InterruptedError extends RunError {
  constructor(attempts: number) {
    super({ code: 'interrupted', attempts }, `Interrupted ${attempts} times`);
  }
}

/** No unique index over (email, location_id): nothing would keep an email from being added twice. */
export class IndexMissingError extends RunError {
  constructor() {
    super({ code: 'index_missing' }, 'users has no unique index over (email, location_id)');
  }
}

/** A table that a sync writes to is not kept by InnoDB: a sync that fails could not be undone there. */
export class NotTransactionalError extends RunError {
  constructor(tables: readonly EngineOfTable[]) {
    super(
      { code: 'not_transactional', tables },
      `Not kept by InnoDB: ${tables.map(({ table, engine }) => `${table} (${engine})`).join(', ')}`,
    );
  }
}

/** The columns of `users` cannot take what the plan would write. Nothing was written. */
export class UsersUnfitError extends RunError {
  constructor(columns: readonly UnfitColumn[]) {
    super(
      { code: 'users_unfit', columns },
      `Columns of users: ${columns.map(({ column, problem }) => `${column} ${problem}`).join(', ')}`,
    );
  }
}

/** Something in the database changed what was written, mostly a trigger of `users`. All of it was undone. */
export class NotAsWrittenError extends RunError {
  constructor(total: number, emails: readonly string[], triggers: readonly string[]) {
    super(
      { code: 'not_as_written', total, emails, triggers },
      `${total} users of the plan stood otherwise than written; triggers: ${triggers.join(', ') || 'none seen'}`,
    );
  }
}

/** The database server refused a statement, in its own words. What belonged to it was rolled back. */
export class DatabaseRefusedError extends RunError {
  readonly refusal: DatabaseRefusal;
  readonly words: string;
  constructor(
    refusal: DatabaseRefusal,
    number: string,
    words: string,
    options: ErrorOptions,
    failure: Failure = { code: 'database_refused', refusal, number, words },
  ) {
    super(failure, `The database refused: ${words} (${number})`, options);
    this.refusal = refusal;
    this.words = words;
  }
}

/** The account of the bot may not do with a table what the bot does with it (1142, 1143). Nothing was changed. */
export class PrivilegeMissingError extends DatabaseRefusedError {
  constructor(
    number: string,
    words: string,
    missing: { readonly right: string; readonly table: string; readonly column: string | undefined },
    options: ErrorOptions,
  ) {
    super('privilege', number, words, options, { code: 'privilege_missing', ...missing });
  }
}

/** The database would let rows of the audit log be changed or deleted. Nothing is executed then. */
export class AuditUnguardedError extends RunError {
  constructor(triggers: readonly string[]) {
    super({ code: 'audit_unguarded', triggers }, `The audit log lacks its triggers: ${triggers.join(', ')}`);
  }
}

type Loss = {
  readonly cause: unknown;
  readonly committing?: boolean;
  readonly why?: LostReason | undefined;
};

/**
 * The database did not answer, or the connection broke. The open transaction is rolled back. If the connection broke during
 * the commit (`committing`), only the database knows whether the commit was done.
 */
export class DatabaseLostError extends RunError {
  readonly committing: boolean;
  /** Undefined where the server was not reached at all. */
  readonly why: LostReason | undefined;
  constructor({ cause, committing = false, why }: Loss) {
    super({ code: 'database_lost' }, `The database cannot be reached${why === undefined ? '' : `: ${why}`}`, {
      cause,
    });
    this.committing = committing;
    this.why = why;
  }
}

/** Another process took this run over and carries on with it. Not a failure of the run. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor(runId: number) {
    super(`Run ${runId} was taken over by another process`);
  }
}
