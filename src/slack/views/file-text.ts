import type { UserFilter } from '../../sync/overview.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { targetLabel } from './inline.ts';
import { standing } from './standing.ts';
import { usersFound } from './users-modal.ts';

/** What goes with the CSV file of `/usersync users` and `/usersync inactive`, in mrkdwn. */
export function usersFileText(t: Texts, filter: UserFilter, total: number): string {
  return t.users.file(usersFound(t, filter, total));
}

/** What goes with the CSV file of `/usersync export`, in mrkdwn: which run it is and whether it was executed. */
export function exportFileText(t: Texts, run: Run): string {
  return t.users.exported(run.id, targetLabel(run), standing(t, run));
}
