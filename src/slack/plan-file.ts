import type { Plans } from '../sync/ports.ts';
import type { Run } from '../sync/run.ts';
import { PLAN_CSV_HEADER, planCsvRow } from './views/plan-csv.ts';

const CHUNK = 5_000;

/** A plan as CSV. Held in memory: some 60 bytes a change. */
export async function planFile(plans: Plans, run: Run): Promise<Buffer> {
  const parts = [Buffer.from(PLAN_CSV_HEADER)];
  for (let after = 0; ; ) {
    const changes = await plans.list(run.id, undefined, after, CHUNK);
    parts.push(Buffer.from(changes.map(planCsvRow).join('')));
    const last = changes.at(-1);
    if (last === undefined || changes.length < CHUNK) return Buffer.concat(parts);
    after = last.seq;
  }
}
