import type { CallReason } from '../../sync/automation/calls.ts';
import type { DigestReports } from '../../sync/automation/digest.ts';
import type { ChainPlace } from '../../sync/ports/steps.ts';
import { auditNames } from '../audit/audit-tables.ts';
import { type Database, reaching } from '../client.ts';
import { toRun } from '../runs/run-rows.ts';

/** Confirming alone calls the admins in the same transaction, so these calls list such runs. */
const BROKE_GLASS: CallReason = 'broke_glass';

type SyncsRow = {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly runs: bigint;
} & Readonly<Record<'rollbacks' | 'added' | 'reactivated' | 'deactivated', unknown>>;

export function createDigestReports(db: Database): DigestReports {
  return {
    syncs: async (since, until, most) => {
      const rows = await reaching(
        () => db.$queryRaw<SyncsRow[]>`
          SELECT confirmed_by_id AS id, MAX(confirmed_by_name) AS name, target, COUNT(*) AS runs, COUNT(reverts_run_id) AS rollbacks,
                 SUM(add_count) AS added, SUM(reactivate_count) AS reactivated, SUM(deactivate_count) AS deactivated
          FROM sync_runs
          WHERE status = 'completed' AND finished_at > ${since} AND finished_at <= ${until}
            AND confirmed_by_id IS NOT NULL
          GROUP BY confirmed_by_id, target ORDER BY runs DESC, id, target LIMIT ${most}`,
      );
      return rows.map((row) => ({
        by: { id: row.id, name: row.name },
        target: row.target,
        runs: Number(row.runs),
        rollbacks: Number(row.rollbacks),
        add: Number(row.added),
        reactivate: Number(row.reactivated),
        deactivate: Number(row.deactivated),
      }));
    },
    alone: (since, until, most) =>
      reaching(async () => {
        const called = await db.syncOutbox.findMany({
          where: { reason: BROKE_GLASS, createdAt: { gt: since, lte: until } },
          orderBy: { id: 'asc' },
          take: most,
          select: { runId: true },
        });
        const ids = called.map(({ runId }) => runId);
        const rows = await db.syncRun.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
        return rows.map(toRun);
      }),
    waiting: (most) =>
      reaching(async () => {
        const rows = await db.syncRun.findMany({
          where: { status: 'ready', expiresAt: { gt: new Date() } },
          orderBy: { readyAt: 'asc' },
          take: most,
        });
        return rows.map(toRun);
      }),
    end: () =>
      reaching(async () => {
        const { heads } = await auditNames(db);
        const [row] = await db.$queryRaw<ChainPlace[]>`SELECT seq, hash FROM ${heads} WHERE seq > 0`;
        return row;
      }),
  };
}
