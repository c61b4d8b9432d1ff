import type { Step } from '../sync/audit.ts';
import type { Claimed } from '../sync/ports.ts';
import { type Run, SYSTEM } from '../sync/run.ts';
import type { Transaction } from './client.ts';
import { Prisma } from './generated/client.ts';
import { move, record } from './transition.ts';

/** Bounds what one sweep locks; the next sweep goes on. */
const SWEEP_LIMIT = 20;

/** The ready runs of this run's location give way to it: nobody should confirm an older picture. Returns them. */
export async function supersedeOlder(tx: Transaction, runId: number): Promise<readonly Run[]> {
  const older = await tx.$queryRaw<{ id: number }[]>`
    SELECT o.id FROM sync_runs o JOIN sync_runs n ON n.id = ${runId} AND n.location_id = o.location_id
    WHERE o.status = 'ready' AND o.id <> ${runId}`;
  const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3), next_run_id = ${runId}`;
  const superseded: Run[] = [];
  for (const { id } of older) {
    if (!(await move(tx, { runId: Number(id), from: 'ready', to: 'superseded', set }))) continue;
    const audit = {
      step: 'superseded',
      actor: SYSTEM,
      outcome: 'superseded',
      reason: `by run ${runId}`,
    } as const;
    superseded.push(await record(tx, Number(id), { audit, notices: ['message'] }));
  }
  return superseded;
}

/** Ends previews whose time is over, and returns them. */
export async function expireDue(tx: Transaction, step: Step): Promise<readonly Run[]> {
  const due = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM sync_runs WHERE status = 'ready' AND expires_at <= UTC_TIMESTAMP(3)
    ORDER BY id LIMIT ${SWEEP_LIMIT} FOR UPDATE SKIP LOCKED`;
  const set = Prisma.sql`, finished_at = UTC_TIMESTAMP(3)`;
  const expired: Run[] = [];
  for (const { id } of due) {
    await move(tx, { runId: Number(id), from: 'ready', to: 'expired', set });
    expired.push(await record(tx, Number(id), step));
  }
  return expired;
}

/** Takes runs in work whose lease ended. A run inside its transaction is locked, and so left alone. */
export async function takeOver(tx: Transaction, owner: string, step: Step): Promise<readonly Claimed[]> {
  const lapsed = await tx.$queryRaw<{ id: number; status: 'reading' | 'executing'; attempt: number }[]>`
    SELECT id, status, attempt FROM sync_runs
    WHERE status IN ('reading', 'executing') AND lease_until < UTC_TIMESTAMP(3)
    ORDER BY id LIMIT ${SWEEP_LIMIT} FOR UPDATE SKIP LOCKED`;
  const taken: Claimed[] = [];
  for (const { id, status, attempt } of lapsed) {
    const runId = Number(id);
    const lease = { runId, owner, attempt: Number(attempt) + 1 };
    const set = Prisma.sql`, lease_owner = ${owner}, attempt = ${lease.attempt}`;
    await move(tx, { runId, from: status, to: status, set });
    taken.push({ lease, run: await record(tx, runId, step) });
  }
  return taken;
}
