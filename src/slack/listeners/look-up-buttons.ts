import type { Plans } from '../../sync/ports/plans.ts';
import { type Change, compareEmails, LISTED_ACTIONS } from '../../sync/run/change.ts';
import type { Run } from '../../sync/run/run.ts';
import { ACTIONS, parseFilter, parseOlderValue } from '../ids.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { command } from '../views/inline.ts';
import { detailsModal } from '../views/modals/details-modal.ts';
import { planModal } from '../views/modals/plan-modal.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';
import { history, sendUsers } from './look-up.ts';
import { runModalButton } from './run-modal.ts';

/** More rows of one kind than a modal can hold (250 kB). */
const MOST_ROWS = 10_000;

/** View All: the emails of the plan, as many as a modal holds. */
export function registerViewPlan(door: Door, services: Services): void {
  const { plans } = services.records;
  runModalButton(door, services, ACTIONS.viewPlan, {
    title: (t) => t.run.button.viewAll,
    place: 'run message',
    fill: async (t, run) => {
      const unchanged = await plans.listUnchanged(run, '', MOST_ROWS);
      const truncated = unchanged.length === MOST_ROWS;
      return planModal(t, run, await entriesOf(plans, run), {
        emails: unchanged.toSorted(compareEmails),
        truncated,
      });
    },
  });
}

async function entriesOf(plans: Plans, run: Run): Promise<readonly Change[]> {
  const kinds = LISTED_ACTIONS.filter((action) => run.counts[action] > 0);
  const lists = await Promise.all(kinds.map((action) => plans.list(run.id, action, 0, MOST_ROWS)));
  return lists.flat();
}

/** The buttons of `/usersync history`: Details opens a run, Older replaces the page by the next one. */
export function registerHistory(door: Door, services: Services): void {
  runModalButton(door, services, ACTIONS.runDetails, {
    title: (t) => t.history.details,
    place: 'any message',
    fill: async (t, run) => detailsModal(t, run, await services.records.overview.steps(run.id)),
  });

  door.button(ACTIONS.olderRuns, async ({ value }, { t, tell }, respond) => {
    const page = parseOlderValue(value, services.settings.targets);
    if (page === undefined) await tell(refusalText(t, { code: 'run_not_found' }));
    else {
      const older = await history(services, t, page.target, page.beforeRunId);
      await respond({ replace_original: true, ...older });
    }
  });
}

/** Send as File, in the modal of `/usersync users` and `/usersync inactive`. */
export function registerSendUsers(door: Door, services: Services): void {
  door.viewButton(ACTIONS.sendUsers, async ({ value, view }, guest) => {
    const filter = parseFilter(value, services.settings.targets);
    if (filter === undefined) await guest.tell(guest.t.trouble.unknownButton(command(guest.t, 'status')));
    else await sendUsers(services, filter, guest, view);
  });
}
