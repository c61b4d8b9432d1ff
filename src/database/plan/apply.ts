import { LeaseLostError } from '../../sync/failures/errors.ts';
import { LocationChangedError, StalePlanError } from '../../sync/failures/stale-errors.ts';
import type { Lease } from '../../sync/ports/runs.ts';
import type { Step } from '../../sync/ports/steps.ts';
import { type Rules, strictest } from '../../sync/rules/rules.ts';
import {
  type NewUserDefaults,
  type NewUserValue,
  type Placeholder,
  piecesOf,
} from '../../sync/run/change.ts';
import type { Run } from '../../sync/run/run.ts';
import { auditTables, ledgerOf } from '../audit/audit-tables.ts';
import { requireAuditGuarded } from '../audit/verify-audit.ts';
import { type Database, inTransaction, namingTriggers, type Transaction } from '../client.ts';
import { isConnectionLost, isDuplicateEntry, isWriteConflict } from '../errors.ts';
import { Prisma } from '../generated/client.ts';
import { toRun } from '../runs/run-rows.ts';
import { AS_BEFORE, staleChanges } from '../runs/since.ts';
import { markTakenBack } from '../runs/taken-back.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { SET_AGAIN } from '../session.ts';
import { leased, move, record } from '../transition.ts';
import { forgetAbsences } from './absent.ts';
import type { PlanSettings } from './draft.ts';
import { eligibilityOf } from './eligibility.ts';
import { planTally, requireAsShown, requireSamePlace } from './plan-facts.ts';
import {
  countAndName,
  type Planned,
  requireAsWritten,
  requireGuardAgrees,
  requireStillAllowed,
  triggersOfUsers,
} from './recheck.ts';
import { oddlySpelledSince } from './spelling.ts';
import { requireUsableTables, requireUsersFit } from './users-fit.ts';

/** A write changed another number of rows than planned: all is rolled back, then the reason is looked up. */
class BeforeStateGone extends Error {}

type Planning = Omit<Planned, 'emailSum'>;

type HeldRow = {
  readonly id: number;
  readonly target: string;
  /** NULL if the row of the location is gone. */
  readonly locked: bigint | null;
} & Readonly<Record<'locationId' | 'add' | 'change', bigint>>;

type Applying = Pick<PlanSettings, 'newUser' | 'locationOf'> & { readonly step: Step; readonly rules: Rules };

/**
 * Applies a plan, or changes nothing. Each write contains the expected state (`status = status_before`; for additions the unique
 * index). If a write changes another number of rows than planned, the transaction is rolled back. Throws the errors of
 * `Plans.apply`.
 */
export async function applyPlan(db: Database, lease: Lease, applying: Applying): Promise<Run> {
  try {
    return await inTransaction(db, (tx) => apply(tx, lease, applying));
  } catch (error) {
    if (!(error instanceof BeforeStateGone) && !isDuplicateEntry(error)) throw error;
    const stale = await countAndName(db, await staleChanges(db, lease.runId));
    // The duplicate may be in another table, such as the audit log.
    if (!(error instanceof BeforeStateGone) && stale.total === 0) throw error;
    throw new StalePlanError(stale.total, stale.emails);
  }
}

async function apply(tx: Transaction, lease: Lease, applying: Applying): Promise<Run> {
  const { step, rules, newUser, locationOf } = applying;
  const { runId } = lease;
  // `l.id` is selected because MariaDB skips a joined table that it does not need, and then does not lock its row.
  const [held] = await tx.$queryRaw<HeldRow[]>`
    SELECT r.id, r.target, l.id AS locked, r.location_id AS locationId, r.add_count AS \`add\`,
           r.reactivate_count + r.deactivate_count AS \`change\`
    FROM sync_runs r LEFT JOIN locations l ON l.id = r.location_id
    WHERE r.id = ${runId} AND r.status = 'executing' ${leased(lease)} FOR UPDATE`;
  if (held === undefined) throw new LeaseLostError(runId);
  const planned = { ...held, add: Number(held.add), change: Number(held.change) };
  if (planned.add > 0 && held.locked === null) throw new LocationChangedError(held.target);
  const tables = await auditTables(ledgerOf(tx).db, tx);
  await requireUsableTables(tx);
  await requireAuditGuarded((sql) => tx.$queryRawUnsafe(sql), tables);
  const row = await tx.syncRun.findUniqueOrThrow({ where: { id: runId } });
  const shown = await planTally(tx, runId);
  const run = toRun(row);
  const confirmRules = requireAsShown(run, row, shown);
  // Whoever gave the name to another location, or gave up this one, did so because of plans like this. A rollback stays possible.
  if (run.reverts === undefined) requireSamePlace(run, await locationOf(tx, run.target));
  // The rules of the preview, of Confirm and of this process must all hold.
  const all = strictest(run.rules, confirmRules, rules);
  await requireStillAllowed(tx, run, all);
  await requireUsersFit(tx, runId, run.counts, newUser);
  await writeUsers(tx, planned, newUser);
  await requireAsWritten(tx, { ...planned, emailSum: shown.tally.emailSum });
  if (run.absence !== undefined) await forgetAbsences(tx, run);
  const unchanged = await requireGuardAgrees(tx, run, all);
  const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3), unchanged_count = ${unchanged}`;
  const moved = await move(tx, { runId, from: 'executing', to: 'completed', where: leased(lease), set });
  if (!moved) throw new LeaseLostError(runId);
  if (run.reverts !== undefined) await markTakenBack(tx, run);
  const counts = step.audit.counts && { ...step.audit.counts, unchanged };
  return record(tx, runId, { ...step, audit: { ...step.audit, counts } }, lease.owner);
}

/** Writes the users of the plan. The application's triggers run here too, so a refusal names them. */
async function writeUsers(tx: Transaction, planned: Planning, newUser: NewUserDefaults): Promise<void> {
  try {
    await changeUsers(tx, planned);
    await addUsers(tx, planned, newUser);
  } catch (error) {
    if (isConnectionLost(error) || isWriteConflict(error)) throw error;
    throw namingTriggers(error, await triggersOfUsers(tx));
  } finally {
    // On a lost connection there is nothing to set, and the first error tells more.
    await tx.$executeRawUnsafe(SET_AGAIN).catch(() => {});
  }
}

async function changeUsers(tx: Transaction, { id, locationId, change }: Planning): Promise<void> {
  if (change === 0) return;
  const { eligible } = await eligibilityOf(tx);
  const changed = await tx.$executeRaw`
    UPDATE sync_changes c STRAIGHT_JOIN users u ON u.id = c.user_id
    SET u.status = c.status_after, u.updated_at = UTC_TIMESTAMP()
    WHERE c.run_id = ${id} AND c.action IN ('reactivate', 'deactivate') AND u.location_id = ${locationId}
      AND ${AS_BEFORE} AND ${eligible('u')}`;
  if (changed !== change) throw new BeforeStateGone();
}

async function addUsers(
  tx: Transaction,
  { id, locationId, add }: Planning,
  newUser: NewUserDefaults,
): Promise<void> {
  if (add === 0) return;
  const spelledSince = oddlySpelledSince({ runId: id, collate: await emailCollation(tx) });
  const [twice] = await tx.$queryRaw<unknown[]>`${spelledSince} LIMIT 1`;
  if (twice !== undefined) throw new BeforeStateGone();
  const more = furtherColumns(newUser);
  const added = await tx.$executeRaw`
    INSERT INTO users (email, location_id, status, created_at, updated_at${more.columns})
    SELECT c.email, ${locationId}, 'active', UTC_TIMESTAMP(), UTC_TIMESTAMP()${more.values}
    FROM sync_changes c WHERE c.run_id = ${id} AND c.action = 'add'`;
  if (added !== add) throw new BeforeStateGone();
}

/** Columns of `NEW_USER_DEFAULTS` and their values for the change `c`, each with a leading comma, for an INSERT. */
function furtherColumns(newUser: NewUserDefaults): {
  readonly columns: Prisma.Sql;
  readonly values: Prisma.Sql;
} {
  const each = (write: (name: string, value: NewUserValue) => Prisma.Sql) =>
    newUser.size === 0
      ? Prisma.empty
      : Prisma.sql`, ${Prisma.join([...newUser].map(([name, value]) => write(name, value)))}`;
  return { columns: each((name) => quoted(name)), values: each((_, value) => sqlOf(value)) };
}

/** A column's name in backticks. The settings allow only letters, digits and _; a backtick would be doubled all the same. */
function quoted(name: string): Prisma.Sql {
  return Prisma.raw(`\`${name.replaceAll('`', '``')}\``);
}

const OF_CHANGE: Readonly<Record<Placeholder, Prisma.Sql>> = {
  '{email}': Prisma.sql`c.email`,
  '{localpart}': Prisma.sql`SUBSTRING_INDEX(c.email, '@', 1)`,
};

function sqlOf(value: NewUserValue): Prisma.Sql {
  if (typeof value !== 'string') return Prisma.sql`${value}`;
  const pieces = piecesOf(value).map((each) =>
    'text' in each ? Prisma.sql`${each.text}` : OF_CHANGE[each.placeholder],
  );
  return pieces.length === 0 ? Prisma.sql`''` : Prisma.sql`CONCAT(${Prisma.join(pieces)})`;
}
