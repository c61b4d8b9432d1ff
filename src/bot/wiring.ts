import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { nextDueAfter } from '../config/cron.ts';
import { createAudit } from '../database/audit/audit.ts';
import { connectionLimit, openDatabase, requireWritable } from '../database/client.ts';
import { createOutbox } from '../database/outbox.ts';
import { createPlans } from '../database/plan/plans.ts';
import { createStaging } from '../database/plan/staging.ts';
import { createPresence } from '../database/presence/presence.ts';
import { createLocations } from '../database/reports/locations.ts';
import { createHomeViewers, createReminders } from '../database/reports/marks.ts';
import { createOverview } from '../database/reports/overview.ts';
import { createRetention } from '../database/reports/retention.ts';
import { createBatches } from '../database/runs/batches.ts';
import { createRuns } from '../database/runs/runs.ts';
import { createDepotSource } from '../depot-api/client.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { Metrics } from '../monitoring/metrics/metrics.ts';
import { asNoRequest, boltLogger } from '../process/logger.ts';
import { createSlackClient, type SlackClient } from '../slack/connect/client.ts';
import { createMembers } from '../slack/connect/members.ts';
import type { SlackIdentity } from '../slack/connect/token-facts.ts';
import { createGate } from '../slack/listeners/authorize.ts';
import { createHomes, type Homes } from '../slack/listeners/home.ts';
import type { Services } from '../slack/listeners/services.ts';
import { createAnnouncer, EDIT_TIMEOUT_MS } from '../slack/tell/announcer.ts';
import { createDelivery } from '../slack/tell/delivery.ts';
import { textsFor } from '../slack/text/language.ts';
import { createLinks } from '../slack/views/inline.ts';
import { createAdjust } from '../sync/adjust.ts';
import type { ObserveStep } from '../sync/audit.ts';
import { createBatchRequest } from '../sync/batch.ts';
import { createCancel } from '../sync/cancel.ts';
import { createExecution } from '../sync/execute.ts';
import { createPreview } from '../sync/preview.ts';
import { createQueue } from '../sync/queue.ts';
import { createRetry } from '../sync/retry.ts';
import { createRollback } from '../sync/rollback.ts';
import { createRules } from '../sync/rules.ts';
import { afterWork } from './after-work.ts';
import { capacityOf, createJobs, type Jobs } from './jobs.ts';

type Parts = {
  readonly config: Config;
  readonly logger: Logger;
  readonly stores: Stores;
  readonly metrics: Metrics;
  readonly client: SlackClient;
  readonly identity: SlackIdentity;
  readonly shared: SharedRates | undefined;
};

/** The bot in its parts. */
export type Wired = { readonly services: Services; readonly homes: Homes; readonly jobs: Jobs };

/** Puts the core, the depot servers, the stores and Slack together, by hand. */
export function wire(parts: Parts): Wired {
  const { config, logger, stores, metrics, client, identity } = parts;
  const { slack, sync, schedule, language } = config;
  const { runs, plans, batches } = stores;
  const linkOf = createLinks(identity.teamUrl);
  const targets = [...config.targets.keys()];
  const showing = {
    t: textsFor(undefined, language),
    plans,
    guardLimits: sync.guard,
    approvals: sync.approvals,
    approvalsOf: runs.approvals,
    frozenUntil: sync.frozenUntil,
    linkOf,
    quietLine: schedule?.quietLine ?? true,
  };
  const slackOptions = { ...slack, logger: boltLogger(logger), report: metrics.slackCall };
  const editClient = createSlackClient({ ...slackOptions, timeoutMs: EDIT_TIMEOUT_MS });
  const announcer = createAnnouncer({ client, editClient, runs, logger, showing });
  // What the outbox tells, another process tells as soon as it takes this one for dead.
  const telling = { ...slackOptions, doubt: stores.presence.liveness.doubt };
  const { kick, settle } = createDelivery({
    ...stores,
    client: createSlackClient(telling),
    editClient: createSlackClient({ ...telling, timeoutMs: EDIT_TIMEOUT_MS }),
    progress: announcer,
    showing,
    logger,
    reportRefused: metrics.noticeRefused,
  });
  // What is delivered then may be of any request.
  const delivery = { kick: () => asNoRequest(kick), settle: () => asNoRequest(settle) };
  const report = metrics.depotRequest;
  const source = createDepotSource({ ...config.depot, logger, report, shared: parts.shared });
  const rulesFor = createRules(stores.locations, sync);
  const memberOf = createMembers(client);
  const gate = createGate({
    ...slack,
    client,
    memberOf,
    audit: stores.audit,
    logger,
    teamId: identity.teamId,
  });
  const { frozenUntil } = sync;
  const core = { ...stores, progress: announcer, logger, rulesFor, isAdmin: gate.isAdmin, frozenUntil };
  const preview = createPreview({ ...core, source, settings: sync });
  const execution = createExecution(core);
  const jobs = createJobs(logger, capacityOf(stores.connections), () =>
    afterWork({ queue, delivery, homes, retention: stores.retention }),
  );
  const queue = createQueue({ ...core, preview, execution, workers: jobs });

  const services: Services = {
    client,
    logger,
    people: {
      ...gate,
      textsOf: async (userId) => {
        const member = await memberOf(userId).catch(() => undefined);
        return textsFor(member?.locale, language);
      },
    },
    useCases: {
      preview,
      execution,
      cancel: createCancel(core),
      retry: createRetry({ ...core, preview }),
      rollback: createRollback({ ...core, preview, targets }),
      adjust: createAdjust(core),
      requestBatch: createBatchRequest({ batches, preview }),
    },
    records: stores,
    telling: { announcer, delivery, showing, linkOf },
    settings: {
      targets,
      protectedEmails: sync.protectedEmails,
      homeChannelId: schedule?.channelId ?? slack.channelIds[0],
      schedulePlan: () => {
        if (schedule === undefined) return undefined;
        return { ...schedule, next: nextDueAfter(schedule.cron, schedule.timezone)(new Date()) };
      },
    },
    queue,
  };
  const homes = createHomes(services);
  return { services, homes, jobs };
}

/**
 * Everything that is kept in the database, as one process sees it: `owner` is the name in which it takes leases,
 * `observe` is told of each step that it commits.
 */
export function openStores(
  { databaseUrl, targets, sync }: Config,
  {
    owner,
    observe,
    logger,
  }: { readonly owner: string; readonly observe: ObserveStep; readonly logger: Logger },
) {
  const db = openDatabase(databaseUrl, observe);
  return {
    runs: createRuns(db, owner),
    plans: createPlans(db, sync.newUserDefaults),
    staging: createStaging(db),
    audit: createAudit(db),
    outbox: createOutbox(db, owner),
    batches: createBatches(db),
    locations: createLocations(db, targets),
    overview: createOverview(db, targets),
    viewers: createHomeViewers(db),
    reminders: createReminders(db),
    retention: createRetention(db),
    presence: createPresence({ db, databaseUrl, owner, logger }),
    /** How many connections the pool has. */
    connections: connectionLimit(databaseUrl),
    /** Throws where the database cannot be reached, and `ReadOnlyError` where it takes no writes. */
    ping: () => requireWritable(db),
    close: () => db.$disconnect(),
  };
}

export type Stores = ReturnType<typeof openStores>;
