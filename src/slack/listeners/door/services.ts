import type { Overview } from '../../../sync/ports/overview.ts';
import type { Plans } from '../../../sync/ports/plans.ts';
import type { HomeViewers, Logger, Presence } from '../../../sync/ports/ports.ts';
import type { Runs } from '../../../sync/ports/runs.ts';
import type { Locations } from '../../../sync/ports/source.ts';
import type { Audit, Outbox } from '../../../sync/ports/steps.ts';
import type { Queue } from '../../../sync/run/queue.ts';
import type { Adjust, Cancel, Retry } from '../../../sync/use-cases/adjust-cancel-retry.ts';
import type { ConfirmBatch, RequestBatch, ResumeBatch } from '../../../sync/use-cases/batch.ts';
import type { Execution } from '../../../sync/use-cases/execute.ts';
import type { Pauses, Switch } from '../../../sync/use-cases/pause.ts';
import type { Preview } from '../../../sync/use-cases/preview.ts';
import type { Rollback } from '../../../sync/use-cases/rollback.ts';
import type { SlackClient } from '../../connect/client.ts';
import type { Network } from '../../connect/network.ts';
import type { Announcer } from '../../tell/announcer.ts';
import type { Delivery } from '../../tell/delivery.ts';
import type { Showing } from '../../tell/show-run.ts';
import type { Timetable } from '../../views/answers/automation.ts';
import type { SettingsFacts } from '../../views/answers/config-message.ts';
import type { LinkOf } from '../../views/inline.ts';
import type { People } from './gate.ts';

export type UseCases = {
  readonly preview: Preview;
  readonly execution: Execution;
  readonly cancel: Cancel;
  readonly retry: Retry;
  readonly adjust: Adjust;
  readonly rollback: Rollback;
  readonly requestBatch: RequestBatch;
  readonly resumeBatch: ResumeBatch;
  readonly switch: Switch;
  readonly confirmBatch: ConfirmBatch;
};

/** The database's records that listeners read. */
type Records = {
  readonly runs: Runs;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly overview: Overview;
  readonly outbox: Outbox;
  readonly pauses: Pauses;
  readonly locations: Locations;
  readonly viewers: HomeViewers;
  readonly presence: Pick<Presence, 'differences'>;
};

type Telling = {
  readonly announcer: Announcer;
  readonly delivery: Delivery;
  readonly showing: Showing;
  readonly linkOf: LinkOf;
};

type Settings = {
  /** The slash command, with its slash (`SLACK_COMMAND`). */
  readonly command: string;
  /** Target names that the command accepts. */
  readonly targets: readonly string[];
  /** One of these names for each location. */
  readonly distinctTargets: readonly string[];
  readonly protectedEmails: readonly string[];
  /** The schedule of previews, and when the next are due by the database's clock; undefined where there is none. */
  readonly timetable: () => Promise<Timetable | undefined>;
  /** The channel for previews that are started on the Home tab. */
  readonly homeChannelId: string | undefined;
  /** The host of `locations.online_url`; undefined for an address that no sync can use. */
  readonly hostOf: (onlineUrl: string) => string | undefined;
  readonly facts: SettingsFacts;
};

/** Everything that listeners need. Each listener takes only the parts that it uses. */
export type Services = {
  readonly client: SlackClient;
  readonly network: Network;
  readonly logger: Logger;
  readonly people: People;
  readonly useCases: UseCases;
  readonly records: Records;
  readonly telling: Telling;
  readonly settings: Settings;
  readonly queue: Queue;
};
