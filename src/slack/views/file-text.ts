import type { UserFilter } from '../../sync/overview.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { noFileText } from './elsewhere.ts';
import { command, targetLabel } from './inline.ts';
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

/** The same where the file could not be sent: why, and what to do instead. */
export function exportRefusalText(t: Texts, run: Run, refusal: string): string {
  const again = t.file.askAgain(command(`export ${run.id}`));
  const next = `${noFileText(t, refusal)} ${t.file.viewAll} ${again}`;
  return `${t.file.planOf(run.id, targetLabel(run), standing(t, run))}\n${next}`;
}

/** The same for a list of users. */
export function usersRefusalText(t: Texts, filter: UserFilter, total: number, refusal: string): string {
  return `${usersFileText(t, filter, total)}\n${noFileText(t, refusal)} ${t.file.findFewer}`;
}
