import type { Confirmed } from '../../sync/execute.ts';
import { refusalText } from '../views/refusal.ts';
import type { Reader } from './answer.ts';
import { beginWork } from './begin-work.ts';
import type { Desk } from './desk.ts';

/** Starts to apply a plan that was confirmed; tells the person where it may not be. */
export async function beginExecution(desk: Desk, confirmed: Confirmed, reader: Reader): Promise<void> {
  switch (confirmed.outcome) {
    case 'refused':
      await reader.tell(refusalText(reader.t, confirmed.refusal));
      // A refusal of the guard has brought the message up to date.
      if (confirmed.refusal.code === 'guard_tripped_since') await desk.delivery.kick();
      return;
    case 'claimed':
      return beginWork(desk, confirmed, reader);
  }
}
