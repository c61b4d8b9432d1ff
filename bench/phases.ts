import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createAudit } from '../src/database/audit/audit.ts';
import { openDatabase } from '../src/database/client.ts';
import { createPlans } from '../src/database/plan/plans.ts';
import { createStaging } from '../src/database/plan/staging.ts';
import { createLocations, locationIn } from '../src/database/reports/targets.ts';
import { createRuns } from '../src/database/runs/runs.ts';
import { createDepotSource } from '../src/depot-api/client.ts';
import type { Plans, Staging } from '../src/sync/ports/plans.ts';
import { NO_PROGRESS, NOT_ASKED } from '../src/sync/ports/ports.ts';
import type { UserSource } from '../src/sync/ports/source.ts';
import { createExecution } from '../src/sync/use-cases/execute.ts';
import { createPreview } from '../src/sync/use-cases/preview.ts';
import { DEPOT_LIMITS } from './bot.ts';

/** Milliseconds. */
export type PhaseTimes = {
  /** Log in, fetch and check every page, stage it, prove the list whole. */
  readonly read: number;
  /** Compare with `users`, write the changes, count and hash them. */
  readonly plan: number;
  /** The one transaction: plan checked, users written, run completed, audit and notices. */
  readonly execute: number;
};

type Clock = { readonly [phase in keyof PhaseTimes]: number[] };

export type Phases = {
  /** One preview and one confirmed execution of Dev, by the core's use cases on its real parts, without Slack. */
  run(): Promise<PhaseTimes>;
  stop(): Promise<void>;
};

const CODES = new Map([['dev', 'dev']]);

/** Where the time of a run goes, seen at the core's ports. */
export function createPhases(databaseUrl: string): Phases {
  const db = openDatabase(databaseUrl);
  const logger = pino({ level: 'silent' });
  const clock: Clock = { read: [], plan: [], execute: [] };
  const runs = createRuns(db, randomUUID());
  const source = timeSource(
    createDepotSource({ credentialsFor, limits: DEPOT_LIMITS, logger, report: () => {} }),
    clock,
  );
  const rules = { limits: [{ count: 5, percent: 20 }], protectedEmails: [], people: 1 };
  const core = {
    rulesFor: async () => rules,
    isAdmin: async () => true,
    isDirect: () => false,
    breakGlass: false,
    frozenUntil: undefined,
    runs,
    locations: createLocations(db, CODES),
    autoRules: new Map(),
    plans: timePlans(
      createPlans(db, { newUser: new Map(), absenceDays: 0, locationOf: locationIn(CODES) }),
      clock,
    ),
    audit: createAudit(db),
    progress: NO_PROGRESS,
    logger,
  };
  const preview = createPreview({
    ...core,
    source,
    staging: timeStaging(createStaging(db), clock),
    readersOf: NOT_ASKED,
    mayRead: () => true,
    settings: { ttlMinutes: 30, autoRules: new Map() },
  });
  const execution = createExecution(core);
  const actor = { id: 'U0ADMIN001', name: 'Ayu' };
  const { signal } = new AbortController();
  return {
    run: async () => {
      for (const times of Object.values(clock)) times.length = 0;
      const request = { target: 'dev', channelId: 'C0DEVSUP01', actor, requestKey: randomUUID() };
      const requested = await preview.request(request);
      if (requested.outcome !== 'requested') throw new Error(`The preview was ${requested.outcome}`);
      await preview.read(requested, signal);
      const confirmed = await execution.confirm({ runId: requested.run.id, actor, message: undefined });
      if (confirmed.outcome !== 'claimed') throw new Error(`The confirm was ${JSON.stringify(confirmed)}`);
      await execution.execute(confirmed, signal);
      const run = await runs.find(requested.run.id);
      if (run?.status !== 'completed') throw new Error(`The run ended as ${run?.status}`);
      return { read: sum(clock.read), plan: sum(clock.plan), execute: sum(clock.execute) };
    },
    stop: () => db.$disconnect(),
  };
}

function credentialsFor() {
  return { email: 'admin@example.com', password: 'correct_password' };
}

/** The same function, which notes into `times` how long each call took. */
function noting<Args extends unknown[], Result>(times: number[], call: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    const begun = performance.now();
    try {
      return await call(...args);
    } finally {
      times.push(performance.now() - begun);
    }
  };
}

function timeSource(source: UserSource, clock: Clock): UserSource {
  return {
    open: noting(clock.read, async (target, signal) => {
      const session = await source.open(target, signal);
      return { ...session, read: noting(clock.read, session.read) };
    }),
  };
}

function timeStaging(staging: Staging, clock: Clock): Staging {
  return { ...staging, countDistinct: noting(clock.read, staging.countDistinct) };
}

function timePlans(plans: Plans, clock: Clock): Plans {
  return {
    ...plans,
    draft: noting(clock.plan, plans.draft),
    apply: noting(clock.execute, plans.apply),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
