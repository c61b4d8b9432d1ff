import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { nextDueAfter } from '../config/schedules.ts';
import { createDepotSource } from '../depot-api/client.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { ReportRequest } from '../depot-api/http/transport.ts';
import type { UseCases } from '../slack/listeners/door/services.ts';
import type { Progress, ReadersOf, Tunnel } from '../sync/ports/ports.ts';
import { createRules, type RulesFor } from '../sync/rules/rules.ts';
import { createAdjust } from '../sync/use-cases/adjust.ts';
import { createBatchConfirmation, createBatchRequest } from '../sync/use-cases/batch.ts';
import { createCancel, createRetry } from '../sync/use-cases/cancel-and-retry.ts';
import { createExecution } from '../sync/use-cases/execute.ts';
import { createSwitch } from '../sync/use-cases/pause.ts';
import { createPreview } from '../sync/use-cases/preview.ts';
import { createRollback } from '../sync/use-cases/rollback.ts';
import type { Stores } from './stores.ts';

type Parts = {
  readonly config: Config;
  readonly logger: Logger;
  readonly stores: Stores;
  readonly progress: Progress;
  readonly isAdmin: (userId: string) => Promise<boolean>;
  readonly readersOf: ReadersOf;
  readonly report: ReportRequest;
  readonly shared: SharedRates | undefined;
  readonly tunnel: Tunnel | undefined;
};

/** `rulesFor` returns the rules by which the use cases decide, for automation that decides beside them. */
export type Core = { readonly useCases: UseCases; readonly rulesFor: RulesFor };

/** Builds the use cases on the stores and the depot servers. Slack and the command line use the same ones. */
export function wireCore(parts: Parts): Core {
  const { config, logger, stores, progress, isAdmin, readersOf, report, shared, tunnel } = parts;
  const { sync } = config;
  const source = createDepotSource({ ...config.depot, logger, report, shared, tunnel });
  const rulesFor = createRules(stores.locations, sync);
  const core = { ...stores, ...sync, progress, logger, rulesFor, isAdmin, readersOf };
  const { schedule } = config;
  const nextDue = schedule && nextDueAfter(schedule.cron, schedule.timezone);
  const preview = createPreview({ ...core, source, settings: { ...sync, nextDue } });
  const execution = createExecution(core);
  const useCases = {
    preview,
    execution,
    cancel: createCancel(core),
    retry: createRetry({ ...core, preview }),
    rollback: createRollback({ ...core, preview, targets: [...config.targets.keys()] }),
    adjust: createAdjust(core),
    switch: createSwitch(core),
    requestBatch: createBatchRequest({ batches: stores.batches, preview }),
    confirmBatch: createBatchConfirmation({ ...core, execution }),
  };
  return { useCases, rulesFor };
}
