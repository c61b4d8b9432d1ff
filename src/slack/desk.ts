import type { Cancel } from '../sync/cancel.ts';
import type { Execution } from '../sync/execute.ts';
import type { Audit, Logger, Plans, Runs } from '../sync/ports.ts';
import type { Preview } from '../sync/preview.ts';
import type { Retry } from '../sync/retry.ts';
import type { Rollback } from '../sync/rollback.ts';
import type { Announcer } from './announcer.ts';
import type { Authorize } from './authorize.ts';
import type { SlackClient } from './client.ts';
import type { Delivery } from './delivery.ts';
import type { Showing } from './show-run.ts';

/** What the listeners work with; each takes only what it uses. */
export type Desk = {
  readonly client: SlackClient;
  readonly authorize: Authorize;
  readonly announcer: Announcer;
  readonly delivery: Delivery;
  readonly showing: Showing;
  readonly preview: Preview;
  readonly execution: Execution;
  readonly cancel: Cancel;
  readonly retry: Retry;
  readonly rollback: Rollback;
  readonly runs: Runs;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly logger: Logger;
  /** Names that `/usersync` accepts. */
  readonly targets: readonly string[];
  /** Does work in the background; false where the bot is stopping and takes none. */
  readonly start: (work: (stop: AbortSignal) => Promise<void>) => boolean;
};
