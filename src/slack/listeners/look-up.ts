import type { UserFilter } from '../../sync/overview.ts';
import { inMemory, planFile, sendFile } from '../tell/files.ts';
import type { Texts } from '../text/en.ts';
import type { Message } from '../views/blocks.ts';
import {
  exportFileText,
  exportRefusalText,
  planCsvName,
  USERS_CSV_HEADER,
  usersCsvName,
  usersCsvRow,
  usersFileText,
  usersRefusalText,
} from '../views/files.ts';
import { HISTORY_ROWS, historyMessage } from '../views/history-message.ts';
import { refusalText } from '../views/refusal.ts';
import { STATUS_PATTERNS, STATUS_TARGETS, statusMessage } from '../views/status-message.ts';
import { usersModal } from '../views/users-modal.ts';
import type { Tell } from './answer.ts';
import type { Desk } from './desk.ts';
import type { OpenedModal } from './modal.ts';

/** What fits into a CSV file that is held in memory. */
const MOST_USERS = 50_000;

/** Nobody reads a larger number of protected users otherwise. */
const MOST_PROTECTED = 1_000;

/** `/usersync status [target]`. */
export async function status(desk: Desk, t: Texts, target: string | undefined): Promise<Message> {
  const asked = target === undefined ? desk.targets : [target];
  const overviews = await desk.overview.targets(asked.slice(0, STATUS_TARGETS));
  const others = asked.slice(STATUS_TARGETS);
  const untold = await desk.outbox.untold();
  const patterns = desk.protectedEmails.slice(0, STATUS_PATTERNS);
  return statusMessage(t, overviews, {
    linkOf: desk.linkOf,
    schedule: desk.schedulePlan(),
    others,
    untold,
    protection: await desk.overview.protection(patterns, MOST_PROTECTED),
  });
}

/** `/usersync history [target]`, and each older page. */
export async function history(
  desk: Desk,
  t: Texts,
  target: string | undefined,
  beforeRunId?: number,
): Promise<Message> {
  const runs = await desk.overview.history(target, beforeRunId, HISTORY_ROWS + 1);
  const older = runs.length > HISTORY_ROWS;
  return historyMessage(t, runs.slice(0, HISTORY_ROWS), { target, linkOf: desk.linkOf, older });
}

/** `/usersync users` and `/usersync inactive`: a modal, and the whole list as a file to the person who asked. */
export async function users(
  desk: Desk,
  t: Texts,
  filter: UserFilter,
  { modal, tell, userId }: { readonly modal: OpenedModal; readonly tell: Tell; readonly userId: string },
): Promise<void> {
  const { total, users: listed } = await desk.overview.users(filter, MOST_USERS);
  const list = { total, users: listed, filter };
  await modal.show(usersModal(t, list));
  if (total === 0) return;
  const without = (refusal: string) => usersRefusalText(t, filter, total, refusal);
  const refusal = await sendFile(desk, userId, {
    name: usersCsvName(filter),
    text: usersFileText(t, filter, total),
    without,
    content: inMemory(USERS_CSV_HEADER + listed.map(usersCsvRow).join('')),
  });
  if (refusal === undefined) return;
  await tell(without(refusal));
  // Whoever has closed it was told already.
  await modal.show(usersModal(t, { ...list, refusal })).catch(() => {});
}

/** `/usersync export <run>`: a run's plan as a file to the person who asked. */
export async function exportRun(
  desk: Desk,
  { t, tell, userId }: { readonly t: Texts; readonly tell: Tell; readonly userId: string },
  runId: number,
): Promise<void> {
  const run = await desk.runs.find(runId);
  if (run?.planHash === undefined) {
    await tell(refusalText(t, { code: 'run_not_found' }));
    return;
  }
  const content = await planFile(desk.plans, run);
  const without = (refusal: string) => exportRefusalText(t, run, refusal);
  const file = { name: planCsvName(run), text: exportFileText(t, run), without, content };
  const refusal = await sendFile(desk, userId, file);
  if (refusal !== undefined) await tell(without(refusal));
}
