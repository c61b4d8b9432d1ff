import type { DepotUser } from '../../sandbox/depot/users.ts';
import type { ListEdit, Status, UserEdit } from './edits.ts';
import type { Fault } from './fault.ts';

/** Everything that one run of the suite does, decided beforehand: it depends on the seed and on nothing else. */
export type Schedule = {
  readonly seed: number;
  readonly replicas: number;
  /** How often the bots look for work: as in production, or so often that nobody waits for that. */
  readonly pace: 'production' | 'hurried';
  readonly places: readonly Place[];
  /**
   * The application's `users`: as the bot knows it; with soft deletes and a status more; or with a trigger that keeps every
   * status as it is.
   */
  readonly table: 'plain' | 'soft deletes' | 'kept statuses';
  readonly settings: {
    /** Rows per page. */
    readonly pageSize: number;
    readonly guard: { readonly count: number; readonly percent: number };
    readonly protectedEmails: readonly string[];
    readonly twoPersonTargets: readonly string[];
    /** Whether a freeze holds all the time. */
    readonly frozen: boolean;
    readonly breakGlass: boolean;
    /** On how many days a user must be absent before a plan deactivates them; 0: at once. */
    readonly absenceDays: number;
    /** The target of which a preview comes by itself at the start, and what a rule applies of it. */
    readonly scheduled: { readonly target: string; readonly rule: Rule | undefined } | undefined;
  };
  readonly moves: readonly Move[];
};

/** `SYNC_AUTO`: a plan of these changes, and of at most so many, is applied without a person. */
export type Rule = {
  readonly actions: readonly ('add' | 'reactivate' | 'deactivate')[];
  readonly most: number;
};

export type PlaceUser = { readonly email: string; readonly status: Status; readonly deleted: boolean };

/** A location: what `users` holds there, and what its depot server lists. */
export type Place = {
  readonly id: number;
  readonly target: string;
  readonly name: string;
  readonly users: readonly PlaceUser[];
  readonly list: readonly DepotUser[];
};

/** What happens at once. Then everything comes to rest, and what is there is held against the model. */
export type Move = {
  /** Done before, one after the other, while nothing else happens. */
  readonly before: readonly Preparation[];
  /** Done side by side. */
  readonly inputs: readonly Input[];
  readonly faults: readonly Fault[];
};

/** `place` is a position in `Schedule.places`; a `pick` is a fraction that chooses among what is there by then. */
export type Preparation =
  /** The Laravel application changes a user. */
  | { readonly kind: 'edit'; readonly place: number; readonly edit: UserEdit }
  /** Someone comes to or leaves the depot server. */
  | { readonly kind: 'list'; readonly place: number; readonly edit: ListEdit }
  /** The time of the previews there is over. */
  | { readonly kind: 'expire'; readonly place: number }
  /** What was counted there so far was counted a day earlier. */
  | { readonly kind: 'a day later'; readonly place: number };

export type Person = 'ayu' | 'budi';

export type Button = 'confirm' | 'confirm alone' | 'cancel' | 'retry' | 'roll back';

/** What a person does. `replica` is the bot that Slack happens to deliver it to. */
export type Input = {
  readonly place: number;
  readonly person: Person;
  readonly replica: number;
  /** The bots that get the same signed bytes once more. */
  readonly replays: readonly number[];
  readonly act:
    | { readonly kind: 'preview' }
    | { readonly kind: 'roll back by command' }
    /** `run` is the newest run there for which the button is meant, or the one before it (an old screen). */
    | { readonly kind: 'press'; readonly button: Button; readonly run: 'newest' | 'older' };
};
