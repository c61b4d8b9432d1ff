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
  override readonly name: string = 'ListMovedError';
  readonly failure: Failure = { code: 'list_moved' };
  constructor(detail: string) {
    super(`The user list changed while it was read: ${detail}`);
  }
}

/**
 * There are users on the page after the last one. A user may just have been added, so the list is read again. If it happens
 * each time, the server's number of users is too low, or one of its pages is half empty.
 */
export class ListLongerError extends ListMovedError {
  override readonly name = 'ListLongerError';
  override readonly failure: Failure;
  constructor(page: number, users: number) {
    super(`page ${page} comes after the last one, yet it has users: ${users}`);
    this.failure = { code: 'list_longer', page, users };
  }
}

/** The server lists no usable user while the location has active ones. Not the same as "nothing changed". */
export class ListEmptyError extends RunError {
  override readonly name = 'ListEmptyError';
  readonly failure: Failure;
  constructor(active: number) {
    super(`The server lists no users while ${active} are active`);
    this.failure = { code: 'list_empty', active };
  }
}

/** The database holds a unique index that allows an email only once across locations. */
export class IndexInTheWayError extends RunError {
  override readonly name = 'IndexInTheWayError';
  readonly failure: Failure;
  constructor(index: string) {
    super(`The unique index ${index} on users(email) is in the way`);
    this.failure = { code: 'index_in_the_way', index };
  }
}

/** `locations` has no row for the target any more, or `SYNC_TARGETS` does not name it. */
export class LocationMissingError extends RunError {
  override readonly name = 'LocationMissingError';
  readonly failure: Failure = { code: 'location_missing' };
  constructor(target: string) {
    super(`There is no location for the target ${target}`);
  }
}

/** A run was taken over too often: whatever ends the processes that work on it would end the next one too. */
export class InterruptedError extends RunError {
  override readonly name = 'InterruptedError';
  readonly failure: Failure;
  constructor(attempts: number) {
    super(`Interrupted ${attempts} times`);
    this.failure = { code: 'interrupted', attempts };
  }
}

/** No unique index over (email, location_id): nothing would keep an email from being added twice. */
export class IndexMissingError extends RunError {
  override readonly name = 'IndexMissingError';
  readonly failure: Failure = { code: 'index_missing' };
  constructor() {
    super('users has no unique index over (email, location_id)');
  }
}

/** A table that a sync writes to is not kept by InnoDB: a sync that fails could not be undone there. */
export class NotTransactionalError extends RunError {
  override readonly name = 'NotTransactionalError';
  readonly failure: Failure;
  constructor(tables: readonly EngineOfTable[]) {
    super(`Not kept by InnoDB: ${tables.map(({ table, engine }) => `${table} (${engine})`).join(', ')}`);
    this.failure = { code: 'not_transactional', tables };
  }
}

/** The columns of `users` cannot take what the plan would write. Nothing was written. */
export class UsersUnfitError extends RunError {
  override readonly name = 'UsersUnfitError';
  readonly failure: Failure;
  constructor(columns: readonly UnfitColumn[]) {
    super(`Columns of users: ${columns.map(({ column, problem }) => `${column} ${problem}`).join(', ')}`);
    this.failure = { code: 'users_unfit', columns };
  }
}

/** Something in the database changed what was written, mostly a trigger of `users`. All of it was undone. */
export class NotAsWrittenError extends RunError {
  override readonly name = 'NotAsWrittenError';
  readonly failure: Failure;
  constructor(total: number, emails: readonly string[], triggers: readonly string[]) {
    super(
      `${total} users of the plan stood otherwise than written; triggers: ${triggers.join(', ') || 'none seen'}`,
    );
    this.failure = { code: 'not_as_written', total, emails, triggers };
  }
}

/** The database server refused a statement, in its own words. What belonged to it was rolled back. */
export class DatabaseRefusedError extends RunError {
  override readonly name: string = 'DatabaseRefusedError';
  readonly refusal: DatabaseRefusal;
  readonly words: string;
  readonly failure: Failure;
  constructor(refusal: DatabaseRefusal, number: string, words: string, options: ErrorOptions) {
    super(`The database refused: ${words} (${number})`, options);
    this.refusal = refusal;
    this.words = words;
    this.failure = { code: 'database_refused', refusal, number, words };
  }
}

/** The account of the bot may not do with a table what the bot does with it (1142, 1143). Nothing was changed. */
export class PrivilegeMissingError extends DatabaseRefusedError {
  override readonly name = 'PrivilegeMissingError';
  override readonly failure: Failure;
  constructor(
    number: string,
    words: string,
    missing: { readonly right: string; readonly table: string; readonly column: string | undefined },
    options: ErrorOptions,
  ) {
    super('privilege', number, words, options);
    this.failure = { code: 'privilege_missing', ...missing };
  }
}

/** The database would let rows of the audit log be changed or deleted. Nothing is executed then. */
export class AuditUnguardedError extends RunError {
  override readonly name = 'AuditUnguardedError';
  readonly failure: Failure;
  constructor(triggers: readonly string[]) {
    super(`The audit log lacks its triggers: ${triggers.join(', ')}`);
    this.failure = { code: 'audit_unguarded', triggers };
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
  override readonly name = 'DatabaseLostError';
  readonly failure: Failure = { code: 'database_lost' };
  readonly committing: boolean;
  /** Undefined where the server was not reached at all. */
  readonly why: LostReason | undefined;
  constructor({ cause, committing = false, why }: Loss) {
    super(`The database cannot be reached${why === undefined ? '' : `: ${why}`}`, { cause });
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
