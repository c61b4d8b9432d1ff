import type { AwaitingRule } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import { type AutoHeld, type HeldAtClaim, isRule, RULE } from '../../sync/rules/rules.ts';
import { type Actor, type Run, SYSTEM } from '../../sync/run/run.ts';
import { EVERY_TARGET, type Pause } from '../../sync/use-cases/pause.ts';
import { appendAudit } from '../audit/audit.ts';
import { insertPause } from '../automation.ts';
import { type Database, execute, type Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { record } from '../transition.ts';
import { runsById } from './run-rows.ts';
import { changeCount, EFFECTIVE, staleChanges } from './since.ts';

/** The largest number of runs per call; the next call continues. */
const LOOK_LIMIT = 20;

/** A plan is decided within seconds. One that no process looked at for so long is older than people expect. */
const LATE_HOURS = 1;

/** SQL: whether run `r` was planned over `LATE_HOURS` ago. */
const IS_LATE = Prisma.sql`r.ready_at < UTC_TIMESTAMP(3) - INTERVAL ${LATE_HOURS} HOUR`;

type Answers<Name extends string> = { readonly id: number } & Readonly<Record<Name, bigint>>;

/** See `Runs.awaitingRule`. */
export async function awaitingRule(db: Database): Promise<readonly AwaitingRule[]> {
  // Most looks find nothing, so the first statement asks little.
  const found = await db.$queryRaw<Answers<'isPaused'>[]>`
    SELECT r.id, ${IS_PAUSED} AS isPaused FROM sync_runs r
    WHERE r.status = 'ready' AND r.expires_at > UTC_TIMESTAMP(3) AND r.auto_rule IS NOT NULL AND r.auto_held IS NULL
    ORDER BY r.id LIMIT ${LOOK_LIMIT}`;
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => Number(id));
  const judged = await db.$queryRaw<Answers<'isLate' | 'personWaited' | 'takenBack' | 'leftOut'>[]>`
    SELECT r.id, ${IS_LATE} AS isLate,
           ${PERSON_WAITED} AS personWaited, ${TAKEN_BACK} AS takenBack, ${leftOutBy(ids, await emailCollation(db))} AS leftOut
    FROM sync_runs r WHERE r.id IN (${Prisma.join(ids)})`;
  const answers = new Map(judged.map((each) => [Number(each.id), each]));
  const runs = new Map((await runsById(db, ids)).map((run) => [run.id, run]));
  return found.flatMap(({ id, isPaused }) => {
    const [run, answer] = [runs.get(Number(id)), answers.get(Number(id))];
    if (run === undefined || answer === undefined) return [];
    return {
      run,
      isPaused: Number(isPaused) === 1,
      isLate: Number(answer.isLate) === 1,
      personWaited: Number(answer.personWaited) === 1,
      takenBack: Number(answer.takenBack) === 1,
      leftOut: Number(answer.leftOut) === 1,
    };
  });
}

/** SQL: whether sync `d` is completed and a person confirmed it. A sync without changes was never confirmed. */
const COMPLETED_BY_PERSON = Prisma.sql`
  d.status = 'completed' AND d.reverts_run_id IS NULL AND d.confirmed_by_id NOT LIKE ${`${RULE}%`}`;

/**
 * SQL: whether a person still waits for a decision at the location of run `r`: a scheduled preview replaced the one that the person
 * had asked for, or the person asked while a scheduled one was read (see `askedWhileRead`). Only a person ends this, by confirming or
 * cancelling a later run, however many scheduled previews come and go before.
 */
const PERSON_WAITED = Prisma.sql`
  EXISTS (SELECT 1 FROM sync_runs o LEFT JOIN sync_runs n ON n.id = o.next_run_id
          WHERE o.location_id = r.location_id AND o.status IN ('ready', 'superseded', 'expired')
            AND (o.requested_by_id <> ${SYSTEM.id} AND o.status = 'superseded' AND n.requested_by_id = ${SYSTEM.id}
              OR o.requested_by_id = ${SYSTEM.id} AND EXISTS (SELECT 1 FROM sync_approvals a WHERE a.run_id = o.id))
            AND NOT EXISTS (SELECT 1 FROM sync_runs d
                            WHERE d.location_id = o.location_id AND d.finished_at > o.finished_at
                              AND (d.status = 'cancelled' AND d.reverts_run_id IS NULL
                                OR ${COMPLETED_BY_PERSON} AND d.confirmed_at > o.finished_at)))`;

/** SQL: whether change `o` of run `n` was left out by a person: by Adjust, or because the person cancelled the plan. */
const REFUSED = Prisma.sql`(o.action = 'omitted' OR n.status = 'cancelled' AND o.action IN ${EFFECTIVE})`;

/** SQL: whether a person left users out of run `n`, of the location of run `r`, and no person has completed a sync there since. */
const LEAVES_OUT = Prisma.sql`
  n.location_id = r.location_id AND n.reverts_run_id IS NULL
    AND n.status IN ('completed', 'failed', 'cancelled', 'superseded', 'expired')
    AND (n.omitted_count > 0 OR n.status = 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM sync_runs d
                    WHERE d.location_id = n.location_id AND d.finished_at > n.finished_at
                      AND ${COMPLETED_BY_PERSON} AND d.confirmed_at > n.finished_at)`;

/**
 * SQL: whether run `r`, one of `runIds`, changes a user whom a person left out, by Adjust or by cancelling a plan, and no person has
 * completed a sync of the location since. Where a run was cancelled before it had a plan, or the changes of a confirmed plan are no
 * longer kept (`RETENTION_DAYS`), nobody knows who was left out, so the answer is yes. An unconfirmed plan counts only while it is
 * kept. `collate`: see `emailCollation`.
 */
function leftOutBy(runIds: readonly number[], collate: Prisma.Sql): Prisma.Sql {
  const ids = Prisma.join([...runIds]);
  // Grouped and not joined: MariaDB has no index for a join by emails, and plans of 50,000 users make too many pairs.
  const inBoth = (of: (change: 'o' | 'c') => Prisma.Sql) => Prisma.sql`
    r.id IN (SELECT b.id FROM (
      SELECT r.id, ${of('o')} AS who, 0 AS planned FROM sync_runs r
      STRAIGHT_JOIN sync_runs n STRAIGHT_JOIN sync_changes o ON o.run_id = n.id
      WHERE r.id IN (${ids}) AND ${LEAVES_OUT} AND ${REFUSED}
      UNION ALL
      SELECT c.run_id, ${of('c')}, 1 FROM sync_changes c WHERE c.run_id IN (${ids}) AND c.action IN ${EFFECTIVE}
    ) b WHERE b.who IS NOT NULL GROUP BY b.id, b.who HAVING MIN(b.planned) < MAX(b.planned))`;
  return Prisma.sql`
    (EXISTS (SELECT 1 FROM sync_runs n
             WHERE ${LEAVES_OUT}
               AND (n.status = 'cancelled' AND n.plan_hash IS NULL
                 OR n.confirmed_by_id IS NOT NULL AND n.omitted_count >
                      (SELECT COUNT(*) FROM sync_changes o WHERE o.run_id = n.id AND o.action = 'omitted')))
     OR ${inBoth((change) => Prisma.raw(`${change}.user_id`))}
     OR ${inBoth((change) => Prisma.sql`${Prisma.raw(change)}.email${collate}`)})`;
}

/** SQL: whether the newest run that changed users of the location of run `r` is a rollback. */
const TAKEN_BACK = Prisma.sql`
  COALESCE((SELECT c.reverts_run_id FROM sync_runs c
            WHERE c.location_id = r.location_id AND c.status = 'completed'
              AND ${changeCount('c')} > 0
            ORDER BY c.finished_at DESC LIMIT 1), 0) > 0`;

/** SQL: whether a run changed users of the location of run `r` since `r` was requested, maybe after `r` was planned. */
const OVERTAKEN = Prisma.sql`
  EXISTS (SELECT 1 FROM sync_runs c
          WHERE c.location_id = r.location_id AND c.status = 'completed' AND c.finished_at > r.requested_at
            AND ${changeCount('c')} > 0)`;

/** SQL: whether rules are paused for run `r`: under its target's name, or at its location, which may have several names. */
const IS_PAUSED = Prisma.sql`
  EXISTS (SELECT 1 FROM sync_pauses p
          WHERE p.target IN (r.target, ${EVERY_TARGET}) OR p.location_id = r.location_id AND p.location_id > 0)`;

/**
 * Why no rule may apply the run; undefined if a rule may. Asked once `tx` has claimed the run: no other run executes at the location
 * then, so none can end after the answer.
 */
export async function heldAtClaim(tx: Transaction, runId: number): Promise<HeldAtClaim | undefined> {
  const [now] = await tx.$queryRaw<Answers<'isPaused' | 'takenBack' | 'overtaken' | 'leftOut'>[]>`
    SELECT r.id, ${IS_PAUSED} AS isPaused, ${TAKEN_BACK} AS takenBack, ${OVERTAKEN} AS overtaken,
           ${leftOutBy([runId], await emailCollation(tx))} AS leftOut
    FROM sync_runs r WHERE r.id = ${runId}`;
  if (Number(now?.isPaused) === 1) return 'paused';
  if (Number(now?.takenBack) === 1) return 'taken_back';
  if (Number(now?.leftOut) === 1) return 'left_out';
  if (Number(now?.overtaken) === 0) return undefined;
  const [stale] = await tx.$queryRaw<unknown[]>`${await staleChanges(tx, runId)} LIMIT 1`;
  return stale === undefined ? undefined : 'location_busy';
}

/**
 * Notes that a person asked for the list that a scheduled run is reading: the person is shown that run, so no rule may apply it.
 * The note is an approval of no plan. False if the run no longer reads: a rule may have applied it already.
 */
export async function askedWhileRead(
  db: Database,
  run: Run,
  by: Actor,
  requestKey: string,
): Promise<boolean> {
  if (run.requestedBy.id !== SYSTEM.id || by.id === SYSTEM.id) return true;
  await execute(db)`
    INSERT IGNORE INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at, request_key)
    VALUES (${run.id}, ${by.id}, ${by.name.slice(0, 255)}, '', UTC_TIMESTAMP(3), ${requestKey})`;
  const now = await db.syncRun.findUnique({ where: { id: run.id }, select: { status: true } });
  return now?.status === 'reading';
}

/** See `Runs.hold`. */
export async function holdRun(tx: Transaction, runId: number, why: AutoHeld, step: Step): Promise<boolean> {
  const held = await tx.$executeRaw`
    UPDATE sync_runs SET auto_held = ${why}
    WHERE id = ${runId} AND status = 'ready' AND auto_rule IS NOT NULL AND auto_held IS NULL`;
  if (held > 0) await record(tx, runId, step);
  return held > 0;
}

/** Why a rule's plan is not carried out; undefined if it is. Asked at the execution, which may come long after the claim. */
export async function heldBackBy(
  tx: Transaction,
  { id }: Pick<Run, 'id'>,
): Promise<'pause' | 'late' | undefined> {
  const [now] = await tx.$queryRaw<Answers<'isPaused' | 'isLate'>[]>`
    SELECT r.id, ${IS_PAUSED} AS isPaused, ${IS_LATE} AS isLate FROM sync_runs r WHERE r.id = ${id}`;
  if (Number(now?.isPaused) === 1) return 'pause';
  return Number(now?.isLate) === 1 ? 'late' : undefined;
}

/** If a rule confirmed a run that failed or was taken back, pauses the run's location. */
export async function pauseAfter(
  tx: Transaction,
  { id, target, locationId }: Pick<Run, 'id' | 'target'> & { readonly locationId: number | bigint },
  confirmedById: string | null | undefined,
  why: NonNullable<Pause['becauseOf']>['why'],
): Promise<void> {
  if (!isRule({ id: confirmedById ?? '' })) return;
  const becauseOf = Prisma.sql`${id}, ${why}`;
  if (!(await insertPause(tx, { target, locationId, by: SYSTEM, becauseOf }))) return;
  const audit = { step: 'paused', actor: SYSTEM, outcome: why, target, runId: id } as const;
  await appendAudit(tx, { audit, run: undefined });
}
