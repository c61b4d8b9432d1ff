import type { ClaimOutcome, ClaimRequest } from '../../sync/ports/runs.ts';
import { type Approval, peopleBehind } from '../../sync/rules/approval.ts';
import { isRule } from '../../sync/rules/rules.ts';
import type { Run } from '../../sync/run/run.ts';
import { type Database, inTransaction, reaching, type Transaction } from '../client.ts';
import { isDuplicate } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { lockReady, move, record } from '../transition.ts';
import { isPaused, isTakenBack } from './by-rule.ts';
import { findRun } from './request.ts';
import { toRun } from './run-rows.ts';

/** See `Runs.approvals`. An approval of another plan than the shown one does not count. */
export async function approvalsOf(
  db: Database | Transaction,
  { id, planHash }: Run,
): Promise<readonly Approval[]> {
  if (planHash === undefined) return [];
  const rows = await db.syncApproval.findMany({
    where: { runId: id, planHash },
    orderBy: [{ approvedAt: 'asc' }, { actorId: 'asc' }],
  });
  return rows.map(({ actorId, actorName, approvedAt }) => ({
    actor: { id: actorId, name: actorName },
    at: approvedAt,
  }));
}

/** See `Runs.claim`. */
export async function claimRun(db: Database, owner: string, request: ClaimRequest): Promise<ClaimOutcome> {
  try {
    return await inTransaction(db, (tx) => claim(tx, owner, request));
  } catch (error) {
    if (!isDuplicate(error, 'sync_runs_executing_location_id_key')) throw error;
    const holder = await executingBeside(db, request.runId);
    return holder === undefined ? claimRun(db, owner, request) : { outcome: 'location_busy', holder };
  }
}

async function claim(tx: Transaction, owner: string, request: ClaimRequest): Promise<ClaimOutcome> {
  const { runId, by, reason, rules, alone, step } = request;
  if (isRule(by)) {
    const run = await findRun(tx, runId);
    const takenBack = run !== undefined && (await isTakenBack(tx, run.locationId));
    if (run !== undefined && (takenBack || (await isPaused(tx, run.target))))
      return { outcome: 'paused', run, takenBack };
  }
  if (rules.people > 1 && alone === undefined) {
    const counted = await countPeople(tx, request);
    if (counted !== undefined) return counted;
  }
  const set = Prisma.sql`, confirmed_by_id = ${by.id}, confirmed_by_name = ${by.name.slice(0, 255)},
    reason = ${reason ?? null}, confirm_rules = ${JSON.stringify(rules)}, confirmed_at = UTC_TIMESTAMP(3), alone = ${alone !== undefined},
    lease_owner = ${owner}, attempt = 1`;
  const where = Prisma.sql`AND expires_at > UTC_TIMESTAMP(3)`;
  if (await move(tx, { runId, from: 'ready', to: 'executing', where, set })) {
    if (alone !== undefined) {
      const audit = { ...step.audit, step: 'broke_glass', outcome: alone } as const;
      await record(tx, runId, { ...step, audit, calls: [] });
    }
    const run = await record(tx, runId, step);
    return { outcome: 'claimed', run, lease: { runId, owner, attempt: 1 } };
  }
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  return { outcome: run.status === 'ready' ? 'expired' : 'not_ready', run };
}

/**
 * Stores the caller's approval, or withdraws it. Undefined if the plan has enough people or no longer waits. The run's row is
 * locked, so the second of two callers sees the first.
 */
async function countPeople(
  tx: Transaction,
  { runId, by, rules, admins, step, keepsApproval = false }: ClaimRequest,
): Promise<ClaimOutcome | undefined> {
  if (!(await lockReady(tx, runId))) return undefined;
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  const approvers = (await approvalsOf(tx, run)).map(({ actor }) => actor);
  if (approvers.some(({ id }) => !admins.has(id))) return { outcome: 'unchecked' };
  const isAdmin = (id: string) => admins.get(id) === true;
  const approvedBefore = approvers.some(({ id }) => id === by.id);
  const isEnough = peopleBehind(run, [...approvers, by], isAdmin).size >= rules.people;
  // Who has approved was told that a second Confirm withdraws. Meanwhile the others may count again.
  if (isEnough && (!approvedBefore || keepsApproval)) return undefined;
  if (approvedBefore && keepsApproval) {
    return { outcome: 'approved', people: peopleBehind(run, approvers, isAdmin).size, run };
  }
  const outcome = approvedBefore ? 'withdrawn' : 'approved';
  if (outcome === 'withdrawn') {
    await tx.$executeRaw`DELETE FROM sync_approvals WHERE run_id = ${runId} AND actor_id = ${by.id}`;
  } else {
    // REPLACE, because an approval of an earlier plan may exist.
    await tx.$executeRaw`
      REPLACE INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at)
      VALUES (${runId}, ${by.id}, ${by.name.slice(0, 255)}, ${run.planHash ?? ''}, UTC_TIMESTAMP(3))`;
  }
  const behind = outcome === 'withdrawn' ? approvers.filter(({ id }) => id !== by.id) : [...approvers, by];
  const people = peopleBehind(run, behind, isAdmin).size;
  const audit = { ...step.audit, step: outcome, outcome: `${people} of ${rules.people}` } as const;
  // After an approval, the remaining people are called.
  const calls = outcome === 'approved' ? (['people_needed'] as const) : [];
  return { outcome, people, run: await record(tx, runId, { audit, notices: ['message'], calls }) };
}

/** The run that executes at this run's location; undefined if it has ended meanwhile. */
async function executingBeside(db: Database, runId: number): Promise<Run | undefined> {
  const holder = await reaching(async () => {
    const { locationId } = await db.syncRun.findUniqueOrThrow({ where: { id: runId } });
    return db.syncRun.findUnique({ where: { executingLocationId: locationId } });
  });
  return holder === null ? undefined : toRun(holder);
}
