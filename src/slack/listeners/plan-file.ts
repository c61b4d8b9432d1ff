import type { Plans } from '../../sync/ports.ts';
import type { Run } from '../../sync/run.ts';
import type { FileContent } from '../tell/upload-file.ts';
import { PLAN_CSV_HEADER, planCsvRow } from '../views/plan-csv.ts';

const CHUNK = 1_000;

/** A plan as CSV, read from the database once to know its length and once for each time that it is sent. */
export async function planFile(plans: Plans, run: Run): Promise<FileContent> {
  let bytes = 0;
  for await (const piece of pieces(plans, run)) bytes += piece.length;
  return { bytes, pieces: () => pieces(plans, run) };
}

async function* pieces(plans: Plans, run: Run): AsyncGenerator<Uint8Array> {
  yield Buffer.from(PLAN_CSV_HEADER);
  for (let after = 0; ; ) {
    const changes = await plans.list(run.id, undefined, after, CHUNK);
    if (changes.length > 0) yield Buffer.from(changes.map(planCsvRow).join(''));
    const last = changes.at(-1);
    if (last === undefined || changes.length < CHUNK) return;
    after = last.seq;
  }
}
