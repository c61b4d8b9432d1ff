import type { Connection } from 'mariadb';
import { type AuditRecord, auditHash } from '../../src/database/audit/audit.ts';
import type { RunRow } from '../play/snapshot.ts';

type AuditRow = AuditRecord & { readonly hash: string };

const ROWS = `
  SELECT seq, at, step, outcome, actor_id AS actorId, actor_name AS actorName, run_id AS runId, target, counts,
         reason, facts, prev_hash AS prevHash, hash
  FROM audit_logs ORDER BY seq`;

/** The chain is whole, and has each step of each run once. */
export async function auditProblems(sql: Connection, runs: readonly RunRow[]): Promise<string[]> {
  const raw = await sql.query<(Omit<AuditRow, 'seq'> & { seq: number })[]>(ROWS);
  const rows = raw.map((row) => ({ ...row, seq: BigInt(row.seq) }));
  const [head] = await sql.query<{ seq: number; hash: string }[]>('SELECT seq, hash FROM audit_heads');
  const last = rows.at(-1);
  const ends =
    BigInt(head?.seq ?? -1) === (last?.seq ?? 0n) && (last === undefined || head?.hash === last.hash);
  return [
    ...(ends ? [] : ['The end of the audit chain is not the one that is remembered']),
    ...chainProblems(rows),
    ...runs.flatMap((run) => stepProblems(run, rows)),
  ];
}

function chainProblems(rows: readonly AuditRow[]): string[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    const follows = row.seq === (before?.seq ?? 0n) + 1n && row.prevHash === (before?.hash ?? '0'.repeat(64));
    const same = auditHash(row) === row.hash;
    return follows && same ? [] : [`The audit chain is broken at row ${row.seq}`];
  });
}

function stepProblems(run: RunRow, rows: readonly AuditRow[]): string[] {
  const times = (step: string) => rows.filter((row) => row.runId === run.id && row.step === step).length;
  return Object.entries(expectedSteps(run)).flatMap(([step, expected]) => {
    const found = times(step);
    return found === expected
      ? []
      : [`Run ${run.id} (${run.status}) was audited as ${step} ${found} times, not ${expected}`];
  });
}

function expectedSteps({ status, planHash, confirmedBy, alone }: RunRow): Readonly<Record<string, number>> {
  const planned = planHash === null ? 0 : 1;
  const confirmed = confirmedBy === null ? 0 : 1;
  const ended = (end: string) => (status === end ? 1 : 0);
  return {
    requested: 1,
    previewed: planned,
    confirmed,
    broke_glass: alone ? 1 : 0,
    // A list that brings no change completes a run without anything being carried out.
    completed: confirmed === 1 ? ended('completed') : 0,
    failed: ended('failed'),
    cancelled: ended('cancelled'),
    expired: ended('expired'),
    superseded: ended('superseded'),
  };
}
