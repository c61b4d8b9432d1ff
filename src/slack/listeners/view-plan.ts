import type { App } from '@slack/bolt';
import { type Change, LISTED_ACTIONS } from '../../sync/change.ts';
import type { Plans } from '../../sync/ports.ts';
import type { Run } from '../../sync/run.ts';
import { ACTIONS } from '../ids.ts';
import { planModal } from '../views/plan-modal.ts';
import type { Desk } from './desk.ts';
import { onPressOpen } from './on-press-open.ts';

/** More than a modal can hold of one kind (250 kB). */
const MOST_ROWS = 10_000;

/** View All: every email of the plan, as far as a modal holds them. */
export function registerViewPlan(app: App, desk: Desk): void {
  const { plans } = desk;
  onPressOpen(app, desk, ACTIONS.viewPlan, {
    title: (t) => t.run.button.viewAll,
    place: 'run message',
    fill: async (t, run) => {
      const unchanged = await plans.listUnchanged(run, '', MOST_ROWS);
      const truncated = unchanged.length === MOST_ROWS;
      return planModal(t, run, await entriesOf(plans, run), { emails: unchanged, truncated });
    },
  });
}

async function entriesOf(plans: Plans, run: Run): Promise<readonly Change[]> {
  const kinds = LISTED_ACTIONS.filter((action) => run.counts[action] > 0);
  const lists = await Promise.all(kinds.map((action) => plans.list(run.id, action, 0, MOST_ROWS)));
  return lists.flat();
}
