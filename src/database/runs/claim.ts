import type { ClaimOutcome, ClaimRequest } from '../../sync/ports/runs.ts';
import { type Approval, type IfApproved, peopleBehind } from '../../sync/rules/approval.ts';
import { type HeldAtClaim, isRule } from '../../sync/rules/rules.ts';
import type { Actor, Run } from '../../sync/run/run.ts';
import { type Database, inTransaction, reaching, type Transaction } from '../client.ts';
import { isDuplicate } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { lockReady, move, record } from '../transition.ts';
import { heldAtClaim } from './by-rule.ts';
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
    if (error instanceof HeldError) {
      const row = await reaching(() => db.syncRun.findUniqueOrThrow({ where: { id: request.runId } }));
      return { outcome: 'held', run: toRun(row), why: error.why };
    }
    if (!isDuplicate(error, 'sync_runs_executing_location_id_key')) throw error;
    const holder = await executingBeside(db, request.runId);
    return holder === undefined ? claimRun(db, owner, request) : { outcome: 'location_busy', holder };
  }
}

/** Undoes the claim of a rule. */
class HeldError extends Error {
  readonly why: HeldAtClaim;
  constructor(why: HeldAtClaim) {
    super(`No rule may apply the run: ${why}`);
    this.why = why;
  }
}

async function claim(tx: Transaction, owner: string, request: ClaimRequest): Promise<ClaimOutcome> {
  const { runId, by, reason, rules, alone, step } = request;
  const counted = isCounted(request) ? await countPeople(tx, request) : undefined;
  if (counted !== undefined) return counted;
  const set = Prisma.sql`, confirmed_by_id = ${by.id}, confirmed_by_name = ${by.name.slice(0, 255)},
    reason = ${reason ?? null}, confirm_rules = ${JSON.stringify(rules)}, confirmed_at = UTC_TIMESTAMP(3), alone = ${alone !== undefined},
    lease_owner = ${owner}, attempt = 1`;
  const where = Prisma.sql`AND expires_at > UTC_TIMESTAMP(3)`;
  if (await move(tx, { runId, from: 'ready', to: 'executing', where, set })) {
    if (alone !== undefined) {
      const audit = { ...step.audit, step: 'broke_glass', outcome: alone } as const;
      await record(tx, runId, { ...step, audit, calls: [] });
    }
    const why = isRule(by) ? await heldAtClaim(tx, runId) : undefined;
    if (why !== undefined) throw new HeldError(why);
    const run = await record(tx, runId, step);
    // Since the command was typed, the statements may have waited for locks.
    request.stop?.throwIfAborted();
    return { outcome: 'claimed', run, lease: { runId, owner, attempt: 1 } };
  }
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  return { outcome: run.status === 'ready' ? 'expired' : 'not_ready', run };
}

function isCounted({ rules, alone, ifApproved }: ClaimRequest): boolean {
  return ifApproved === 'only_withdraws' || (rules.people > 1 && alone === undefined);
}

/**
 * Stores the caller's approval, or withdraws it. Undefined if the plan has enough people or no longer waits. The run's row is
 * locked, so the second of two callers sees the first. A request that was counted before changes nothing.
 */
async function countPeople(tx: Transaction, request: ClaimRequest): Promise<ClaimOutcome | undefined> {
  const { runId, by, rules, admins, step, ifApproved = 'withdraws' } = request;
  if (!(await lockReady(tx, runId))) return undefined;
  const run = toRun(await tx.syncRun.findUniqueOrThrow({ where: { id: runId } }));
  const approvers = (await approvalsOf(tx, run)).map(({ actor }) => actor);
  if (approvers.some(({ id }) => !admins.has(id))) return { outcome: 'unchecked' };
  const count = (actors: readonly Actor[]) => peopleBehind(run, actors, (id) => admins.get(id) === true).size;
  const others = approvers.filter(({ id }) => id !== by.id);
  const approvedBefore = others.length < approvers.length;
  const outcome = becomes(approvedBefore, ifApproved);
  const stands = {
    outcome: approvedBefore ? 'approved' : 'withdrawn',
    people: count(approvers),
    run,
  } as const;
  if (await isRepeated(tx, request)) return stands;
  const isEnough = count([...approvers, by]) >= rules.people;
  // Enough people may count without a new approval, if an approver has become an admin again. An approver was told that a second
  // Confirm withdraws, so it withdraws even then.
  if (isEnough && outcome === 'approved') return undefined;
  if (outcome === stands.outcome) return stands;
  await storeApproval(tx, request, outcome === 'approved' ? (run.planHash ?? '') : '');
  const people = count(outcome === 'approved' ? [...others, by] : others);
  const audit = { ...step.audit, step: outcome, outcome: `${people} of ${rules.people}` } as const;
  // After an approval, the remaining people are called.
  const calls = outcome === 'approved' ? (['people_needed'] as const) : [];
  return { outcome, people, run: await record(tx, runId, { audit, notices: ['message'], calls }) };
}

function becomes(approvedBefore: boolean, ifApproved: IfApproved): 'approved' | 'withdrawn' {
  if (ifApproved === 'only_withdraws') return 'withdrawn';
  return approvedBefore && ifApproved === 'withdraws' ? 'withdrawn' : 'approved';
}

/** Whether the request that stored or withdrew the caller's approval is delivered again. */
async function isRepeated(tx: Transaction, { runId, by, requestKey }: ClaimRequest): Promise<boolean> {
  if (requestKey === undefined) return false;
  const own = await tx.syncApproval.findUnique({ where: { runId_actorId: { runId, actorId: by.id } } });
  return own?.requestKey === requestKey;
}

/** An empty hash withdraws: it is no plan's. REPLACE, because an approval of an earlier plan may exist. */
async function storeApproval(
  tx: Transaction,
  { runId, by, requestKey }: ClaimRequest,
  planHash: string,
): Promise<void> {
  await tx.$executeRaw`
    REPLACE INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at, request_key)
    VALUES (${runId}, ${by.id}, ${by.name.slice(0, 255)}, ${planHash}, UTC_TIMESTAMP(3), ${requestKey ?? null})`;
}

/** The run that executes at this run's location; undefined if it has ended meanwhile. */
async function executingBeside(db: Database, runId: number): Promise<Run | undefined> {
  const holder = await reaching(async () => {
    const { locationId } = await db.syncRun.findUniqueOrThrow({ where: { id: runId } });
    return db.syncRun.findUnique({ where: { executingLocationId: locationId } });
  });
  return holder === null ? undefined : toRun(holder);
}
