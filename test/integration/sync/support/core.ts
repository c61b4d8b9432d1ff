import { createLocations } from '../../../../src/database/reports/targets.ts';
import { isDirect } from '../../../../src/slack/ids.ts';
import { createAutomation } from '../../../../src/sync/automation/automatic.ts';
import { type Logger, NOT_ASKED, type Progress } from '../../../../src/sync/ports/ports.ts';
import type { Locations, Target, UserSource } from '../../../../src/sync/ports/source.ts';
import { type AutoRule, createRules, type GuardLimits } from '../../../../src/sync/rules/rules.ts';
import { createQueue, type Queue, type Workers } from '../../../../src/sync/run/queue.ts';
import { createExecution, type Execution } from '../../../../src/sync/use-cases/execute.ts';
import { createPreview, type Preview } from '../../../../src/sync/use-cases/preview.ts';
import type { BotProcess } from '../../database/support/testbed.ts';

/** Progress that writes down what it was told. */
export function recordProgress(): Progress & { readonly calls: readonly string[] } {
  const calls: string[] = [];
  return {
    calls,
    reading: (_, users, total) => {
      if (users !== undefined) calls.push(`reading ${users} of ${total}`);
    },
    settle: async () => {
      calls.push('settle');
    },
    executing: async () => {
      calls.push('executing');
    },
    waiting: async (_, ahead) => {
      calls.push(`waiting behind ${ahead}`);
    },
    databaseLost: async () => {
      calls.push('databaseLost');
    },
    done: () => {},
  };
}

/** A logger that keeps its messages, with their level. */
export function recordLog(): Logger & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const at = (level: string) => (_: object, message: string) => {
    lines.push(`${level}: ${message}`);
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export type Core = {
  readonly locations: Locations;
  /** Names of targets. */
  readonly targets: readonly string[];
  readonly preview: Preview;
  readonly execution: Execution;
  readonly queue: Queue;
  /** Waits until what was started has ended. */
  readonly idle: () => Promise<void>;
  readonly automation: ReturnType<typeof createAutomation>;
  readonly progress: ReturnType<typeof recordProgress>;
  readonly logger: ReturnType<typeof recordLog>;
};

export type CoreOptions = {
  readonly nextDue?: (now: Date) => Date | undefined;
  readonly targets?: readonly Target[];
  readonly source?: UserSource;
  readonly protectedEmails?: readonly string[];
  /** How many people each target needs. */
  readonly approvals?: Readonly<Record<string, number>>;
  /** Ids of those who are no admins any more. */
  readonly gone?: readonly string[];
  /** Ids of those of whom Slack does not say whether they are admins. */
  readonly unknown?: readonly string[];
  readonly frozenUntil?: (now: Date) => Date | undefined;
  readonly guard?: GuardLimits;
  /** Rules of `SYNC_AUTO`, by target. */
  readonly autoRules?: Readonly<Record<string, AutoRule>>;
  readonly breakGlass?: boolean;
  /** Whether the process dies where it would begin to work: it holds the run, and nothing comes of it. */
  readonly dies?: boolean;
  /** Whether the process reads as many lists as it can. */
  readonly isFull?: boolean;
  /** Names of targets and the location code that each stands for, beside `targets`. */
  readonly codes?: Readonly<Record<string, string>>;
};

/** The use cases over the real database. */
export function createCore(bot: BotProcess, options: CoreOptions = {}): Core {
  const { targets = [], source = noSource, protectedEmails = [], approvals = {} } = options;
  const progress = recordProgress();
  const logger = recordLog();
  const codes = { ...Object.fromEntries(targets.map(({ name }) => [name, name])), ...options.codes };
  const locations = createLocations(bot.db, new Map(Object.entries(codes)));
  const { guard = { count: 5, percent: 20 } } = options;
  const rulesFor = createRules(locations, {
    guard,
    protectedEmails,
    approvals: new Map(Object.entries(approvals)),
  });
  const { gone = [], unknown = [] } = options;
  const isAdmin = async (id: string) => (unknown.includes(id) ? undefined : !gone.includes(id));
  const { frozenUntil, breakGlass = true, isFull = false } = options;
  const autoRules = new Map(Object.entries(options.autoRules ?? {}));
  const shared = {
    ...bot,
    locations,
    progress,
    logger,
    rulesFor,
    isAdmin,
    isDirect,
    frozenUntil,
    autoRules,
    breakGlass,
  };
  const preview = createPreview({
    ...shared,
    source,
    readersOf: NOT_ASKED,
    mayRead: () => !isFull,
    settings: { ttlMinutes: 30, nextDue: options.nextDue, autoRules },
  });
  const execution = createExecution(shared);
  const workers = atOnce(options.dies);
  const queue = createQueue({ ...shared, preview, execution, workers });
  return {
    locations,
    targets: Object.keys(codes),
    progress,
    logger,
    preview,
    execution,
    queue,
    idle: workers.idle,
    automation: createAutomation({ ...shared, execution, queue }),
  };
}

/** Workers that have always room. `idle` waits until all their work has ended. */
function atOnce(dies = false): Workers & { readonly idle: () => Promise<void> } {
  const underWay: Promise<void>[] = [];
  return {
    free: () => ({ reading: 10, executing: 10 }),
    start: (_, work) => {
      if (!dies) underWay.push(work(new AbortController().signal));
      return 'started';
    },
    idle: async () => {
      await Promise.all(underWay);
    },
  };
}

const noSource: UserSource = {
  open: async () => {
    throw new Error('Nobody should read here');
  },
};

/** For a schedule whose previews are all made. */
export const NOBODY_TOLD = {
  reminders: { claim: async () => 'first' as const, told: async () => {} },
  tell: async () => {
    throw new Error('All previews should be made');
  },
};
