import type { Runs } from './ports.ts';
import { SYSTEM } from './run.ts';
import type { Turns } from './turns.ts';

/**
 * One round of housekeeping, harmless at any time and on any number of processes: ends previews whose time is over,
 * and takes up runs that wait or whose process died. A read starts again; an execution that did not commit is done
 * again, and one that did commit is no longer in work. Throws `DatabaseLostError`.
 */
export async function sweep({ runs, turns }: { readonly runs: Runs; readonly turns: Turns }): Promise<void> {
  await runs.expireDue({
    audit: { step: 'expired', actor: SYSTEM, outcome: 'expired' },
    notices: ['message'],
  });
  await turns.takeUp();
}
