import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { dueTimes } from '../config/schedules.ts';
import { createAudit } from '../database/audit/audit.ts';
import { createCalls, createHomeViewers, createPauses, createReminders } from '../database/automation.ts';
import { openDatabase, requireWritable } from '../database/client.ts';
import { createOutbox } from '../database/outbox.ts';
import { createPlans } from '../database/plan/plans.ts';
import { createStaging } from '../database/plan/staging.ts';
import { createPresence } from '../database/presence/presence.ts';
import { createDigestReports, createOverview } from '../database/reports/overview.ts';
import { createRetention } from '../database/reports/retention.ts';
import { createLocations, locationIn } from '../database/reports/targets.ts';
import { createBatches } from '../database/runs/request.ts';
import { createRuns } from '../database/runs/runs.ts';
import { connectionLimit } from '../database/session.ts';
import { createDepotSource } from '../depot-api/client.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { ReportRequest } from '../depot-api/http/transport.ts';
import { isDirect } from '../slack/ids.ts';
import type { UseCases } from '../slack/listeners/door/services.ts';
import type { Progress, ReadersOf, Tunnel } from '../sync/ports/ports.ts';
import type { ObserveStep } from '../sync/ports/steps.ts';
import type { RulesFor } from '../sync/rules/rules.ts';
import { createAdjust, createCancel, createRetry } from '../sync/use-cases/adjust-cancel-retry.ts';
import {
  createBatchConfirmation,
  createBatchRequest,
  createBatchResumption,
} from '../sync/use-cases/batch.ts';
import { createExecution } from '../sync/use-cases/execute.ts';
import { createSwitch } from '../sync/use-cases/pause.ts';
import { createPreview } from '../sync/use-cases/preview.ts';
import { createRollback } from '../sync/use-cases/rollback.ts';

/** Opens the database. `owner` names the process in its leases; `observe` is called with each step that it commits. */
export function openStores(
  { databaseUrl, targets, sync, marks }: Config,
  about: { readonly owner: string; readonly observe: ObserveStep; readonly logger: Logger },
) {
  const { owner, observe, logger } = about;
  const db = openDatabase(databaseUrl, observe);
  return {
    runs: createRuns(db, owner, [...targets.keys()]),
    plans: createPlans(db, {
      newUser: sync.newUserDefaults,
      absenceDays: sync.absenceDays,
      locationOf: locationIn(targets),
    }),
    staging: createStaging(db),
    pauses: createPauses(db),
    audit: createAudit(db),
    outbox: createOutbox(db, owner),
    calls: createCalls(db),
    digests: createDigestReports(db),
    batches: createBatches(db, owner, [...targets.keys()]),
    locations: createLocations(db, targets),
    overview: createOverview(db, targets),
    viewers: createHomeViewers(db),
    reminders: createReminders(db),
    retention: createRetention(db),
    presence: createPresence({ db, databaseUrl, owner, settings: marks, logger }),
    connections: connectionLimit(databaseUrl),
    /** Throws where the database cannot be reached, and `ReadOnlyError` where it takes no writes. */
    ping: () => requireWritable(db),
    close: () => db.$disconnect(),
  };
}

export type Stores = ReturnType<typeof openStores>;

/** What every part of the bot is built on. */
export type Basics = { readonly config: Config; readonly logger: Logger; readonly stores: Stores };

type Parts = Basics & {
  readonly rulesFor: RulesFor;
  readonly progress: Progress;
  readonly isAdmin: (userId: string) => Promise<boolean | undefined>;
  readonly readersOf: ReadersOf;
  readonly mayRead: () => boolean;
  readonly report: ReportRequest;
  readonly shared: SharedRates | undefined;
  readonly tunnel: Tunnel | undefined;
};

/** Builds the use cases on the stores and the depot servers. Slack and the command line use the same ones. */
export function wireCore({ config, stores, ...parts }: Parts): UseCases {
  const { sync } = config;
  const source = createDepotSource({ ...config.depot, ...parts });
  const core = { ...stores, ...sync, ...parts, isDirect };
  const nextDue = config.schedule && dueTimes(config.schedule).nextDue;
  const preview = createPreview({ ...core, source, settings: { ...sync, nextDue } });
  const execution = createExecution(core);
  return {
    preview,
    execution,
    cancel: createCancel({ ...core, preview }),
    retry: createRetry({ ...core, preview }),
    rollback: createRollback({ ...core, preview, targets: [...config.targets.keys()] }),
    adjust: createAdjust(core),
    switch: createSwitch(core),
    requestBatch: createBatchRequest({ ...stores, preview }),
    resumeBatch: createBatchResumption({ ...stores, preview }),
    confirmBatch: createBatchConfirmation({ ...core, execution }),
  };
}
