import type { types } from '@slack/bolt';
import type { UserFilter } from '../../sync/ports/overview.ts';
import { refuse } from '../../sync/run/refusal.ts';
import { slackErrorCode } from '../connect/client.ts';
import { inMemory, planFile, sendFile } from '../tell/files.ts';
import type { Texts } from '../text/en.ts';
import { CONFIG_TARGETS, configMessage, type TargetServer } from '../views/answers/config-message.ts';
import { HISTORY_ROWS, historyMessage } from '../views/answers/history-message.ts';
import { STATUS_PATTERNS, STATUS_TARGETS, statusMessage } from '../views/answers/status-message.ts';
import {
  FOUND_USERS,
  findMessage,
  MOST_SENT,
  USERS_CSV_HEADER,
  usersCsvName,
  usersCsvRow,
  usersFileText,
  usersModal,
  usersRefusalText,
} from '../views/answers/users.ts';
import type { Message } from '../views/blocks.ts';
import { command } from '../views/inline.ts';
import { exportFileText, exportRefusalText, isGone, planCsvName } from '../views/run/whole-plan.ts';
import type { Admitted } from './door/entrance.ts';
import type { ViewPress } from './door/payloads.ts';
import type { Services } from './door/services.ts';

/** More rows, of one kind, than a modal can hold (250 kB). */
export const MOST_SHOWN = 10_000;

/** How many users are compared with the protected patterns: up to one second of the database's work. */
const MOST_COMPARED = 200_000;

/** The state of at most `most` targets, and the names of the others. Those that may need somebody come before others. */
export async function overviewsOf({ records }: Services, names: readonly string[], most: number) {
  const overviews = await records.overview.targets(names, most);
  const shown = new Set(overviews.map(({ target }) => target));
  return { overviews, others: names.filter((name) => !shown.has(name)) };
}

/** `/usersync status [target]`. */
export async function status(services: Services, t: Texts, target: string | undefined): Promise<Message> {
  const { records, settings, telling } = services;
  const asked = target === undefined ? settings.targets : [target];
  const { overviews, others } = await overviewsOf(services, asked, STATUS_TARGETS);
  const patterns = settings.protectedEmails.slice(0, STATUS_PATTERNS);
  return statusMessage(t, overviews, {
    linkOf: telling.linkOf,
    schedule: await settings.timetable(),
    others,
    untold: await records.outbox.untold(),
    differences: await records.presence.differences(),
    pauses: await records.pauses.all(),
    protection: await records.overview.protection(patterns, MOST_COMPARED),
    morePatterns: settings.protectedEmails.length - patterns.length,
  });
}

/** `/usersync history [target]`, and each older page. */
export async function history(
  { records, telling }: Services,
  t: Texts,
  target: string | undefined,
  beforeRunId?: number,
): Promise<Message> {
  const runs = await records.overview.history(target, beforeRunId, HISTORY_ROWS + 1);
  const older = runs.length > HISTORY_ROWS;
  return historyMessage(t, runs.slice(0, HISTORY_ROWS), { target, linkOf: telling.linkOf, older });
}

/** `/usersync users` and `/usersync inactive`: fills the modal with a list. */
export async function users(services: Services, filter: UserFilter, { t, modal }: Admitted): Promise<void> {
  const { total, users: listed } = await services.records.overview.users(filter, MOST_SHOWN);
  await modal?.show(usersModal(t, { total, users: listed, filter }));
}

/** Send as File in that modal: sends the list as a file to the person who asked. The modal then says whether it was sent. */
export async function sendUsers(
  services: Services,
  filter: UserFilter,
  { actor, t, tell }: Admitted,
  view: View,
): Promise<void> {
  const { total, users: listed } = await services.records.overview.users(filter, MOST_SENT);
  const list = { total, users: listed.slice(0, MOST_SHOWN), filter };
  const begun = await update(services, view, usersModal(t, { ...list, file: 'sending' }));
  // Of two presses on the same content, Slack takes one update: the other press has nothing left to do.
  if (begun.outcome === 'changed') {
    await tell(t.users.sending);
    return;
  }
  const without = (refusal: string) => usersRefusalText(t, filter, total, refusal);
  const refusal = await sendFile(services, actor.id, {
    name: usersCsvName(filter),
    text: usersFileText(t, filter, { total, sent: listed.length }),
    without,
    content: inMemory(USERS_CSV_HEADER + listed.map(usersCsvRow).join('')),
  });
  const file = refusal === undefined ? 'sent' : { refusal };
  const ended = await update(services, begun.view ?? view, usersModal(t, { ...list, file }));
  // The person has closed the modal, so a message says it.
  if (ended.outcome !== 'shown' && refusal !== undefined) await tell(without(refusal));
}

type View = ViewPress['view'];

/** Replaces the content of a modal. `changed`: the modal no longer shows the content that was pressed. Never throws. */
async function update(
  { client }: Services,
  view: View,
  content: types.ModalView,
): Promise<{ readonly outcome: 'shown' | 'changed' | 'not_shown'; readonly view?: View }> {
  if (view === undefined) return { outcome: 'not_shown' };
  const { id, hash } = view;
  try {
    const shown = await client.views.update({ view_id: id, view: content, ...(hash && { hash }) });
    return { outcome: 'shown', view: { id, hash: shown.view?.hash } };
  } catch (error) {
    return { outcome: slackErrorCode(error) === 'hash_conflict' ? 'changed' : 'not_shown' };
  }
}

/** `/usersync find`. */
export async function find({ records, telling }: Services, t: Texts, text: string): Promise<Message> {
  return findMessage(t, text, await records.overview.find(text, FOUND_USERS), telling.linkOf);
}

/** `/usersync config`. */
export async function config({ records, settings, telling }: Services, t: Texts): Promise<Message> {
  const shown = settings.targets.slice(0, CONFIG_TARGETS);
  const servers: TargetServer[] = [];
  // One after the other: a long list of targets must not use every connection of the pool.
  for (const target of shown) {
    const found = await records.locations.find(target);
    const place = found && {
      locationName: found.locationName,
      host: settings.hostOf(found.baseUrl),
      people: (await telling.showing.rulesFor({ target, locationId: found.locationId })).people,
    };
    servers.push({ target, place });
  }
  return configMessage(t, {
    facts: settings.facts,
    servers,
    more: settings.targets.length - shown.length,
    schedule: await settings.timetable(),
    frozenUntil: await telling.showing.frozenUntil(),
  });
}

/** `/usersync export <run>`: sends a run's plan as a file to the person who asked. */
export async function exportRun(
  services: Services,
  { actor, t, tell }: Admitted,
  runId: number,
): Promise<void> {
  const { runs, plans, audit } = services.records;
  const run = await runs.find(runId);
  if (run?.planHash === undefined) {
    await refuse(audit, actor, { code: 'run_not_found' }, { runId });
    await tell(t.refusal.noPlanToExport(command(t, 'history')));
    return;
  }
  if (isGone(run, (await plans.list(run.id, undefined, 0, 1)).length)) {
    await tell(t.plan.gone);
    return;
  }
  const content = await planFile(plans, run);
  const without = (refusal: string) => exportRefusalText(t, run, refusal);
  const file = { name: planCsvName(run), text: exportFileText(t, run), without, content };
  const refusal = await sendFile(services, actor.id, file);
  await tell(refusal === undefined ? t.users.sent : without(refusal));
}
