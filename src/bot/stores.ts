import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { createAudit } from '../database/audit/audit.ts';
import { createCalls } from '../database/calls.ts';
import { connectionLimit, openDatabase, requireWritable } from '../database/client.ts';
import { createOutbox } from '../database/outbox.ts';
import { createPlans } from '../database/plan/plans.ts';
import { createStaging } from '../database/plan/staging.ts';
import { createPresence } from '../database/presence/presence.ts';
import { createDigestReports } from '../database/reports/digest.ts';
import { createLocations } from '../database/reports/locations.ts';
import { createHomeViewers, createReminders } from '../database/reports/marks.ts';
import { createOverview } from '../database/reports/overview.ts';
import { createRetention } from '../database/reports/retention.ts';
import { createBatches } from '../database/runs/batches.ts';
import { createPauses } from '../database/runs/by-rule.ts';
import { createRuns } from '../database/runs/runs.ts';
import type { ObserveStep } from '../sync/ports/audit.ts';

/**
 * Opens the database for one process. `owner` names the process in its leases; `observe` is called with each step that it commits.
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
    plans: createPlans(db, sync.newUserDefaults, sync.absenceDays),
    staging: createStaging(db),
    pauses: createPauses(db),
    audit: createAudit(db),
    outbox: createOutbox(db, owner),
    calls: createCalls(db),
    digests: createDigestReports(db),
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
