import type { Adjust } from '../../sync/adjust.ts';
import type { Audit } from '../../sync/audit.ts';
import type { RequestBatch } from '../../sync/batch.ts';
import type { Cancel } from '../../sync/cancel.ts';
import type { Execution } from '../../sync/execute.ts';
import type { Outbox } from '../../sync/outbox.ts';
import type { Overview } from '../../sync/overview.ts';
import type { Plans } from '../../sync/plans.ts';
import type { HomeViewers, Logger } from '../../sync/ports.ts';
import type { Preview } from '../../sync/preview.ts';
import type { Retry } from '../../sync/retry.ts';
import type { Rollback } from '../../sync/rollback.ts';
import type { Runs } from '../../sync/runs.ts';
import type { Turns } from '../../sync/turns.ts';
import type { SlackClient } from '../connect/client.ts';
import type { Announcer } from '../tell/announcer.ts';
import type { Delivery } from '../tell/delivery.ts';
import type { Showing } from '../tell/show-run.ts';
import type { Texts } from '../text/en.ts';
import type { LinkOf } from '../views/inline.ts';
import type { SchedulePlan } from '../views/schedule.ts';
import type { Authorize } from './authorize.ts';

/** What the listeners work with; each takes only what it uses. */
export type Desk = {
  readonly client: SlackClient;
  readonly authorize: Authorize;
  readonly isAdmin: (userId: string) => Promise<boolean>;
  /** The texts in the language of a reader. Never throws. */
  readonly textsOf: (userId: string) => Promise<Texts>;
  readonly announcer: Announcer;
  readonly delivery: Delivery;
  readonly showing: Showing;
  readonly preview: Preview;
  readonly execution: Execution;
  readonly cancel: Cancel;
  readonly retry: Retry;
  readonly adjust: Adjust;
  readonly requestBatch: RequestBatch;
  readonly rollback: Rollback;
  readonly runs: Runs;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly overview: Overview;
  readonly outbox: Outbox;
  readonly viewers: HomeViewers;
  readonly logger: Logger;
  /** Names that `/usersync` accepts. */
  readonly targets: readonly string[];
  /** `PROTECTED_EMAILS`. */
  readonly protectedEmails: readonly string[];
  readonly linkOf: LinkOf;
  /** When previews come by themselves; undefined where they do not. */
  readonly schedulePlan: () => SchedulePlan | undefined;
  /** Where previews that are asked for in the Home tab appear. */
  readonly homeChannelId: string | undefined;
  /** When the work on each run begins. */
  readonly turns: Turns;
};
