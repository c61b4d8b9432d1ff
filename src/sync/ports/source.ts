/** A location that `/usersync` may be asked for. */
export type Target = {
  /** As typed after `/usersync`. */
  readonly name: string;
  readonly locationId: number;
  readonly locationName: string;
  /** `locations.online_url` as it stands there; the user source checks it. */
  readonly baseUrl: string;
};

export type SkipReason = 'no_email' | 'bad_email' | 'bad_status';

/** One row of a depot server's list. `email` is trimmed and lower-cased, undefined where it is unusable. */
export type SourceRow = {
  readonly id: number;
  readonly email: string | undefined;
  /** False where the user is inactive at the source, which counts as absent. */
  readonly active: boolean;
  readonly skip: SkipReason | undefined;
  /** The text in the place of the email, cut to 255 characters. Only for skipped rows. */
  readonly rawEmail: string | undefined;
  /** Further texts that may stand in `users` for the person of this row; undefined where `email` says it all. */
  readonly spellings: readonly string[] | undefined;
};

export type SourcePage = { readonly page: number; readonly rows: readonly SourceRow[] };

/** A list that was read to its end. `total` is undefined on servers that send none. */
export type SourceList = { readonly rows: number; readonly total: number | undefined };

/** Users whom a list names more than once: how many they are, and the first of them. */
export type Repeats = {
  readonly total: number;
  readonly users: readonly { readonly id: number; readonly email: string | null }[];
};

export type ListOrder = 'asc' | 'desc';

/**
 * What the page after the last one proves about the end of the list. `thin`: the page is empty, but no count of the server
 * confirms the end. `repeats`: it has users of the list again. `unknown`: the server answers with an error.
 */
export type ListEnd = 'proven' | 'thin' | 'repeats' | 'unknown';

/** A logged-in reader of one depot server. */
export type SourceSession = {
  /**
   * Asks for the first pages of this order in advance, if the source can do so. The next read in this order takes them. Never
   * throws.
   */
  expect?(order: ListOrder): void;
  /**
   * Reads every page, in any sequence, at most a few in flight; resolves once all were handed to `onPage`.
   * Throws `ListMovedError` where the pages contradict each other, and other `RunError`s where one cannot be had.
   */
  read(
    order: ListOrder,
    onPage: (page: SourcePage, total: number | undefined) => Promise<void>,
  ): Promise<SourceList>;
  /**
   * Asks for the page after the last one of the newest read in this order: one request. Throws `ListLongerError` where
   * further users stand on it, `ListMovedError` where the list has another length by now, and other `RunError`s.
   */
  proveEnd(order: ListOrder): Promise<ListEnd>;
};

export type UserSource = {
  /** Logs in. Throws a `RunError` of failure `login_failed` or `location_url`. */
  open(target: Target, signal: AbortSignal): Promise<SourceSession>;
};

export type Locations = {
  /** The target's location, or undefined where `locations` has no row with its code. */
  find(targetName: string): Promise<Target | undefined>;
};
