/** A location that can be named after `/usersync`. */
export type Target = {
  /** As typed after `/usersync`. */
  readonly name: string;
  readonly locationId: number;
  readonly locationName: string;
  /** `locations.online_url`, unchecked: the user source checks it. */
  readonly baseUrl: string;
};

export type SkipReason = 'no_email' | 'bad_email' | 'bad_status';

/** One row of a depot server's list. `email` is trimmed and in lower case; undefined if it is unusable. */
export type SourceRow = {
  readonly id: number;
  readonly email: string | undefined;
  /** False: the user is inactive at the source, which counts as absent. */
  readonly active: boolean;
  readonly skip: SkipReason | undefined;
  /** The text in the place of the email, cut to 255 characters. Only for skipped rows. */
  readonly rawEmail: string | undefined;
  /** Other spellings under which `users` may have the person of this row; undefined if there are none besides `email`. */
  readonly spellings: readonly string[] | undefined;
};

export type SourcePage = { readonly page: number; readonly rows: readonly SourceRow[] };

/** A list that was read to its end. `total` is undefined if the server sends none. */
export type SourceList = { readonly rows: number; readonly total: number | undefined };

/** The users that a list contains more than once: their number, and the first of them. */
export type Repeats = {
  readonly total: number;
  readonly users: readonly { readonly id: number; readonly email: string | null }[];
};

export type ListOrder = 'asc' | 'desc';

/**
 * What the page after the last one proves about the end of the list. `thin`: the page is empty, but no count of the server
 * confirms the end. `repeats`: the page repeats users of the list. `unknown`: the server answers with an error.
 */
export type ListEnd = 'proven' | 'thin' | 'repeats' | 'unknown';

/** A logged-in reader of one depot server. */
export type SourceSession = {
  /** Requests the first pages of this order in advance, if the source can. The next read in this order uses them. Never throws. */
  expect?(order: ListOrder): void;
  /**
   * Reads every page, in any sequence, a few at a time. Resolves when all pages were handed to `onPage`. Throws `ListMovedError`
   * if the pages contradict each other, and other `RunError`s if a page cannot be read.
   */
  read(
    order: ListOrder,
    onPage: (page: SourcePage, total: number | undefined) => Promise<void>,
  ): Promise<SourceList>;
  /**
   * Requests the page after the last one of the newest read in this order: one request. Throws `ListLongerError` if the page has
   * further users, `ListMovedError` if the list now has another length, and other `RunError`s.
   */
  proveEnd(order: ListOrder): Promise<ListEnd>;
};

export type UserSource = {
  /**
   * Logs in, or goes on with what `prepare` has begun. The session ends when the signal aborts. Throws a `RunError` of failure
   * `login_failed` or `location_url`.
   */
  open(target: Target, signal: AbortSignal): Promise<SourceSession>;
  /**
   * Requests the first pages, for a run that is being opened and that a person waits for. Never logs in, for the run may be
   * refused, and does nothing while this process has a session with that server: a second run is refused while the list is read.
   * The next `open` of the target goes on with the pages; after 5 s they are cancelled. Returns a function that cancels them at
   * once, unless another request for the target still waits for them. Never throws.
   */
  prepare?(target: Target): () => void;
};

export type Locations = {
  /** Whether `SYNC_TARGETS` names the target. */
  names(targetName: string): boolean;
  /** The target's location; undefined unless `SYNC_TARGETS` names the target and exactly one row of `locations` has its code. */
  find(targetName: string): Promise<Target | undefined>;
  /** Finds many targets at once, by name. A target that `find` would not find has no entry. */
  findAll(targetNames: readonly string[]): Promise<ReadonlyMap<string, Target>>;
};
