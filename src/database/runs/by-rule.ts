import type { AwaitingRule } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import { type AutoHeld, type HeldAtClaim, isRule, RULE } from '../../sync/rules/rules.ts';
import { type Run, SYSTEM } from '../../sync/run/run.ts';
import { EVERY_TARGET, type Pause } from '../../sync/use-cases/pause.ts';
import { appendAudit } from '../audit/audit.ts';
import { insertPause } from '../automation.ts';
import type { Database, Transaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { record } from '../transition.ts';
import { toRun } from './run-rows.ts';

/** The largest number of runs per call; the next call continues. */
const LOOK_LIMIT = 20;

const PERSON_WAITED: AutoHeld = 'person_waited';

/** See `Runs.awaitingRule`. */
export async function awaitingRule(db: Database): Promise<readonly AwaitingRule[]> {
  const found = await db.$queryRaw<
    ({ readonly id: number } & Readonly<
      Record<'isPaused' | 'personWaited' | 'takenBack' | 'leftOut', bigint>
    >)[]
  >`
    SELECT r.id, ${OF_LOCATION},
           EXISTS (SELECT 1 FROM sync_runs o WHERE o.location_id = r.location_id AND o.status = 'superseded'
                     AND o.next_run_id = r.id
                     AND (o.requested_by_id <> ${SYSTEM.id} OR o.auto_held = ${PERSON_WAITED})) AS personWaited
    FROM sync_runs r
    WHERE r.status = 'ready' AND r.expires_at > UTC_TIMESTAMP(3) AND r.auto_rule IS NOT NULL AND r.auto_held IS NULL
    ORDER BY r.id LIMIT ${LOOK_LIMIT}`;
  if (found.length === 0) return [];
  const rows = await db.syncRun.findMany({ where: { id: { in: found.map(({ id }) => Number(id)) } } });
  const runs = new Map(rows.map((row) => [row.id, toRun(row)]));
  return found.flatMap(({ id, isPaused, personWaited, takenBack, leftOut }) => {
    const run = runs.get(Number(id));
    if (run === undefined) return [];
    return {
      run,
      isPaused: Number(isPaused) === 1,
      personWaited: Number(personWaited) === 1,
      takenBack: Number(takenBack) === 1,
      leftOut: Number(leftOut) === 1,
    };
  });
}

/**
 * SQL: whether run `r` changes a user whom Adjust left out of the newest plan that a person confirmed for the location. Also true
 * if not all of those users are on record any longer (`RETENTION_DAYS`): anybody may be one of them.
 */
const LEFT_OUT = Prisma.sql`
  EXISTS (SELECT 1 FROM sync_runs n
          WHERE n.id = (SELECT p.id FROM sync_runs p
                        WHERE p.location_id = r.location_id AND p.status = 'completed'
                          AND p.confirmed_by_id NOT LIKE ${`${RULE}%`}
                        ORDER BY p.finished_at DESC LIMIT 1)
            AND n.omitted_count > 0
            AND (n.omitted_count > (SELECT COUNT(*) FROM sync_changes k WHERE k.run_id = n.id AND k.action = 'omitted')
              OR EXISTS (SELECT 1 FROM sync_changes o
                         JOIN sync_changes c ON c.run_id = r.id AND c.action IN ('add', 'reactivate', 'deactivate')
                           AND (c.user_id = o.user_id OR c.email = o.email)
                         WHERE o.run_id = n.id AND o.action = 'omitted')))`;

/** SQL: whether the newest run that changed users of the location of run `r` is a rollback. */
const TAKEN_BACK = Prisma.sql`
  COALESCE((SELECT c.reverts_run_id FROM sync_runs c
            WHERE c.location_id = r.location_id AND c.status = 'completed'
              AND c.add_count + c.reactivate_count + c.deactivate_count > 0
            ORDER BY c.finished_at DESC LIMIT 1), 0) > 0`;

/** SQL: the obstacles to a rule that another run of the location, or a pause, may bring about at any time. */
const OF_LOCATION = Prisma.sql`
  EXISTS (SELECT 1 FROM sync_pauses p WHERE ${pausedAt(Prisma.sql`r.target`, Prisma.sql`r.location_id`)}) AS isPaused,
  ${TAKEN_BACK} AS takenBack, ${LEFT_OUT} AS leftOut`;

/**
 * Why no rule may apply the run; undefined if a rule may. Asked again once `tx` has claimed the run: no other run executes at the
 * location then, so no other run can end after the answer.
 */
export async function heldAtClaim(tx: Transaction, runId: number): Promise<HeldAtClaim | undefined> {
  const [now] = await tx.$queryRaw<Record<'isPaused' | 'takenBack' | 'leftOut', bigint>[]>`
    SELECT ${OF_LOCATION} FROM sync_runs r WHERE r.id = ${runId}`;
  if (Number(now?.isPaused) === 1) return 'paused';
  if (Number(now?.takenBack) === 1) return 'taken_back';
  return Number(now?.leftOut) === 1 ? 'left_out' : undefined;
}

/** See `Runs.hold`. */
export async function holdRun(tx: Transaction, runId: number, why: AutoHeld, step: Step): Promise<boolean> {
  const held = await tx.$executeRaw`
    UPDATE sync_runs SET auto_held = ${why}
    WHERE id = ${runId} AND status = 'ready' AND auto_rule IS NOT NULL AND auto_held IS NULL`;
  if (held > 0) await record(tx, runId, step);
  return held > 0;
}

/** SQL: whether a pause `p` holds for a run: by its target's name, or by its location, which may have several names. */
function pausedAt(target: Prisma.Sql, locationId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(p.target IN (${target}, ${EVERY_TARGET}) OR p.location_id = ${locationId})`;
}

/** Whether rules are paused for a run. Asked at the claim and again at the execution: a pause may come between them. */
export async function isPaused(
  tx: Transaction,
  { target, locationId }: Pick<Run, 'target' | 'locationId'>,
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ target: string }[]>`
    SELECT p.target FROM sync_pauses p WHERE ${pausedAt(Prisma.sql`${target}`, Prisma.sql`${locationId}`)}`;
  return rows.length > 0;
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
