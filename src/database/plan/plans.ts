import type { Plans } from '../../sync/ports/plans.ts';
import { type Change, type ChangeAction, EFFECTIVE_ACTIONS } from '../../sync/run/change.ts';
import type { Run } from '../../sync/run/run.ts';
import { type Database, inTransaction, reaching } from '../client.ts';
import { Prisma, type SyncChange } from '../generated/client.ts';
import { EFFECTIVE } from '../runs/since.ts';
import { emailCollation } from '../schema/usable-tables.ts';
import { applyPlan } from './apply.ts';
import { contains } from './comparison.ts';
import { draftInverse, draftPlan, type PlanSettings } from './draft.ts';
import { eligibilityOf } from './eligibility.ts';
import { guardFacts } from './recheck.ts';

export function createPlans(db: Database, settings: PlanSettings): Plans {
  return {
    draft: (lease, drafting) => inTransaction(db, (tx) => draftPlan(tx, lease, { ...drafting, ...settings })),
    invert: (lease, revertedRunId, rules) =>
      inTransaction(db, (tx) => draftInverse(tx, lease, revertedRunId, rules)),
    guardFacts: (run) => reaching(() => guardFacts(db, run)),
    apply: (lease, step, rules) => applyPlan(db, lease, { step, rules, ...settings }),
    list: (runId, action, afterSeq, limit) => reaching(() => list(db, runId, action, afterSeq, limit)),
    search: (runId, text, limit) => reaching(() => search(db, runId, text, limit)),
    at: (runId, seqs) => reaching(() => at(db, runId, seqs)),
    listUnchanged: (run, afterEmail, limit) => reaching(() => listUnchanged(db, run, afterEmail, limit)),
  };
}

async function list(
  db: Database,
  runId: number,
  action: ChangeAction | undefined,
  afterSeq: number,
  limit: number,
) {
  const rows = await db.syncChange.findMany({
    where: { runId, seq: { gt: afterSeq }, ...(action === undefined ? {} : { action }) },
    orderBy: { seq: 'asc' },
    take: limit,
  });
  return rows.map(toChange);
}

function toChange(row: SyncChange): Change {
  return {
    seq: row.seq,
    action: row.action,
    email: row.email,
    statusBefore: row.statusBefore ?? undefined,
    statusAfter: row.statusAfter ?? undefined,
    detail: row.detail ?? undefined,
    ...(row.sourceId === null ? {} : { sourceId: row.sourceId }),
  };
}

async function search(db: Database, runId: number, text: string, limit: number) {
  const collate = await emailCollation(db);
  const rows = await db.$queryRaw<{ seq: number }[]>`
    SELECT c.seq FROM sync_changes c
    WHERE c.run_id = ${runId} AND c.action IN ${EFFECTIVE}
      AND ${contains(Prisma.sql`c.email${collate}`, text)}
    ORDER BY c.seq LIMIT ${limit}`;
  return at(
    db,
    runId,
    rows.map(({ seq }) => Number(seq)),
  );
}

async function at(db: Database, runId: number, seqs: readonly number[]) {
  const rows = await db.syncChange.findMany({
    where: { runId, seq: { in: [...seqs] }, action: { in: [...EFFECTIVE_ACTIONS] } },
    orderBy: { seq: 'asc' },
  });
  return rows.map(toChange);
}

async function listUnchanged(db: Database, run: Run, afterEmail: string, limit: number) {
  const { eligible } = await eligibilityOf(db);
  // Some collations put an email that begins with a tab before the empty text.
  const after = afterEmail === '' ? Prisma.empty : Prisma.sql`AND u.email > ${afterEmail}`;
  // Hashes, so that both servers look the emails up in a table in memory; whole emails may be too long for it, and the servers
  // would then read the plan once for each user. Equal hashes mean: equal in each byte.
  const rows = await db.$queryRaw<{ email: string }[]>`
    SELECT u.email FROM users u
    WHERE u.location_id = ${run.locationId} AND u.status = 'active' AND ${eligible('u')} ${after}
      AND SHA2(u.email, 256) NOT IN (
        SELECT SHA2(c.email, 256) FROM sync_changes c WHERE c.run_id = ${run.id} AND c.action <> 'skipped')
    ORDER BY u.email LIMIT ${limit}`;
  return rows.map(({ email }) => email);
}
