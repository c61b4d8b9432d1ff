import { LeaseLostError } from '../../sync/failures/errors.ts';
import type { JudgedPlan, Lease, Presented, Runs } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import { type GuardVerdict, gradeOf, isGraver } from '../../sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../sync/run/run.ts';
import { appendAudit } from '../audit/audit.ts';
import { enqueueCalls } from '../automation.ts';
import { type Database, execute, inTransaction, query, reaching, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import {
  enqueue,
  enqueueSummary,
  LEASE_UNTIL,
  leased,
  lockLocation,
  lockReady,
  move,
  record,
  recordOf,
} from '../transition.ts';
import { adjustRun } from './adjust.ts';
import { awaitingRule, holdRun, pauseAfter } from './by-rule.ts';
import { approvalsOf, claimRun } from './claim.ts';
import { findRun, requestRun } from './request.ts';
import { json, setCounts, toRun } from './run-rows.ts';
import { expireDue, othersWait, supersedeOlder, takeOver } from './take-over.ts';
import { standingSyncs, syncedLocations } from './taken-back.ts';

/** The runs for one process. `owner`: its name in leases. `targets`: those that its settings name; undefined: all. */
export function createRuns(db: Database, owner: string, targets?: readonly string[]): Runs {
  return {
    request: (draft, step) => requestRun(db, owner, draft, step),
    find: (runId) => reaching(() => findRun(db, runId)),
    standingSyncs: (locationIds) => reaching(() => standingSyncs(db, locationIds)),
    syncedLocations: (targets) => reaching(() => syncedLocations(db, targets)),
    attachMessage: async ({ id, batchId }, messageTs, replaced) => {
      const attached =
        replaced === undefined
          ? await execute(db)`
              UPDATE sync_runs SET message_ts = ${messageTs}, message_refused = NULL
              WHERE id = ${id} AND message_ts IS NULL`
          : await inTransaction(db, (tx) => replaceMessage(tx, id, messageTs, replaced));
      if (attached === 1) {
        if (batchId !== undefined) await showInSummary(db, id, batchId);
        return true;
      }
      // Another process may have found the message in the channel and stored it before the process that posted it.
      return (await reaching(() => findRun(db, id)))?.messageTs === messageTs;
    },
    refuseFile: (runId, reason) =>
      inTransaction(db, async (tx) => {
        const refused = await tx.$executeRaw`
          UPDATE sync_runs SET file_refused = ${reason.slice(0, 100)} WHERE id = ${runId} AND file_refused IS NULL`;
        if (refused > 0) await enqueue(tx, runId, ['message']);
      }),
    refuseMessage: async (runId, reason) => {
      await execute(db)`
        UPDATE sync_runs SET message_refused = ${reason.slice(0, 100)} WHERE id = ${runId}`;
    },
    renew: async (lease) => {
      const affected = await execute(db)`
        UPDATE sync_runs SET lease_until = ${LEASE_UNTIL}
        WHERE id = ${lease.runId} AND status IN ('reading', 'executing') ${leased(lease)}`;
      return affected === 1;
    },
    release: async (lease) => {
      // Never to 0: the next attempt, a second one, clears what this one has staged. The same number again lets no process write that
      // stops: whoever takes the run is another one.
      await execute(db)`
        UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, attempt = GREATEST(attempt - 1, 1)
        WHERE id = ${lease.runId} AND status IN ('reading', 'executing') ${leased(lease)}`;
    },
    ahead: (run) => reaching(() => db.syncRun.count({ where: { status: run.status, id: { not: run.id } } })),
    othersWait: (run) => reaching(() => othersWait(db, { owner, targets }, run)),
    wait: async (lease) => {
      await execute(db)`
        UPDATE sync_runs SET lease_owner = NULL, lease_until = UTC_TIMESTAMP(3), attempt = attempt - 1
        WHERE id = ${lease.runId} AND status IN ('reading', 'executing') ${leased(lease)}`;
    },
    present: (lease, plan, minutes, step) =>
      inTransaction(db, (tx) => present(tx, lease, plan, minutes, step)),
    claim: (request) => claimRun(db, owner, request),
    awaitingRule: () => reaching(() => awaitingRule(db)),
    hold: (runId, why, step) => inTransaction(db, (tx) => holdRun(tx, runId, why, step)),
    clock: async () => {
      const [row] = await query(db)<{ now: Date }>`SELECT UTC_TIMESTAMP(3) AS now`;
      return row?.now ?? new Date();
    },
    approvals: (run) => reaching(() => approvalsOf(db, run)),
    tighten: (runId, guard, step) => inTransaction(db, (tx) => tighten(tx, runId, guard, step)),
    fail: (lease, failure, step) =>
      inTransaction(db, async (tx) => {
        const set = Prisma.sql`, failure = ${JSON.stringify(failure)}, finished_at = UTC_TIMESTAMP(3)`;
        const from = ['reading', 'executing'] as const;
        const moved = await move(tx, { runId: lease.runId, from, to: 'failed', where: leased(lease), set });
        if (!moved) throw new LeaseLostError(lease.runId);
        const run = await record(tx, lease.runId, step, owner);
        if (failure.code !== 'held_back') await pauseAfter(tx, run, run.confirmedBy?.id, 'failed');
        return run;
      }),
    cancel: (runId, by, step) =>
      inTransaction(db, async (tx) => {
        const set = Prisma.sql`, cancelled_by_id = ${by.id}, cancelled_by_name = ${by.name.slice(0, 255)},
          finished_at = UTC_TIMESTAMP(3)`;
        const moved = await move(tx, { runId, from: ['reading', 'ready'], to: 'cancelled', set });
        const run = moved ? await findRun(tx, runId) : undefined;
        if (run === undefined) return undefined;
        // A run without a plan has counted nobody.
        const counts = run.planHash === undefined ? undefined : run.counts;
        await recordOf(tx, run, { ...step, audit: { ...step.audit, counts } });
        return run;
      }),
    adjust: (runId, adjustment) => adjustRun(db, runId, adjustment),
    showAgain: (runId) => inTransaction(db, (tx) => enqueue(tx, runId, ['message'])),
    expireDue: (step) => expireDue(db, step),
    takeOver: (taking) => takeOver(db, { owner, targets }, taking),
  };
}

async function present(
  tx: Transaction,
  lease: Lease,
  plan: JudgedPlan,
  expiresInMinutes: number,
  step: Step,
): Promise<Presented> {
  const final = plannedChanges(plan.counts) === 0;
  const set = Prisma.sql`, ready_at = UTC_TIMESTAMP(3), plan_hash = ${plan.hash}, guard = ${JSON.stringify(plan.guard)},
    repeats = ${json(plan.repeats)}, absence = ${json(plan.absence)}, undecided = ${json(plan.undecided)},
    auto_rule = ${final ? null : (plan.autoRule ?? null)},
    expires_at = ${final ? null : Prisma.sql`UTC_TIMESTAMP(3) + INTERVAL ${expiresInMinutes} MINUTE`},
    finished_at = ${final ? Prisma.sql`UTC_TIMESTAMP(3)` : null}, ${setCounts(plan.counts)}`;
  const to = final ? 'completed' : 'ready';
  await lockLocation(tx, lease.runId);
  const moved = await move(tx, { runId: lease.runId, from: 'reading', to, where: leased(lease), set });
  if (!moved) throw new LeaseLostError(lease.runId);
  // A rollback without changes is no newer preview: it has read nothing.
  const isVoid = final && (await findRun(tx, lease.runId))?.reverts !== undefined;
  const superseded = isVoid ? [] : await supersedeOlder(tx, lease.runId);
  return { run: await record(tx, lease.runId, step, lease.owner), superseded };
}

/** A message that lists users promises the plan's file in its thread. A file that was not sent yet goes there by itself. */
async function replaceMessage(tx: Transaction, id: number, messageTs: string, replaced: string) {
  const attached = await tx.$executeRaw`
    UPDATE sync_runs SET message_ts = ${messageTs}, message_refused = NULL WHERE id = ${id} AND message_ts = ${replaced}`;
  if (attached === 0) return attached;
  await tx.$executeRaw`
    INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at)
    SELECT r.id, 'list', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM sync_runs r
    WHERE r.id = ${id} AND r.status IN ('ready', 'executing') AND r.file_refused IS NULL AND NOT EXISTS (
      SELECT 1 FROM sync_outbox o WHERE o.run_id = r.id AND o.kind = 'list' AND o.closed_at IS NULL)`;
  return attached;
}

/** A batch's summary offers a planned run only once people can see its message. */
async function showInSummary(db: Database, runId: number, batchId: number): Promise<void> {
  const planned = await reaching(() => db.syncRun.count({ where: { id: runId, status: 'ready' } }));
  if (planned > 0) await inTransaction(db, (tx) => enqueueSummary(tx, batchId));
}

/** Whoever approved before has seen a lesser verdict, so that those approvals count no longer. */
async function tighten(
  tx: Transaction,
  runId: number,
  guard: GuardVerdict,
  step: Step,
): Promise<Run | undefined> {
  if (!(await lockReady(tx, runId))) return undefined;
  const before = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  await tx.$executeRaw`UPDATE sync_runs SET guard = ${JSON.stringify(guard)} WHERE id = ${runId}`;
  if (isGraver(guard, gradeOf(before.guard)))
    await tx.$executeRaw`UPDATE sync_approvals SET plan_hash = '' WHERE run_id = ${runId}`;
  await enqueueCalls(tx, runId, step.calls ?? []);
  await enqueue(tx, runId, step.notices);
  // For log and metrics, this is a refusal and no step of the run, although the run's message shows it from now on.
  await appendAudit(tx, { audit: { ...step.audit, runId, target: before.target }, run: undefined });
  return { ...before, guard };
}
